"""The records of a JSON document, one text each with the physical line at which it begins.

Records are read one after another, so that a document that breaks off, or one broken record, costs itself only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Final

from nianjian.intake.rows.lines import Damage

_DECODER: Final = json.JSONDecoder()
_BETWEEN: Final = re.compile(r"[\s,]*")
_LIST: Final = re.compile(r"\[\s*(?=\{)")
_NEXT: Final = re.compile(r"\}\s*,\s*(?=\{)|\}\s*\n\s*(?=\{)")


def records(text: str, bad: list[Damage], parse: Callable[[str], object]) -> Iterator[tuple[int, str]]:
    """(line, text) of every object in the document's first list of objects, or of the one object that it is.

    A document that ``parse`` takes whole is one record, though it has lists inside (a FreeSWITCH callflow); the
    answer of an API around a list of records is none. What cannot be read goes to ``bad`` as ``json_invalid``.
    """
    if _is_record(text, parse):
        yield 1 + text.count("\n", 0, text.find("{")), text
        return
    start = _LIST.search(text)
    place = text.find("{") if start is None else start.end()
    if place < 0:
        if text.strip(" \t\r\n[]\ufeff"):
            bad.append(_damage(1, text))
        return
    line, counted = 1, 0
    while True:
        blank = _BETWEEN.match(text, place)
        place = blank.end() if blank else place
        line += text.count("\n", counted, place)
        counted = place
        if place >= len(text) or text[place] != "{":
            break
        try:
            _, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            found = _NEXT.search(text, place)
            bad.append(_damage(line, text[place : found.end() if found else None]))
            if found is None:
                return
            end = found.end()
        else:
            yield line, text[place:end]
        place = end


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
