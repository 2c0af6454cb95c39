"""The files of an import, one `Item` each: plain, gz, members of a zip, sheets of a workbook, folders."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

from nianjian.engines.intake.packed import torn
from nianjian.engines.intake.packed.item import FAULTS, MEMBERS, Item, Stream, open_archive
from nianjian.engines.intake.packed.packs import GZIP, HEAD, OLD_WORKBOOK, ZIP, Spool, kind_of
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.old_workbooks import OldWorkbook, other_kind
from nianjian.engines.kernel.workbooks import CONTENT, BookRow, Workbook

__all__ = ["Item", "Stream", "items"]

DEEPEST: Final = 2  # zip archives around a file

_MARKED_UTF8: Final = 0x800


@dataclass(frozen=True, slots=True)
class _Found:
    """Something that may be a pack. ``inner``: it lies inside ``outer``, ``depth`` zip archives deep."""

    name: str
    item: Item
    depth: int = 0


def items(paths: Sequence[str | Path]) -> Iterator[Item]:
    """Every file under the paths, folders in sorted order without hidden files.

    NianjianError ``file_missing`` before the first item, each further missing path a finding; ``nothing_to_import``.
    What cannot be opened, or goes away meanwhile, becomes an item too, so that it holds up no other; its ``fault``
    is raised when it is read: ``file_unreadable``, ``file_empty``, ``zip_broken``, ``zip_encrypted``,
    ``workbook_broken``, ``pack_unsupported``, ``pack_nested``, and those of `kernel.unpacking`.
    """
    missing = [str(given) for given in paths if not Path(given).exists()]
    if missing:
        others = tuple({"code": "file_missing", "file": name} for name in missing[1:])
        raise NianjianError("file_missing", findings=others, file=missing[0])
    found = False
    for path in map(Path, paths):
        for file in _files(path):
            name = file.name if file == path else file.relative_to(path).as_posix()
            for item in _guarded(_Found(name, Item(name, file)), _inside):
                found = True
                yield item
    if not found:
        raise NianjianError("nothing_to_import", paths=", ".join(str(path) for path in paths))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )


def _guarded(found: _Found, look: Callable[[_Found], Iterator[Item]]) -> Iterator[Item]:
    try:
        yield from look(found)
    except NianjianError as error:
        yield replace(found.item, name=found.name, kind="fault", fault=error)


def _inside(found: _Found) -> Iterator[Item]:
    """The item itself, or what it is an archive or workbook of."""
    item = found.item
    with_head = islice(Stream(item).blocks(), 1)  # of a gz: of what is inside
    kind = kind_of(next(with_head, b"")[:HEAD])
    if kind is None:
        yield replace(item, kind=GZIP) if item.kind == "plain" and _is_gz(item) else item
        return
    packed = item.kind in MEMBERS or _is_gz(item)
    if kind == GZIP or (kind == ZIP and found.depth >= DEEPEST):
        raise NianjianError("pack_nested", file=found.name)
    if kind not in (ZIP, OLD_WORKBOOK):
        raise NianjianError("pack_unsupported", file=found.name, kind=kind)
    holder = item
    if packed:
        blocks = Stream(item).blocks()
        holder = Item(found.name, item.path, spool=Spool(found.name, blocks, item.size))
    if kind == OLD_WORKBOOK:
        yield from _sheets(holder, OldWorkbook(found.name, holder.archive))
    else:
        yield from _members(_Found(found.name, holder, found.depth))


def _members(found: _Found) -> Iterator[Item]:
    holder, name = found.item, found.name
    try:
        with zipfile.ZipFile(holder.archive) as archive:
            listed = archive.infolist()
    except (*FAULTS, OSError, ValueError):
        yield from _torn_members(found)
        return
    names = {entry.filename for entry in listed}
    if (other := other_kind(names)) is not None:
        raise NianjianError("book_unsupported", file=name, kind=other)
    if CONTENT in names:
        yield from _sheets(holder, Workbook.opened(name, holder.archive))
        return
    for entry in sorted(listed, key=lambda e: e.filename):
        if not _is_wanted(entry.filename):
            continue
        inner = f"{name}/{_shown(entry)}"
        item = Item(inner, holder.path, "zip", entry.filename, spool=holder.spool)
        if entry.flag_bits & 1:
            yield replace(item, kind="fault", fault=NianjianError("zip_encrypted", file=inner))
            continue
        yield from _guarded(_Found(inner, item, found.depth + 1), _inside)


def _torn_members(found: _Found) -> Iterator[Item]:
    """What can be read of a zip that broke off; NianjianError ``zip_broken`` if nothing can."""
    holder, name = found.item, found.name
    with open_archive(holder.archive) as handle:
        listed = torn.members(name, handle)
    if any(one.name.startswith((CONTENT, "_rels/", "xl/")) for one in listed):
        raise NianjianError("workbook_broken", file=name, detail="zip")
    wanted = [one for one in listed if _is_wanted(one.name)]
    if not wanted:
        raise NianjianError("zip_broken", file=name)
    for one in wanted:
        inner = f"{name}/{one.name}"
        item = Item(inner, holder.path, "torn", one.name, spool=holder.spool, torn=one)
        if one.encrypted:
            yield replace(item, kind="fault", fault=NianjianError("zip_encrypted", file=inner))
            continue
        yield from _guarded(_Found(inner, item, found.depth + 1), _inside)


def _shown(entry: zipfile.ZipInfo) -> str:
    """`zipfile` reads a name that is not marked as UTF-8 by a code page of the first PCs."""
    try:
        return entry.filename if entry.flag_bits & _MARKED_UTF8 else torn.shown_name(entry.filename.encode("cp437"))
    except UnicodeEncodeError:
        return entry.filename


def _is_wanted(member: str) -> bool:
    """No folder, nothing hidden. A step upwards hides nothing: members are read in place, so it does no harm."""
    parts = member.split("/")
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    return not (member.endswith("/") or "__MACOSX" in parts or hidden)


def _sheets(holder: Item, book: Workbook | OldWorkbook) -> Iterator[Item]:
    """Every sheet with rows: the first under the file's name, the others with their own behind it."""
    sheets = [replace(holder, kind="sheet", member=name, book=book) for name in book.names]
    rows = [sum(1 for _ in islice(filter(_filled, sheet.sheet_rows()), 2)) for sheet in sheets]
    # A header alone is a file of no rows, but only where no other sheet has any.
    wanted = [sheet for sheet, count in zip(sheets, rows, strict=True) if count > 1] or [
        sheet for sheet, count in zip(sheets, rows, strict=True) if count
    ][:1]
    if not wanted:
        raise NianjianError("file_empty", file=holder.name)
    yield wanted[0]
    for sheet in wanted[1:]:
        yield replace(sheet, name=f"{holder.name}/{sheet.member}", first=False)


def _filled(row: BookRow) -> bool:
    return any(row.cells)


def _is_gz(item: Item) -> bool:
    if item.kind in MEMBERS:
        return False
    with open_archive(item.archive) as handle:
        return handle.read(2) == b"\x1f\x8b"
