"""The firm's own signature (PAdES, by pyHanko), appended behind a finished PDF: every byte before it stays."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

from nianjian.engines.kernel.errors import NianjianError

FIELD: Final = "Nianjian"
DIGEST: Final = "sha256"
TSA_SECONDS: Final = 15.0
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_OPEN: Final[Any] = signers.SimpleSigner.load_pkcs12  # the library has no types for these two
_STAMPER: Final[Any] = RequestsHTTPTimeStamper


@dataclass(frozen=True, slots=True)
class Signer:
    """Key and certificate, opened; neither the password nor the key is written anywhere."""

    held: signers.SimpleSigner
    subject: str
    fingerprint: str
    valid_from: datetime
    valid_to: datetime


def open_signer(path: Path, password: str, *, now: datetime) -> Signer:
    """Open a PKCS#12 file. ``signer_missing``, ``signer_unreadable`` (also a wrong password), ``signer_expired``."""
    if not path.is_file():
        raise NianjianError("signer_missing", file=str(path))
    with _quiet():  # it would print why, with the file's content in it
        held: signers.SimpleSigner | None = _OPEN(str(path), passphrase=password.encode() or None)
    if held is None or held.signing_cert is None:
        raise NianjianError("signer_unreadable", file=path.name)
    found = held.signing_cert
    validity = found["tbs_certificate"]["validity"].native
    if not validity["not_before"] <= now <= validity["not_after"]:
        first, last = validity["not_before"].date(), validity["not_after"].date()
        raise NianjianError("signer_expired", file=path.name, first=str(first), last=str(last))
    usage = found.key_usage_value
    if usage is not None and not {"digital_signature", "non_repudiation"} & set(usage.native):
        raise NianjianError("signer_no_signing", file=path.name)
    name: dict[str, object] = found.subject.native
    subject = ", ".join(str(name[key]) for key in ("common_name", "organization_name") if name.get(key))
    return Signer(held, subject, found.sha256.hex(), validity["not_before"], validity["not_after"])


def append_signature(source: Path, target: Path, signer: Signer, *, tsa: str = "") -> None:
    """Write ``source`` with the signature behind it to ``target``.

    ``tsa``: address of the authority that stamps the time, "": none. ``tsa_unreachable``, ``signing_failed``;
    ``signing_disk_full`` where there is no room for the signed file.
    """
    stamper = _STAMPER(tsa, timeout=TSA_SECONDS) if tsa else None
    asked = signers.PdfSignatureMetadata(
        field_name=_free(source), md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES, reason=None
    )
    try:
        with _quiet(), source.open("rb") as before, target.open("w+b") as after:
            writer = IncrementalPdfFileWriter(before)
            signers.PdfSigner(asked, signer.held, timestamper=stamper).sign_pdf(writer, output=after)
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
    number = 1
    while f"{FIELD}{number}".encode() in data:
        number += 1
    return f"{FIELD}{number}"


@contextmanager
def _quiet() -> Iterator[None]:
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
