"""Papers that others have signed electronically, as doors ask for them: looked at, kept, given out as they came."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.dossier.kinds.catalogue import item as known_item
from nianjian.features.dossier.signatures import query, service
from nianjian.features.dossier.signatures.model import SignedPaper
from nianjian.features.dossier.signatures.read import read
from nianjian.features.dossier.signatures.state import Signature
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env, spill
from nianjian.platform.registers.uploads import plain_name

Json = dict[str, Any]
LIMIT: Final = 50 << 20  # bytes of a file


def roots() -> Path | None:
    """PEM of the certificates that are trusted, as the setting names it; None: trust is not known."""
    named = env.text("NIANJIAN_TRUST_ROOTS", os.environ)
    return Path(named).expanduser().absolute() if named else None


def preview_signatures(path: Path) -> tuple[Signature, ...]:
    """The signatures of a file of one's own; nothing is kept."""
    if not path.is_file():
        raise NianjianError("file_missing", file=str(path))
    return read(path, roots=roots())


def add(*, enterprise: str, year: int, item: str, name: str, content: bytes, actor: Actor) -> SignedPaper:
    """Keep a signed PDF unaltered, with what its signatures say today.

    ``role_missing``, ``dossier_item_unknown``, ``file_empty``, ``file_too_large``, ``signature_none`` where it bears
    none, and those of `read`.
    """
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    known_item(item)
    plain = plain_name(name)
    if not content:
        raise NianjianError("file_empty", file=plain)
    if len(content) > LIMIT:
        raise NianjianError("file_too_large", file=plain, limit=LIMIT)
    found = _looked(plain, content)
    if not found:
        raise NianjianError("signature_none", file=plain)
    return service.add(
        enterprise=enterprise, year=year, item=item, name=plain, body=content, found=found, actor=actor
    )  # fmt: skip


def part(enterprise: str, year: int, actor: Actor, first: int, count: int) -> list[SignedPaper]:
    """Those of a season, newest first."""
    require(actor, enterprise, Act.READ)
    return list(query.papers(enterprise, year)[first : first + count])


def get_paper(enterprise: str, year: int, number: int, actor: Actor) -> SignedPaper:
    """One of them; ``role_missing``, ``signed_paper_unknown``."""
    require(actor, enterprise, Act.READ)
    return query.paper(enterprise, year, number)


def fetch(*, enterprise: str, year: int, number: int, actor: Actor) -> tuple[SignedPaper, bytes]:
    """A paper byte for byte as it came, with an entry in the chain. As `one`, and ``signed_paper_changed``."""
    require(actor, enterprise, Act.REVEAL)
    row = query.paper(enterprise, year, number)
    content = query.content(row)
    service.given_out(paper=row, actor=actor)
    return row, content


def to_document(row: SignedPaper) -> Json:
    """As JSON, with its signatures as they were when it came."""
    return {
        "paper": row.pk,
        "item": row.item,
        "name": row.name or "",
        "sha256": row.sha256,
        "size": row.size,
        "standing": row.standing,
        "signatures": query.report(row),
        "recorded_at": row.recorded_at,
        "recorded_by": row.recorded_by,
    }


def _looked(name: str, content: bytes) -> tuple[Signature, ...]:
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as folder:  # closed to others, soon gone
        path = Path(folder) / "paper"
        path.write_bytes(content)
        return read(path, name=name, roots=roots())
