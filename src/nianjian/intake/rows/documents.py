"""The records of a JSON document, one text each with the physical line at which it begins.

Records are read one after another, so that a document that breaks off, or one broken record, costs itself only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from nianjian.intake.rows.lines import Damage

_DECODER: Final = json.JSONDecoder()
_BETWEEN: Final = re.compile(r"[\s,]*")
_LIST: Final = re.compile(r"\[\s*(?=\{)")
_NEXT: Final = re.compile(r"\}\s*,\s*(?=\{)|\}\s*\n\s*(?=\{)")


def records(text: str, bad: list[Damage]) -> Iterator[tuple[int, str]]:
    """(line, text) of every object in the document's first list of objects, or of the one object that it is.

    What cannot be read goes to ``bad`` as ``json_invalid``.
    """
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


def _damage(line: int, text: str) -> Damage:
    return Damage(line, "json_invalid", json.dumps(text.strip()[:2000], ensure_ascii=False))
