"""The files of an import, one `Item` each: plain, gz, members of a zip, sheets of a workbook, folders."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

import python_calamine

from nianjian.kernel.errors import NianjianError

BLOCK: Final = 1 << 22

_GZIP_WINDOW: Final = 31  # zlib's own window of 32 KiB (15) with the gzip frame (16)


@dataclass(frozen=True, slots=True)
class Item:
    """One file to import. ``kind``: plain | gz | zip (a member) | sheet (of a workbook).

    ``name`` is what people see: the file's name, for a member or a further sheet with that name behind it.
    """

    name: str
    path: Path
    kind: str = "plain"
    member: str | None = None

    @property
    def size(self) -> int:
        """Bytes to be read, for the progress: of a member the unpacked size."""
        if self.kind == "zip":
            with zipfile.ZipFile(self.path) as archive:
                return archive.getinfo(self.member or "").file_size
        return self.path.stat().st_size


class Stream:
    """The unpacked bytes of an item, block by block, and what is known at their end.

    ``sha256`` covers the file as given, of a zip the member. ``truncated`` says that a gz broke off or is
    damaged: the bytes up to the break were given. ``taken`` counts the bytes read from disk.
    """

    def __init__(self, item: Item) -> None:
        self.item = item
        self.truncated = False
        self.taken = 0
        self._hash = sha256()

    @property
    def sha256(self) -> str:
        """Of what was read so far; of the whole file once `blocks` is exhausted."""
        return self._hash.hexdigest()

    def blocks(self) -> Iterator[bytes]:
        """The unpacked bytes in blocks of about 4 MiB."""
        try:
            if self.item.kind == "zip":
                yield from self._member()
            else:
                with self.item.path.open("rb") as handle:
                    packed = handle.read(2) == b"\x1f\x8b"
                    handle.seek(0)
                    yield from self._unpacked(handle) if packed else self._plain(handle)
        except OSError as error:
            raise NianjianError("file_unreadable", file=self.item.name, detail=str(error)) from error

    def _plain(self, handle: IO[bytes]) -> Iterator[bytes]:
        while block := handle.read(BLOCK):
            self.taken += len(block)
            self._hash.update(block)
            yield block

    def _member(self) -> Iterator[bytes]:
        try:
            with zipfile.ZipFile(self.item.path) as archive, archive.open(self.item.member or "") as handle:
                yield from self._plain(handle)
        except (zipfile.BadZipFile, zlib.error, EOFError):
            self.truncated = True

    def _unpacked(self, handle: IO[bytes]) -> Iterator[bytes]:
        """Member after member of the gz; a break anywhere ends it quietly, with the flag set."""
        unpack = zlib.decompressobj(_GZIP_WINDOW)
        fresh = True
        for block in self._plain(handle):
            rest = block
            while rest and not self.truncated:
                if unpack.eof:
                    rest = rest.lstrip(b"\0")  # padding between members is allowed
                    if not rest:
                        break
                    unpack, fresh = zlib.decompressobj(_GZIP_WINDOW), True
                fresh = False
                try:
                    data = unpack.decompress(rest, BLOCK)
                    rest = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
                except zlib.error:
                    self.truncated = True
                    break
                if data:
                    yield data
        if not unpack.eof and not fresh:
            self.truncated = True


def items(paths: Sequence[str | Path]) -> Iterator[Item]:
    """Every file under the paths, folders in sorted order without hidden files.

    NianjianError ``file_missing``, ``file_unreadable``, ``zip_broken``, ``zip_encrypted``, ``nothing_to_import``.
    """
    found = False
    for given in paths:
        path = Path(given)
        if not path.exists():
            raise NianjianError("file_missing", file=str(given))
        for file in _files(path):
            name = file.name if file == path else file.relative_to(path).as_posix()
            for item in _inside(file, name):
                found = True
                yield item
    if not found:
        raise NianjianError("nothing_to_import", paths=", ".join(str(path) for path in paths))


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
    )


def _inside(file: Path, name: str) -> Iterator[Item]:
    try:
        with file.open("rb") as handle:
            magic = handle.read(8)
    except OSError as error:
        raise NianjianError("file_unreadable", file=name, detail=str(error)) from error
    if magic.startswith(b"PK\x03\x04"):
        yield from _members(file, name)
    elif magic.startswith(b"\xd0\xcf\x11\xe0"):
        yield from _sheets(file, name)
    elif magic.startswith(b"\x1f\x8b"):
        yield Item(name, file, "gz")
    else:
        yield Item(name, file)


def _members(file: Path, name: str) -> Iterator[Item]:
    try:
        with zipfile.ZipFile(file) as archive:
            listed = archive.infolist()
    except zipfile.BadZipFile as error:
        raise NianjianError("zip_broken", file=name) from error
    if any(entry.filename == "[Content_Types].xml" for entry in listed):
        yield from _sheets(file, name)
        return
    for entry in sorted(listed, key=lambda e: e.filename):
        parts = entry.filename.split("/")
        # A step upwards names no hidden file: members are read in place, never unpacked, so it harms nothing.
        hidden = any(part.startswith(".") and part != ".." for part in parts)
        if entry.is_dir() or "__MACOSX" in parts or hidden:
            continue
        if entry.flag_bits & 1:
            raise NianjianError("zip_encrypted", file=name)
        yield Item(f"{name}/{entry.filename}", file, "zip", entry.filename)


def _sheets(file: Path, name: str) -> Iterator[Item]:
    """Every sheet that holds something: the first under the file's name, the others with their own behind it."""
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(file))
        filled = [sheet for sheet in book.sheet_names if book.get_sheet_by_name(sheet).height > 1]
    except (python_calamine.CalamineError, OSError) as error:
        raise NianjianError("workbook_broken", file=name, detail=str(error)) from error
    for number, sheet in enumerate(filled):
        yield Item(name if number == 0 else f"{name}/{sheet}", file, "sheet", sheet)
