"""Electronic signatures of PDFs, read by the limited child: what each is worth. The file is not changed."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest import receive
from nianjian.features.dossier.ingest.receive import Type

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner


class Standing(StrEnum):
    """Of a file: no signature; one that does not hold or cannot be read; all hold, from whom is not known; all hold."""

    NONE = "none"
    UNREADABLE = "unreadable"
    BROKEN = "broken"
    CHANGED = "changed"
    UNTRUSTED = "untrusted"
    UNKNOWN = "unknown"
    TRUSTED = "trusted"


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A time stamp's moment (ISO 8601), who gave it, and whether it holds."""

    at: str
    intact: bool
    authority: str
    trust: str


@dataclass(frozen=True, slots=True)
class Signature:
    """``intact`` None: it could not be checked, and ``fault`` says why. Moments are ISO 8601.

    ``standing``: unreadable, broken, changed, untrusted, unknown or trusted; only the last is good without doubt.
    ``whole_file``: nothing stands behind what it covers. ``changed_after``: none, form, notes or other.
    ``trust``: trusted, untrusted, or unknown where no roots are set. ``in_time``: the certificate held when it was
    signed, by the time stamp or else by what the signer says; None: no time is told.
    """

    field: str
    standing: Standing
    intact: bool | None
    whole_file: bool
    changed_after: str
    trust: str
    subject: str
    issuer: str
    serial: str
    fingerprint: str
    valid_from: str
    valid_to: str
    self_signed: bool
    in_time: bool | None
    algorithm: str
    signed_at: str | None
    timestamp: Timestamp | None
    fault: str


def to_signature(entry: Mapping[str, Any]) -> Signature:
    """A signature as the child tells it, with what it is worth."""
    stamp = None if entry.get("timestamp") is None else Timestamp(**entry["timestamp"])
    texts = ("subject", "issuer", "serial", "fingerprint", "valid_from", "valid_to", "algorithm")
    changed = str(entry.get("changed_after", "other"))
    in_time = _in_time(entry, stamp)
    return Signature(
        field=str(entry["field"]),
        standing=_standing(entry, stamp, changed, in_time=in_time),
        intact=entry["intact"],
        whole_file=bool(entry.get("whole_file", False)),
        changed_after=changed,
        trust=str(entry["trust"]),
        self_signed=bool(entry.get("self_signed", False)),
        in_time=in_time,
        signed_at=entry.get("signed_at"),
        timestamp=stamp,
        fault=str(entry["fault"]),
        **{name: str(entry.get(name, "")) for name in texts},
    )


def _in_time(entry: Mapping[str, Any], stamp: Timestamp | None) -> bool | None:
    at = stamp.at if stamp is not None and stamp.intact else entry.get("signed_at")
    if at is None or not entry.get("valid_from"):
        return None
    first, signed, last = (datetime.fromisoformat(str(one)) for one in (entry["valid_from"], at, entry["valid_to"]))
    return first <= signed <= last


def _standing(entry: Mapping[str, Any], stamp: Timestamp | None, changed: str, *, in_time: bool | None) -> Standing:
    if entry["intact"] is None:
        return Standing.UNREADABLE
    if not entry["intact"] or (stamp is not None and not stamp.intact):
        return Standing.BROKEN
    if changed not in {"none", "form"}:
        return Standing.CHANGED
    if entry["trust"] == "unknown":
        return Standing.UNKNOWN
    return Standing.TRUSTED if entry["trust"] == "trusted" and in_time else Standing.UNTRUSTED


ORDER = (Standing.UNREADABLE, Standing.BROKEN, Standing.CHANGED, Standing.UNTRUSTED, Standing.UNKNOWN, Standing.TRUSTED)


def worst_standing(signatures: Sequence[Signature]) -> Standing:
    """Of a file: the worst of its signatures."""
    return min((one.standing for one in signatures), key=ORDER.index, default=Standing.NONE)


TOGETHER: Final = 8  # files that one child reads


def read_signatures(path: Path, *, name: str = "", roots: Path | None = None) -> tuple[Signature, ...]:
    """Each signature, oldest first; ``roots``: PEM of the trusted certificates, None: trust is not known.

    ``signature_not_pdf``, ``signature_roots_unreadable``, ``signatures_many``, ``dossier_file_costly``,
    ``dossier_file_broken``, and those of `receive.type_of`.
    """
    called = name or path.name
    if receive.type_of(path, called) is not Type.PDF:
        raise NianjianError("signature_not_pdf", file=called)
    if roots is not None and not _readable(roots):
        raise NianjianError("signature_roots_unreadable", file=str(roots))
    return _read_signatures([path], called, "" if roots is None else str(roots))[0]


def read_signatures_of_files(paths: Sequence[Path]) -> list[tuple[Signature, ...]]:
    """The signatures of files of our own, a few in one child; as `read_signatures`."""
    results: list[tuple[Signature, ...]] = []
    for first in range(0, len(paths), TOGETHER):
        results += _read_signatures(paths[first : first + TOGETHER], paths[first].name, "")
    return results


def _read_signatures(paths: Sequence[Path], called: str, roots: str) -> list[tuple[Signature, ...]]:
    answers = receive.read_answers("signatures", called, roots, *paths)
    results: list[tuple[Signature, ...]] = []
    seen: list[Signature] = []
    for one in answers:
        if "unreadable" in one:
            break
        if "count" not in one:
            seen.append(to_signature(one))
            continue
        if one["count"] != len(seen):  # what was not read is not told as good
            raise NianjianError("signatures_many", file=called, most=len(seen))
        results.append(tuple(seen))
        seen = []
    if len(results) != len(paths):
        raise NianjianError("dossier_file_broken", file=called)
    return results


def _readable(roots: Path) -> bool:
    """Whether the file can be opened; what it holds, the child reads."""
    try:
        with roots.open("rb") as file:
            return bool(file.read(1))
    except OSError:
        return False


# The firm's own signature (PAdES, by pyHanko), appended behind a finished PDF: every byte before it stays. The library
# takes a third of a second to load, and only who signs needs it.

FIELD: Final = "Nianjian"
DIGEST: Final = "sha256"
TSA_SECONDS: Final = 15.0
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Signer:
    """Key and certificate, opened; neither the password nor the key is written anywhere."""

    pdf_signer: SimpleSigner
    subject: str
    fingerprint: str
    valid_from: datetime
    valid_to: datetime


def open_signer(path: Path, password: str, *, now: datetime) -> Signer:
    """Open a PKCS#12 file. ``signer_missing``, ``signer_unreadable`` (also a wrong password), ``signer_expired``."""
    from pyhanko.sign.signers import SimpleSigner  # noqa: PLC0415 - see above

    if not path.is_file():
        raise NianjianError("signer_missing", file=str(path))
    load: Any = SimpleSigner.load_pkcs12  # the library has no types for it
    with _quiet():  # it would print why, with the file's content in it
        simple_signer: SimpleSigner | None = load(str(path), passphrase=password.encode() or None)
    if simple_signer is None or simple_signer.signing_cert is None:
        raise NianjianError("signer_unreadable", file=path.name)
    certificate = simple_signer.signing_cert
    validity = certificate["tbs_certificate"]["validity"].native
    if not validity["not_before"] <= now <= validity["not_after"]:
        first, last = validity["not_before"].date(), validity["not_after"].date()
        raise NianjianError("signer_expired", file=path.name, first=str(first), last=str(last))
    usage = certificate.key_usage_value
    if usage is not None and not {"digital_signature", "non_repudiation"} & set(usage.native):
        raise NianjianError("signer_no_signing", file=path.name)
    name: dict[str, object] = certificate.subject.native
    subject = ", ".join(str(name[key]) for key in ("common_name", "organization_name") if name.get(key))
    return Signer(simple_signer, subject, certificate.sha256.hex(), validity["not_before"], validity["not_after"])


def append_signature(source: Path, target: Path, signer: Signer, *, tsa: str = "") -> None:
    """Write ``source`` with the signature behind it to ``target``.

    ``tsa``: address of the authority that stamps the time, "": none. ``tsa_unreachable``, ``signing_failed``;
    ``signing_disk_full`` where there is no room for the signed file.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 - see above
    from pyhanko.sign import signers  # noqa: PLC0415 - see above
    from pyhanko.sign.fields import SigSeedSubFilter  # noqa: PLC0415 - see above
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError  # noqa: PLC0415 - see above
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper  # noqa: PLC0415 - see above

    make_stamper: Any = RequestsHTTPTimeStamper  # the library has no types for it
    stamper = make_stamper(tsa, timeout=TSA_SECONDS) if tsa else None
    metadata = signers.PdfSignatureMetadata(
        field_name=_free(source), md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES, reason=None
    )
    try:
        with _quiet(), source.open("rb") as before, target.open("w+b") as after:
            writer = IncrementalPdfFileWriter(before)
            signers.PdfSigner(metadata, signer.pdf_signer, timestamper=stamper).sign_pdf(writer, output=after)
    except (TimestampRequestError, OSError) as error:
        if getattr(error, "errno", None) in FULL:
            raise NianjianError("signing_disk_full", file=target.name) from error
        if tsa and not isinstance(error, FileNotFoundError):
            raise NianjianError("tsa_unreachable", url=tsa) from error
        raise NianjianError("signing_failed", file=source.name) from error
    except Exception as error:  # of a library, about a file of ours
        raise NianjianError("signing_failed", file=source.name) from error


def _free(source: Path) -> str:
    """A field's name that the file has not used; a second signature stands behind the first."""
    data = source.read_bytes()
    return next(name for number in count(1) if (name := f"{FIELD}{number}").encode() not in data)


@contextmanager
def _quiet() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
