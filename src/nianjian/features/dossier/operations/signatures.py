"""Papers that others have signed, and the firm's own signature on the files for the platform."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import require_size
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.build import UPLOAD
from nianjian.features.dossier.editions.verify import verify
from nianjian.features.dossier.kinds import get_item
from nianjian.features.dossier.models import SignedPaper, row_values
from nianjian.features.dossier.operations.checklist import (
    get_rulebook,
    require_writable,
    temporary_folder,
    wrap_folder_errors,
)
from nianjian.features.dossier.package_documents import SignedFile, SignedTold
from nianjian.features.dossier.signatures import (
    Signature,
    Signer,
    Standing,
    append_signature,
    open_signer,
    read_signatures,
    read_signatures_of_files,
    worst_standing,
)
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.query import acts
from nianjian.platform.audit.record import record
from nianjian.platform.home import env
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers.uploads import plain_name
from nianjian.platform.vault import blobs

Json = dict[str, Any]
LIMIT: Final = 50 << 20  # bytes of a file


def trusted_roots() -> Path | None:
    """PEM of the certificates that are trusted, as the setting names it; None: trust is not known."""
    setting = env.text("NIANJIAN_TRUST_ROOTS", os.environ)
    return Path(setting).expanduser().absolute() if setting else None


def preview_signatures(path: Path) -> tuple[Signature, ...]:
    """The signatures of a file of one's own; nothing is kept."""
    if not path.is_file():
        raise NianjianError("file_missing", file=str(path))
    return read_signatures(path, roots=trusted_roots())


def store_paper(*, enterprise: str, year: int, item: str, name: str, content: bytes, actor: Actor) -> SignedPaper:
    """Keep a signed PDF unaltered, with what its signatures say today; the same file again is the one that is there.

    ``role_missing``, ``dossier_item_unknown``, ``file_empty``, ``file_too_large``, ``signature_none`` where it bears
    none, and those of `read_signatures`.
    """
    require_writable(actor, enterprise, year)
    get_item(item)
    plain = plain_name(name)
    require_size(plain, len(content), LIMIT)
    with temporary_folder() as folder:
        path = folder / "paper"
        path.write_bytes(content)
        signatures = read_signatures(path, name=plain, roots=trusted_roots())
    if not signatures:
        raise NianjianError("signature_none", file=plain)
    return record_paper(
        enterprise=enterprise, year=year, item=item, name=plain, content=content, signatures=signatures, actor=actor
    )


def record_paper(
    *, enterprise: str, year: int, item: str, name: str, content: bytes, signatures: Sequence[Signature], actor: Actor
) -> SignedPaper:
    """Keep the file with what its signatures say, as they were read."""
    tenant = accounts.enterprise(enterprise)
    with blobs.put_undoable(content) as stored, transaction.atomic():
        values = {
            "name": name,
            "size": stored.size,
            "blob": stored.id,
            "standing": worst_standing(signatures).value,
            "signatures": len(signatures),
            "report": json.dumps([asdict(one) for one in signatures], ensure_ascii=False, sort_keys=True),
            "recorded_at": clock.now(),
            "recorded_by": str(actor),
        }
        row, created = SignedPaper.objects.get_or_create(
            enterprise_id=tenant.code, year=year, item=item, sha256=stored.sha256, defaults=values
        )
        if created:
            _note("kept", row, actor, {"standing": row.standing})
    if not created:
        blobs.remove(stored.id)
    return row


def _note(act: str, row: SignedPaper, actor: Actor, data: Json) -> None:
    values = {"year": row.year, "item": row.item, "paper": row.pk, "sha256": row.sha256, **data}
    record(verb=f"signature.{act}", enterprise=row.enterprise_id, actor=actor, data=values)


def list_papers(enterprise: str, year: int, actor: Actor, first: int, count: int) -> list[SignedPaper]:
    """Those of a season, newest first."""
    require_permission(actor, enterprise, Permission.READ)
    rows = SignedPaper.objects.filter(enterprise_id=enterprise, year=year).order_by("-pk")
    return list(rows[first : first + count])


def get_paper(enterprise: str, year: int, number: int, actor: Actor, act: Permission = Permission.READ) -> SignedPaper:
    """One of them; ``role_missing``, ``signed_paper_unknown``."""
    require_permission(actor, enterprise, act)
    row = SignedPaper.objects.filter(enterprise_id=enterprise, year=year, pk=number).first()
    if row is None:
        raise NianjianError("signed_paper_unknown", paper=number)
    return row


def download_paper(*, enterprise: str, year: int, number: int, actor: Actor) -> tuple[SignedPaper, bytes]:
    """A paper byte for byte as it came, with an entry in the chain.

    As `get_paper`, ``blob_missing``, and ``signed_paper_changed`` where its hash is another.
    """
    row = get_paper(enterprise, year, number, actor, Permission.VIEW_UNMASKED)
    content = blobs.get(row.blob)
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise NianjianError("signed_paper_changed", paper=row.pk)
    _note("fetched", row, actor, {})
    return row, content


def to_document(row: SignedPaper) -> SignedTold:
    """A paper, with its signatures as they were when it came."""
    columns = row_values(row, "item", "sha256", "size", "standing", "recorded_at", "recorded_by")
    signatures = msgspec.json.decode(row.report or "[]", type=list[Signature])
    return SignedTold(paper=row.pk, name=row.name or "", signatures=signatures, **columns)


Ask = Callable[[str], str]
LOOKED: Final = 10_000  # builds among which the package is sought
SOUND: Final = frozenset({Standing.UNKNOWN, Standing.TRUSTED, Standing.UNTRUSTED})


@dataclass(frozen=True, slots=True)
class SigningResult:
    """What was signed; ``digest``: of the manifest, which is as it was. ``named``: the certificate names the firm."""

    files: tuple[SignedFile, ...]
    left: tuple[str, ...]
    digest: str
    subject: str
    fingerprint: str
    valid_to: str
    named: bool


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate of the settings: ``fault`` "" where it can sign today, else its code with ``values``.

    ``named``: it names the firm. ``stamped``: a time-stamp authority is set.
    """

    fault: str
    values: Mapping[str, Any]
    subject: str = ""
    fingerprint: str = ""
    valid_to: str = ""
    named: bool = False
    stamped: bool = False


def get_certificate(enterprise: str, actor: Actor) -> Certificate:
    """What `sign_package` would sign with; it is opened, and nothing signed. NianjianError role_missing."""
    require_permission(actor, enterprise, Permission.READ)
    stamped = bool(env.text("NIANJIAN_TSA_URL", os.environ))
    try:
        signer = _signer(None, lambda _name: "")
    except NianjianError as error:
        values = {name: Path(str(value)).name if name == "file" else value for name, value in error.values.items()}
        return Certificate(error.code, values, stamped=stamped)
    in_subject = accounts.enterprise(enterprise).name in signer.subject
    return Certificate(
        "", {}, signer.subject, signer.fingerprint, signer.valid_to.date().isoformat(), in_subject, stamped
    )  # fmt: skip


def sign_package(
    *,
    enterprise: str,
    folder: Path,
    actor: Actor,
    ask: Ask,
    certificate: Path | None = None,
    tsa: str | None = None,
    progress: Progress = silent,
) -> SigningResult:
    """Sign each file of the upload edition of a package that this installation built and that holds.

    ``certificate``: PKCS#12, None: the setting's. ``ask``: for its password, where no setting has it; it is kept
    nowhere. ``tsa``: the time stamp's address, None: the setting's, "": none. Files signed already are left.

    ``role_missing``, ``signing_draft``, ``signing_unknown_package``, ``signing_not_intact``, ``signer_unset``,
    ``signing_large``, ``signing_failed``, ``dossier_manifest_unreadable``, those of `open_signer`, `append_signature`.
    """
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED)
    listing = _package(enterprise, folder)
    signer = _signer(certificate, ask)
    stamp = env.text("NIANJIAN_TSA_URL", os.environ) if tsa is None else tsa
    most = int(get_rulebook(enterprise).decimal("materials.scan.megabytes") * 1_000_000)
    entries = [one for one in listing["files"] if one["edition"] == UPLOAD]
    left = tuple(one["path"] for one in entries if (folder / one["path"]).stat().st_size > one["bytes"])
    with tempfile.TemporaryDirectory(prefix=".signing-", dir=folder.parent) as room:  # the same disk: moved as one
        targets = []
        due = [one for one in entries if one["path"] not in left]
        for number, entry in enumerate(due):
            progress(Path(entry["path"]).name, number, len(due))
            target = Path(room) / f"{number}.pdf"
            append_signature(folder / entry["path"], target, signer, tsa=stamp)
            targets.append(target)
        read = read_signatures_of_files(targets)
        files = [
            (target, _check_signed_file(entry, target, signatures, signer, most))
            for entry, target, signatures in zip(due, targets, read, strict=True)
        ]
        done = SigningResult(
            tuple(one for _path, one in files), left, listing["sha256"], signer.subject, signer.fingerprint,
            signer.valid_to.isoformat(), accounts.enterprise(enterprise).name in signer.subject,
        )  # fmt: skip
        _put(enterprise, int(listing["season"]), folder, files, done, actor)
    return done


def _package(enterprise: str, folder: Path) -> Json:
    """The manifest of a finished package of ours that holds."""
    listing = manifest.read_manifest(folder / manifest.NAME)
    if listing["draft"]:
        raise NianjianError("signing_draft")
    ours = acts(enterprise=enterprise, verb="dossier.built", newest=LOOKED)
    if not any(one.data["manifest"] == listing["sha256"] for one in ours):
        raise NianjianError("signing_unknown_package", digest=listing["sha256"])
    result = verify(folder, digest=listing["sha256"])
    if not result.intact or any(one.kind != "signed" for one in result.notes):  # saved again is not what was built
        raise NianjianError("signing_not_intact", folder=str(folder))
    return listing


def _signer(certificate: Path | None, ask: Ask) -> Signer:
    setting = env.text("NIANJIAN_SIGNER", os.environ)
    if certificate is None and not setting:
        raise NianjianError("signer_unset")
    path = Path(setting).expanduser().absolute() if certificate is None else certificate
    password = env.text("NIANJIAN_SIGNER_PASSWORD", os.environ)
    return open_signer(path, password or ask(path.name), now=clock.now())


def _check_signed_file(
    entry: Json, target: Path, signatures: Sequence[Signature], signer: Signer, most: int
) -> SignedFile:
    """The signed file is the one of the manifest with a sound signature behind it, within the platform's limit."""
    size = target.stat().st_size
    if size > most:
        raise NianjianError("signing_large", file=entry["path"], bytes=size, most=most)
    last = signatures[-1]
    same = manifest.digests(target, entry["bytes"]) == (entry["sha256"], entry["sm3"])
    if not same or last.fingerprint != signer.fingerprint or not last.whole_file or last.standing not in SOUND:
        raise NianjianError("signing_failed", file=entry["path"])
    stamped = "" if last.timestamp is None else last.timestamp.at
    return SignedFile(entry["path"], size, manifest.digests(target)[0], stamped)


def _put(  # noqa: PLR0917 -- one entry of all that was signed
    enterprise: str,
    year: int,
    folder: Path,
    files: Sequence[tuple[Path, SignedFile]],
    done: SigningResult,
    actor: Actor,
) -> None:
    """The entry in the chain, and the files under their names."""
    if not files:
        return
    with transaction.atomic():
        data = {"year": year, **to_builtins(done)}
        record(verb="signature.signed", enterprise=enterprise, actor=actor, data=data)
        for path, one in files:
            with wrap_folder_errors(folder):
                shutil.copymode(folder / one.path, path)
                path.replace(folder / one.path)
