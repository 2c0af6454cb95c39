"""Make a file readable for the engine without losing a line: survey it, and rewrite it only where it is dirty.

A clean UTF-8 file is read where it lies. All others (packed, other encodings, NULs, mixed line ends, blank or
endless lines, quotes that swallow their neighbours) become a clean temporary file; the lines taken out are kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from nianjian.engines.intake.lines import (
    LONGEST,
    Census,
    Damage,
    cut_at_lines,
    detect_encoding,
    excerpt_line,
    invalid_lines,
    is_valid,
    line_ends,
    line_fault,
    open_quote_pattern,
    to_utf8,
    unify_line_ends,
)
from nianjian.engines.intake.read import Item, Stream

Report = Callable[[int], None]  # bytes read so far

_STEP: Final = LONGEST // 2


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
        found = detect_encoding(block)
        if found is not None:
            return found
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
    found = CleanCopy(target, "", encoding, census, rewritten=True)
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
                out.write(_sift_block(block, found, opens))
    found.sha256, found.truncated = stream.sha256, stream.truncated
    if stream.truncated and not ends_whole:
        _drop_broken_tail(found)
    return found


def _sift_block(block: bytes, found: CleanCopy, opens: re.Pattern[bytes]) -> bytes:
    census = found.census
    kept = []
    parts = block.split(b"\n")
    if not parts[-1]:
        parts.pop()
    for line in parts:
        census.lines += 1
        if not line.strip():
            census.blank.append(census.lines)
        elif code := line_fault(line):
            census.damaged.append(Damage(census.lines, code, excerpt_line(line)))
        elif b'"' in line and opens.search(line):
            found.open_quotes[census.lines] = line.decode()
        else:
            kept.append(line)
            continue
        found.removed.append(census.lines)
    kept.append(b"")
    return b"\n".join(kept)


def _drop_broken_tail(found: CleanCopy) -> None:
    """The unfinished line at the break of a gz is no row: the whole file brings it later."""
    last = found.census.lines
    found.census.lines -= 1
    if found.removed and found.removed[-1] == last:
        found.removed.pop()
        found.open_quotes.pop(last, None)
        found.census.damaged = [damage for damage in found.census.damaged if damage.line != last]
        return
    with found.path.open("r+b") as out:
        size = out.seek(0, 2)
        window = min(size, LONGEST + 2)
        out.seek(size - window)
        tail = out.read(window).removesuffix(b"\n")
        out.truncate(size - window + tail.rfind(b"\n") + 1)


def _has_ends(block: bytes) -> bool:
    """Whether a line end stands in every half megabyte, so that no line can be too long."""
    return all(block.find(b"\n", start, start + _STEP) >= 0 for start in range(0, len(block) - _STEP, _STEP))


def _is_spotless(block: bytes) -> bool:
    return not (
        b"\0" in block
        or b"\n\n" in block
        or block.startswith(b"\n")
        or b"\xef\xbf\xbd" in block
        or not _has_ends(block)
        or not is_valid(block)
    )
