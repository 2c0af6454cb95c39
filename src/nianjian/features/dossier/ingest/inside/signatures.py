"""What the signatures of a PDF say, and whether they hold: pyHanko asks no network and trusts what it is told to."""

import logging
from pathlib import Path
from typing import Any, Final

from pyhanko import keys
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from nianjian.features.dossier.ingest.inside import print_json, run_named

MOST: Final = 50  # signatures of a file that are told
WIDE: Final = 300  # characters of a name
_LOAD: Final[Any] = keys.load_certs_from_pemder  # the library has no types for it
CHANGES: Final = {
    ModificationLevel.NONE: "none",
    ModificationLevel.LTA_UPDATES: "none",  # time stamps and proofs for later
    ModificationLevel.FORM_FILLING: "form",
    ModificationLevel.ANNOTATIONS: "notes",
    ModificationLevel.OTHER: "other",
}


def signatures(roots: str, *sources: str) -> None:
    """Tell each signature of each file, oldest first; ``roots``: PEM of the certificates that are trusted, "": none."""
    logging.disable(logging.CRITICAL)
    trusted = list(_LOAD([roots])) if roots else []
    for source in sources:
        with Path(source).open("rb") as stream:
            try:
                embedded = PdfFileReader(stream, strict=False).embedded_regular_signatures
            except Exception as fault:  # noqa: BLE001 -- of a file nobody vouches for
                print_json({"unreadable": type(fault).__name__})
                return
            for one in embedded[:MOST]:
                print_json(_one(one, trusted, known=bool(roots)))
            print_json({"count": len(embedded)})


def _one(one: EmbeddedPdfSignature, trusted: list[Any], *, known: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"field": one.field_name[:WIDE], "intact": None, "trust": "unknown", "fault": ""}
    try:
        entry |= _certificate(one.signer_cert)
        context = ValidationContext(trust_roots=trusted, allow_fetching=False)
        status = validate_pdf_signature(one, context, context)
    except Exception as fault:  # noqa: BLE001 -- an algorithm or a form that is not known: not told as good
        return entry | {"fault": type(fault).__name__}
    return entry | _status(status, has_roots=known)


def _status(status: PdfSignatureStatus, *, has_roots: bool) -> dict[str, Any]:
    changed = "none" if status.modification_level is None else CHANGES[status.modification_level]
    stamp = status.timestamp_validity
    return {
        "intact": bool(status.intact and status.valid),
        "whole_file": status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        "changed_after": changed if status.docmdp_ok is not False else "other",
        "trust": ("trusted" if status.trusted else "untrusted") if has_roots else "unknown",
        "algorithm": str(status.md_algorithm),
        "signed_at": None if status.signer_reported_dt is None else status.signer_reported_dt.isoformat(),
        "timestamp": None
        if stamp is None
        else {
            "at": stamp.timestamp.isoformat(),
            "intact": bool(stamp.intact and stamp.valid),
            "authority": _name(stamp.signing_cert.subject),
            "trust": ("trusted" if stamp.trusted else "untrusted") if has_roots else "unknown",
        },
    }


def _certificate(certificate: Any) -> dict[str, Any]:  # noqa: ANN401 -- asn1crypto has no types
    validity = certificate["tbs_certificate"]["validity"].native
    return {
        "subject": _name(certificate.subject),
        "issuer": _name(certificate.issuer),
        "serial": format(certificate.serial_number, "x")[:80],
        "fingerprint": certificate.sha256.hex(),
        "valid_from": validity["not_before"].isoformat(),
        "valid_to": validity["not_after"].isoformat(),
        "self_signed": certificate.self_signed in {"yes", "maybe"},
    }


def _name(name: Any) -> str:  # noqa: ANN401 -- asn1crypto has no types
    """As people read it: common name first, organisation behind."""
    parts: dict[str, Any] = name.native
    keys = ("common_name", "organization_name", "organizational_unit_name", "country_name")
    values = [parts[key] if isinstance(parts[key], list) else [parts[key]] for key in keys if parts.get(key)]
    return ", ".join(str(one) for value in values for one in value)[:WIDE] or "–"


if __name__ == "__main__":
    run_named(signatures)
