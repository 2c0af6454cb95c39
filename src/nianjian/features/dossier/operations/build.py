"""The package of a season: what people confirmed, as clean copies, in both editions under one manifest."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.dossier.words import ITEMS
from nianjian.engines.paper.words import CHINESE, words
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.archives.query import refuse_closed
from nianjian.features.dossier import build_process
from nianjian.features.dossier.editions import manifest
from nianjian.features.dossier.editions.build import PAPER
from nianjian.features.dossier.editions.package import Board, Item, Limits, Package, seals
from nianjian.features.dossier.editions.verify import verify
from nianjian.features.dossier.impressions.model import Impression
from nianjian.features.dossier.ingest.receive import receive
from nianjian.features.dossier.kinds.catalogue import item as known_item
from nianjian.features.dossier.kinds.item import Form
from nianjian.features.dossier.materials import query
from nianjian.features.dossier.materials.model import Version
from nianjian.features.dossier.materials.query import Line
from nianjian.features.dossier.materials.states import DONE, State
from nianjian.features.dossier.operations import checklist
from nianjian.features.dossier.operations.sealing import law
from nianjian.features.dossier.operations.sealing import pictures as seal_pictures
from nianjian.features.portrait import portraits
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit.record import record
from nianjian.platform.home import env, spill
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers.licences import Licence
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.rulebook.rulebooks import rulebook

Json = dict[str, Any]
OFD: Final = "application/ofd"
ENDINGS: Final = {media: kind for kind, media in checklist.MEDIA.items()}


@dataclass(frozen=True, slots=True)
class Built:
    """What was written. ``missing``: item and state of what is required and not in it; any makes it a draft.

    ``unbound``: items whose newest file is confirmed but cannot be bound (an OFD), a part of ``missing``.
    ``pictures``: how many pictures of seals it bears; any makes it a draft, too.
    """

    folder: Path
    digest: str
    draft: bool
    missing: tuple[tuple[str, str], ...]
    unbound: tuple[str, ...]
    files: tuple[Json, ...]
    pages: int
    pictures: int = 0
    run: str = ""  # of the portrait that the manifest names


def build(
    *,
    enterprise: str,
    year: int,
    folder: Path,
    actor: Actor,
    on: date | None = None,
    pictures: bool = False,
    progress: Progress = silent,
) -> Built:
    """Write the package of a data year into an empty or new folder, as for handing in on a day (None: today).

    Papers go out in full, so it takes the right to reveal. The digest of the manifest stands in the audit entry.
    ``pictures``: a draft that bears the pictures of seals which two people have agreed to for exactly these documents.
    NianjianError role_missing, enterprise_unknown, dossier_folder_full,
    dossier_folder_unusable, blob_missing, dossier_build_failed, seal_use_none, and those of taking a file in.
    """
    require(actor, enterprise, Act.REVEAL)
    refuse_closed(enterprise, year)
    day = on or clock.today()
    lines = checklist.whole(enterprise, year, day)
    taken = [(line, line.newest) for line in lines if line.state is State.READY and line.newest is not None]
    bound = [(line, row) for line, row in taken if row.media_type != OFD]
    unbound = tuple(line.item for line, row in taken if row.media_type == OFD)
    missing = tuple((line.item, line.state.value) for line in lines if line.state not in DONE or line.item in unbound)
    documents = {line.item: row.sha256 for line, row in bound}
    placed, uses = seal_pictures.prints(enterprise, year, documents) if pictures else ({}, [])
    folder = folder.resolve()
    _empty(folder)
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as place:  # closed to others, soon gone
        room = Path(place)
        items, whole = [], len(bound) + 1
        for one in _copies(bound, room, day, enterprise):
            items.append(replace(one, prints=placed.get(one.name, ())))
            progress(one.title, len(items), whole)
        package = _package(enterprise, year, day, items, draft=bool(missing))
        made = _fresh(folder)
        try:
            digest = build_process.build(package, made, room=room, watch=lambda: progress("", len(items), whole))
            _held(made, digest)
            told = manifest.read(made / manifest.NAME)
            _keep(enterprise, year, actor, told, bound, missing, made, folder, uses)
        except BaseException:
            _remove(made)
            raise
    files = tuple(_file(one) for one in told["files"])
    pages = next(one["pages"] for one in files if one["edition"] == PAPER)
    return Built(
        folder, digest, bool(missing or uses), missing, unbound, files, pages, len(uses), str(told["snapshot"])
    )


def _package(enterprise: str, year: int, day: date, items: Sequence[Item], *, draft: bool) -> Package:
    run = portraits.find_newest_run(enterprise, year)
    numbers = sorted({row.number for row in versions_on(Licence, enterprise, day) if row.number})
    return Package(
        enterprise=accounts.enterprise(enterprise).name,
        licence=", ".join(numbers) or "–",
        season=year,
        items=tuple(items),
        limits=Limits.of(_book(enterprise, day)),
        snapshot="" if run is None else run.id,
        draft=draft,
        language=CHINESE,
        source=law.citation(_book(enterprise, day)),
    )


def _copies(bound: Sequence[tuple[Line, Version]], room: Path, day: date, enterprise: str) -> Iterator[Item]:
    """Each item with its clean copy, made anew from what is kept."""
    book, _ = _book(enterprise, day), words(CHINESE)
    for line, row in bound:
        place = room / line.item
        place.mkdir(mode=0o700)
        title = _(ITEMS[line.item])
        source = place / f"{title}.{ENDINGS[row.media_type]}"
        source.write_bytes(query.content(row))
        got = receive(source, place)
        source.unlink()
        if got.clean is None:  # its media type said otherwise
            raise NianjianError("dossier_copy_unreadable", item=title, file=got.name)
        kind = known_item(line.item)
        rule = book.value(kind.rule)
        board = Board(str(rule["board"])) if isinstance(rule, Mapping) else Board.SPECIAL  # a further paper
        asked = seals(book, copy=kind.form(book) is Form.COPY)
        yield Item(line.item, title, board, got.clean, asked, row.sha256)


def _book(enterprise: str, day: date) -> Rulebook:
    where = accounts.enterprise(enterprise).province or None
    return rulebook(day=day, province=where, enterprise=enterprise)


def _empty(folder: Path) -> None:
    """Refuse a folder that holds something, before the work."""
    try:
        full = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise NianjianError("dossier_folder_unusable", folder=str(folder), reason=error.strerror or "") from error
    if full:
        raise NianjianError("dossier_folder_full", folder=str(folder))


def _fresh(folder: Path) -> Path:
    """A closed folder beside the one that is meant: what is there under its name is whole."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise NianjianError("dossier_folder_unusable", folder=str(folder), reason=error.strerror or "") from error


def _held(made: Path, digest: str) -> None:
    """What lies there is what was told."""
    if not verify(made, digest=digest).intact:
        raise NianjianError("dossier_build_failed", reason="verify")


def _keep(  # noqa: PLR0917 -- one entry of all that was bound
    enterprise: str,
    year: int,
    actor: Actor,
    told: Json,
    bound: Sequence[tuple[Line, Version]],
    missing: Sequence[tuple[str, str]],
    made: Path,
    folder: Path,
    uses: Sequence[Impression],
) -> None:
    """The audit entry, and the folder under its name: both or none."""
    data = {
        "year": year,
        "manifest": told["sha256"],
        "draft": told["draft"],
        "run": told["snapshot"],
        "files": len(told["files"]),
        "items": {line.item: {"version": row.number, "sha256": row.sha256} for line, row in bound},
        "missing": [item for item, _state in missing],
    }
    with transaction.atomic():
        record(verb="dossier.built", enterprise=enterprise, actor=actor, data=data)
        seal_pictures.note(enterprise=enterprise, uses=uses, manifest=told["sha256"], actor=actor)
        try:
            made.replace(folder)
        except OSError as error:
            raise NianjianError("dossier_folder_unusable", folder=str(folder), reason=error.strerror or "") from error


def _remove(made: Path) -> None:
    for path in sorted(made.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    if made.exists():
        made.rmdir()


def _file(entry: Json) -> Json:
    return {name: entry[name] for name in ("path", "edition", "bytes", "sha256")} | {"pages": len(entry["pages"])}


def built_to_document(built: Built) -> Json:
    """As JSON."""
    return {
        "folder": str(built.folder),
        "draft": built.draft,
        "digest": built.digest,
        "pages": built.pages,
        "missing": [{"item": item, "state": state} for item, state in built.missing],
        "unbound": list(built.unbound),
        "pictures": built.pictures,
        "run": built.run,
        "files": list(built.files),
    }
