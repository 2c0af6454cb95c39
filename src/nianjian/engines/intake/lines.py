"""From bytes to physical lines and records of JSON: encodings, line ends, lines that no reader may see."""

from __future__ import annotations

import codecs
import json
import re
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from nianjian.engines.intake.read import Item, Stream

LONGEST: Final = 1_000_000  # bytes of a line; a longer one is a damaged file, not a call
_TELLING: Final = 1_000  # lines that are not plain ASCII tell the encoding; more of them tell no more

KEPT: Final = 2_000  # characters of a bad line that the quarantine keeps

_END: Final = 10  # LF
_BLOCK: Final = 1 << 20

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)


@dataclass(slots=True)
class Damage:
    """A line taken out: ``line`` counts from 1 in the file as given, ``raw`` is its text or its cells as JSON."""

    line: int
    code: str
    raw: str


@dataclass(slots=True)
class Census:
    """What one pass over a file's lines found."""

    lines: int = 0
    ended: bool = True  # the last line has an end
    blank: list[int] = field(default_factory=list)
    damaged: list[Damage] = field(default_factory=list)


def detect_encoding(head: bytes) -> str | None:
    """``utf-8``, ``utf-8-sig``, ``utf-16…`` or ``gb18030``; None while ``head`` is all ASCII."""
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    if wide := _utf16(head[:4000].rstrip(b"\0")):
        return wide
    if head.isascii():
        return None
    *whole, rest = head.replace(b"\r", b"\n").split(b"\n")
    lines = list(islice((line for line in whole if not line.isascii()), _TELLING)) or [rest]
    valid = {name: sum(_decodes(line, name) for line in lines) for name in ("utf-8", "gb18030")}
    # Bytes that pass as UTF-8 are UTF-8: nearly every such text would pass as GB18030 too.
    if valid["utf-8"] * 2 >= len(lines) or valid["gb18030"] * 2 < len(lines):
        return "utf-8"
    return "gb18030"


def _utf16(head: bytes) -> str | None:
    """By the NULs in every other place. A crash leaves NULs side by side: those tell nothing."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) <= len(head) // 4 or min(even, odd) > max(even, odd) // 8:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def to_utf8(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The same text as UTF-8 without a mark; bytes that are invalid in another encoding become U+FFFD."""
    if encoding in ("utf-8", "utf-8-sig"):
        first = True
        for block in blocks:
            yield block.removeprefix(codecs.BOM_UTF8) if first else block
            first = False
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    first = True
    for block in blocks:
        text = decoder.decode(block)
        if first and text:
            text, first = text.removeprefix("\ufeff"), False
        yield text.encode()
    yield decoder.decode(b"", final=True).encode()


def unify_line_ends(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same text with LF for every line end: LF, CRLF, and a lone CR, which ends a line whatever else does.

    Within quotes too, so that the number of a line does not depend on the quotes before it.
    """
    carry = b""  # a CR at the end of a block: the LF of its CRLF may begin the next one
    for block in blocks:
        text = carry + block
        carry = b"\r" if text.endswith(b"\r") else b""
        text = text.removesuffix(b"\r")
        if b"\r" in text:
            text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if text:
            yield text
    if carry:
        yield b"\n"


def cut_at_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes cut at line ends; of a line that never ends only the first megabyte is kept."""
    pieces: list[bytes] = []
    size = 0
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        if not cut:
            if size <= LONGEST:
                pieces.append(block)
                size += len(block)
            continue
        pieces.append(block[:cut] if size <= LONGEST else b"\n" + block[block.find(b"\n") + 1 : cut])
        yield b"".join(pieces) if len(pieces) > 1 else pieces[0]
        pieces, size = [block[cut:]], len(block) - cut
    rest = b"".join(pieces)
    if rest:
        yield rest


def line_ends(block: bytes) -> int:
    """How many line ends a block holds; a third of the price of ``bytes.count``."""
    return int(np.count_nonzero(np.frombuffer(block, np.uint8) == _END))


def lines_at(path: Path, places: Sequence[int]) -> Iterator[bytes]:
    """The lines with these numbers (from 1, sorted) of a file with LF ends, each with its end.

    Only the ends beside a wanted line are kept: the one before it and its own.
    """
    size = path.stat().st_size
    if not size or not places:
        return
    data = np.memmap(path, dtype=np.uint8, mode="r")
    targets = np.asarray(places, dtype=np.int64)
    numbers = np.unique(np.concatenate([targets - 1, targets]))
    offsets = np.full(len(numbers), size, dtype=np.int64)  # behind each of these lines; the last may have no end
    offsets[: np.searchsorted(numbers, 1)] = 0
    before = 0
    for start in range(0, size, _BLOCK):
        if before >= numbers[-1]:
            break
        ends = np.flatnonzero(data[start : start + _BLOCK] == _END)
        first, last = np.searchsorted(numbers, [before + 1, before + len(ends) + 1])
        offsets[first:last] = ends[numbers[first:last] - before - 1] + start + 1
        before += len(ends)
    begins, stops = (offsets[np.searchsorted(numbers, lines)].tolist() for lines in (targets - 1, targets))
    for begin, stop in zip(begins, stops, strict=True):
        if begin < stop:
            yield data[begin:stop].tobytes()


def is_valid(block: bytes) -> bool:
    """Whether the whole block is UTF-8; Arrow's check is several times faster than decoding."""
    text = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(struct.pack("<ii", 0, len(block))), pa.py_buffer(block)]
    )
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def invalid_lines(block: bytes, first: int) -> Iterator[Damage]:
    """The lines of a block that are not UTF-8; ``first`` is the number of its first line."""
    for number, line in enumerate(block.split(b"\n"), start=first):
        if not _decodes(line, "utf-8"):
            yield Damage(number, "invalid_encoding", excerpt_line(line))


def excerpt_line(line: bytes) -> str:
    r"""The beginning of a bad line for the quarantine, as JSON: invalid bytes as \xNN, NUL as \x00."""
    text = line[:KEPT].rstrip(b"\r\n").decode("utf-8", "backslashreplace")
    return json.dumps(text.replace("\0", "\\x00"), ensure_ascii=False)


def line_fault(line: bytes) -> str | None:
    """The reason code against a line without its end, or None."""
    if len(line) > LONGEST:
        return "line_too_long"
    if b"\0" in line:
        return "nul_byte"
    if not line.isascii() and (b"\xef\xbf\xbd" in line or not _decodes(line, "utf-8")):
        return "invalid_encoding"
    return None


def physical_lines(blocks: Iterable[bytes], census: Census) -> Iterator[tuple[int, str]]:
    """Every good line, decoded, with its number; blank and damaged ones go into the census."""
    for block in cut_at_lines(blocks):
        census.ended = block.endswith(b"\n")
        for line in _good_lines(block, census):
            yield census.lines, line.decode()


def _good_lines(block: bytes, census: Census) -> Iterator[bytes]:
    for line in block.removesuffix(b"\n").split(b"\n"):
        census.lines += 1
        if not line.strip():
            census.blank.append(census.lines)
        elif code := line_fault(line):
            census.damaged.append(Damage(census.lines, code, excerpt_line(line)))
        else:
            yield line


def open_quote_pattern(delimiter: str) -> re.Pattern[bytes]:
    """Finds a line in which a cell opens a quote that the line does not close."""
    mark = re.escape(delimiter.encode())
    return re.compile(rb"(?:^|" + mark + rb')"(?:[^"\n]|"")*$', re.MULTILINE)


_DECODER: Final = json.JSONDecoder()
_BETWEEN: Final = re.compile(r"[\s,]*")
_LIST: Final = re.compile(r"\[\s*(?=\{)")
_NEXT: Final = re.compile(r"\}\s*,\s*(?=\{)|\}\s*\n\s*(?=\{)")

SMALL: Final = 8 << 20  # characters: up to here a document may be one record, and that is the longest record
_STEP: Final = 1 << 20  # characters that are tried at least before more is read


def json_records(
    blocks: Iterable[bytes], bad: list[Damage], parse: Callable[[str], object]
) -> Iterator[tuple[int, str]]:
    """(line, text) of every object in the document's first list of objects, or of the one object that it is.

    ``blocks``: UTF-8. A document that ``parse`` takes whole is one record, though it has lists inside (a FreeSWITCH
    callflow); the answer of an API around a list of records is none. What cannot be read goes to ``bad`` as
    ``json_invalid``.
    """
    window = _Window(blocks)
    window.fill(SMALL)
    text = window.text
    if window.ended and _is_record(text, parse):
        yield 1 + text.count("\n", 0, text.find("{")), text
        return
    start = _LIST.search(text)
    place = text.find("{") if start is None else start.end()
    if place < 0:
        if text.strip(" \t\r\n[]\ufeff"):
            bad.append(_damage(1, text))
        return
    window.drop(place)
    yield from _list_records(window, bad)


def _list_records(window: _Window, bad: list[Damage]) -> Iterator[tuple[int, str]]:
    while window.fill(_STEP) or window.place < len(window.text):
        blank = _BETWEEN.match(window.text, window.place)
        window.drop(blank.end() if blank else window.place)
        if window.place >= len(window.text):
            continue
        if window.text[window.place] != "{":
            return
        end = _end_of_record(window)
        if end is not None:
            yield window.line, window.text[window.place : end]
            window.drop(end)
        elif not _skip_record(window, bad):
            return


def _end_of_record(window: _Window) -> int | None:
    """Where the object at the window's place ends; None if it is broken, or longer than any record."""
    size = _STEP
    while True:
        try:
            return _DECODER.raw_decode(window.text, window.place)[1]
        except (ValueError, RecursionError):
            if window.ended or size >= SMALL:
                return None
            size *= 2
            window.fill(size)


def _skip_record(window: _Window, bad: list[Damage]) -> bool:
    """Over a broken record to the next one, if there is any."""
    line, head = window.line, window.text[window.place : window.place + 2000]
    while True:
        match = _NEXT.search(window.text, window.place)
        if match is not None:
            bad.append(_damage(line, window.text[window.place : match.end()] if window.line == line else head))
            window.drop(match.end())
            return True
        if window.ended:
            bad.append(_damage(line, head))
            return False
        # The sign for the next record may lie across the end of what was read.
        window.drop(max(window.place, len(window.text) - 100))
        window.fill(_STEP)


class _Window:
    """The text from ``place`` on as far as it was read; what lies before is forgotten, but its lines are counted."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.text = ""
        self.place = 0
        self.line = 1
        self.ended = False

    def fill(self, size: int) -> bool:
        """Read until so many characters lie ahead; whether any do."""
        if len(self.text) - self.place < size and not self.ended:
            pieces, have = [self.text[self.place :]], len(self.text) - self.place
            while have < size and not self.ended:
                block = next(self._blocks, None)
                self.ended = block is None
                piece = self._decode(block or b"", final=self.ended)
                pieces.append(piece)
                have += len(piece)
            self.text, self.place = "".join(pieces), 0
        return self.place < len(self.text)

    def drop(self, place: int) -> None:
        """Go on to a later place."""
        self.line += self.text.count("\n", self.place, place)
        self.place = place


def _is_record(text: str, parse: Callable[[str], object]) -> bool:
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return False
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _damage(line: int, text: str) -> Damage:
    return Damage(line, "json_invalid", json.dumps(text.strip()[:2000], ensure_ascii=False))


# Make a file readable for the engine without losing a line: survey it, and rewrite it only where it is dirty.
#
# A clean UTF-8 file is read where it lies. All others (packed, other encodings, NULs, mixed line ends, blank or
# endless lines, quotes that swallow their neighbours) become a clean temporary file; the lines taken out are kept.

Report = Callable[[int], None]  # bytes read so far

_COPY_STEP: Final = LONGEST // 2


@dataclass(slots=True)
class CleanCopy:
    """A file as the engine will read it. ``removed``: numbers of the physical lines that ``path`` does not hold.

    ``open_quotes`` are lines (number → text) in which a quote opens and does not close: taken out, to be
    looked at once more together with the lines after them. ``unseen``: damaged lines that ``path`` still holds.
    """

    path: Path
    sha256: str
    encoding: str
    census: Census
    truncated: bool = False
    rewritten: bool = False
    removed: list[int] = field(default_factory=list)
    open_quotes: dict[int, str] = field(default_factory=dict)
    unseen: list[Damage] = field(default_factory=list)


def encoding_of(item: Item) -> str:
    """The encoding by the first block that is not plain ASCII; ``utf-8`` if none is."""
    for block in Stream(item).blocks():
        encoding = detect_encoding(block)
        if encoding is not None:
            return encoding
    return "utf-8"


def text_blocks(stream: Stream, encoding: str) -> Iterator[bytes]:
    """UTF-8 blocks of the stream with one kind of line end."""
    return unify_line_ends(to_utf8(stream.blocks(), encoding))


def survey_file(item: Item, encoding: str, report: Report) -> CleanCopy | None:
    """Look at a plain UTF-8 file without copying it; None if it has to be rewritten."""
    if item.kind != "plain" or encoding not in ("utf-8", "utf-8-sig"):
        return None
    stream, census = Stream(item), Census()
    unseen: list[Damage] = []
    returns: set[bool] = set()
    last = b"\n"
    for block in cut_at_lines(to_utf8(stream.blocks(), encoding)):
        ends, returned = line_ends(block), b"\r" in block
        returns.add(returned)
        if len(returns) > 1 or b"\0" in block or not _has_ends(block):
            return None
        if returned and not block.count(b"\r") == ends == block.count(b"\r\n"):
            return None
        if not is_valid(block):
            unseen += invalid_lines(block, census.lines + 1)
        census.lines += ends
        last = block[-1:]
        report(stream.taken)
    if last != b"\n":
        census.lines += 1
    census.damaged += unseen
    return CleanCopy(item.path, stream.sha256, encoding, census, unseen=unseen)


def rewrite_file(item: Item, encoding: str, target: Path, delimiter: str, report: Report) -> CleanCopy:
    """Write the good lines to ``target`` with LF ends; bad, blank and quote-opening ones are taken out."""
    stream, census = Stream(item, target.parent), Census()
    copy = CleanCopy(target, "", encoding, census, rewritten=True)
    opens = open_quote_pattern(delimiter)
    ends_whole = True
    with target.open("wb") as out:
        for block in cut_at_lines(text_blocks(stream, encoding)):
            report(stream.taken)
            ends_whole = block.endswith(b"\n")
            if _is_spotless(block) and not opens.search(block):
                census.lines += line_ends(block) + (not ends_whole)
                out.write(block)
            else:
                out.write(_sift_block(block, copy, opens))
    copy.sha256, copy.truncated = stream.sha256, stream.truncated
    if stream.truncated and not ends_whole:
        _drop_broken_tail(copy)
    return copy


def _sift_block(block: bytes, copy: CleanCopy, opens: re.Pattern[bytes]) -> bytes:
    census, first = copy.census, copy.census.lines + 1
    by_number: dict[int, bytes] = {}
    for line in _good_lines(block, census):
        if b'"' in line and opens.search(line):
            copy.open_quotes[census.lines] = line.decode()
        else:
            by_number[census.lines] = line
    copy.removed += [number for number in range(first, census.lines + 1) if number not in by_number]
    return b"\n".join([*by_number.values(), b""])


def _drop_broken_tail(copy: CleanCopy) -> None:
    """The unfinished line at the break of a gz is no row: the whole file brings it later."""
    last = copy.census.lines
    copy.census.lines -= 1
    if copy.removed and copy.removed[-1] == last:
        copy.removed.pop()
        copy.open_quotes.pop(last, None)
        copy.census.damaged = [damage for damage in copy.census.damaged if damage.line != last]
        return
    with copy.path.open("r+b") as out:
        size = out.seek(0, 2)
        window = min(size, LONGEST + 2)
        out.seek(size - window)
        tail = out.read(window).removesuffix(b"\n")
        out.truncate(size - window + tail.rfind(b"\n") + 1)


def _has_ends(block: bytes) -> bool:
    """Whether a line end stands in every half megabyte, so that no line can be too long."""
    return all(
        block.find(b"\n", start, start + _COPY_STEP) >= 0 for start in range(0, len(block) - _COPY_STEP, _COPY_STEP)
    )


def _is_spotless(block: bytes) -> bool:
    return not (
        b"\0" in block
        or b"\n\n" in block
        or block.startswith(b"\n")
        or b"\xef\xbf\xbd" in block
        or not _has_ends(block)
        or not is_valid(block)
    )
