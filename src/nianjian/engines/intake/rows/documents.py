"""The records of a JSON document, one text each with the physical line at which it begins.

Records are read one after another, so that a document that breaks off, or one broken record, costs itself only.
A small document is looked at whole; of a large one only the piece around the record lies in memory.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from nianjian.engines.intake.rows.lines import Damage

_DECODER: Final = json.JSONDecoder()
_BETWEEN: Final = re.compile(r"[\s,]*")
_LIST: Final = re.compile(r"\[\s*(?=\{)")
_NEXT: Final = re.compile(r"\}\s*,\s*(?=\{)|\}\s*\n\s*(?=\{)")

SMALL: Final = 8 << 20  # characters: up to here a document may be one record, and that is the longest record
_STEP: Final = 1 << 20  # characters that are tried at least before more is read


def records(blocks: Iterable[bytes], bad: list[Damage], parse: Callable[[str], object]) -> Iterator[tuple[int, str]]:
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
    yield from _listed(window, bad)


def _listed(window: _Window, bad: list[Damage]) -> Iterator[tuple[int, str]]:
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
        elif not _skip(window, bad):
            return


def _end_of_record(window: _Window) -> int | None:
    """Where the object at the window's place ends; None if it is broken, or longer than any record."""
    asked = _STEP
    while True:
        try:
            return _DECODER.raw_decode(window.text, window.place)[1]
        except (ValueError, RecursionError):
            if window.ended or asked >= SMALL:
                return None
            asked *= 2
            window.fill(asked)


def _skip(window: _Window, bad: list[Damage]) -> bool:
    """Over a broken record to the next one, if there is any."""
    line, head = window.line, window.text[window.place : window.place + 2000]
    while True:
        found = _NEXT.search(window.text, window.place)
        if found is not None:
            bad.append(_damage(line, window.text[window.place : found.end()] if window.line == line else head))
            window.drop(found.end())
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

    def fill(self, wanted: int) -> bool:
        """Read until so many characters lie ahead; whether any do."""
        if len(self.text) - self.place < wanted and not self.ended:
            pieces, have = [self.text[self.place :]], len(self.text) - self.place
            while have < wanted and not self.ended:
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
