"""Which file a call record means by what it says of its recording: a path, an address or a bare name. Pure."""

from __future__ import annotations

import contextlib
import json
import os
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from nianjian.engines.evidence.question import RECORDING
from nianjian.engines.evidence.recordings.audio import SUFFIXES, suffix
from nianjian.engines.kernel import numbers

#: What the heading of a column holds that speaks of a recording and names none.
ABOUT: Final = re.compile(
    r"(?i)时长|时间|大小|状态|次数|秒|duration|length|seconds|_?time\b|size|status|state|flag|count"
)
FLAG: Final = re.compile(r"[0-9]{1,6}|true|false|yes|no|y|n|是|否|有|无", re.IGNORECASE)  # tells that there is one
DRIVE: Final = re.compile(r"[A-Za-z]:")
TELLING: Final = 8  # digits that make a name one of its own: a moment, a call's id
_LONG: Final = re.compile(r"\d{7,}")
_APART: Final = re.compile(r"(?<![*\d])\d+(?:[ _.-]\d+)+")  # not the end of one that is masked already
_WHOLE: Final = 10  # digits with signs between that are no telephone number yet
_NAME: Final = re.compile(r"[\u3400-\u9fff]{2,}")

Parts = tuple[str, ...]


def references(extra: str | None) -> list[str]:
    """What a call's further columns say of its recording, what names a file first; none where they name nothing."""
    told = json.loads(extra) if extra else {}
    found = [
        str(value).strip()
        for name, value in sorted(told.items())
        if value is not None
        and any(word in str(name).lower() for word in RECORDING)
        and not ABOUT.search(str(name))
        and str(value).strip()
        and not FLAG.fullmatch(str(value).strip())
    ]
    return sorted(dict.fromkeys(found), key=lambda one: "/" not in one and suffix(one) not in SUFFIXES)


def parts(reference: str) -> Parts:
    """The folders and the name that it says, the name last; () for one that leads out of every folder."""
    text = reference
    if "://" in text:
        text = _of_address(text)
    found = tuple(one for one in text.replace("\\", "/").split("/") if one not in {"", "."})
    if found and DRIVE.fullmatch(found[0]):
        found = found[1:]
    return () if ".." in found or "\0" in text else found


def _of_address(text: str) -> str:
    """The path of an address, or what its query names: ``/get?file=1.wav``."""
    try:
        at = urlsplit(text)
        asked = [value for _name, value in parse_qsl(at.query)]
    except ValueError:
        return ""
    path = unquote(at.path)
    named = [] if suffix(path) in SUFFIXES else [value for value in asked if suffix(value) in SUFFIXES]
    return named[0] if named else path


def spellings(text: str) -> list[str]:
    """As a file system may have it: composed, decomposed, or in the bytes of GBK."""
    if text.isascii():
        return [text]
    found = [text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)]
    with contextlib.suppress(UnicodeError):
        found.append(os.fsdecode(text.encode("gb18030")))
    return list(dict.fromkeys(found))


def matched(wanted: Parts, files: Sequence[Parts]) -> list[Parts]:
    """Those of ``files`` (folders and name below the folder) that a reference means; more than one: it cannot be told.

    One is the end of the other. Where folders differ, a name that tells a moment or a call and is there once will do.
    """
    asked = tuple(map(composed, wanted))
    plain = [(one, tuple(map(composed, one))) for one in files]
    ends = [one for one, same in plain if _ends(same, asked) or _ends(asked, same)]
    if ends:
        return ends
    telling = sum(sign.isdigit() for sign in wanted[-1]) >= TELLING
    return list(files) if telling else []


def composed(name: str) -> str:
    """One spelling of those that `spellings` gives."""
    with contextlib.suppress(UnicodeError):
        name = os.fsencode(name).decode("gb18030") if any("\udc80" <= sign <= "\udcff" for sign in name) else name
    return unicodedata.normalize("NFC", name)


def _ends(long: Parts, short: Parts) -> bool:
    """By name with or without its ending, as a record may leave it out."""
    if len(short) > len(long):
        return False
    tail = long[len(long) - len(short) :]
    return tail[:-1] == short[:-1] and (tail[-1] in alike(short[-1]) or short[-1] in alike(tail[-1]))


def alike(name: str) -> set[str]:
    """A file's name, and the same without the ending of a recording."""
    return {name, name.rpartition(".")[0]} if suffix(name) in SUFFIXES else {name}


def mask_file_name(reference: str) -> str:
    """The name of a file as a door may show it: numbers and names of people masked, no folder."""
    name = (parts(reference) or (reference.replace("\\", "/").rpartition("/")[2],))[-1]
    hidden = _APART.sub(_apart, _LONG.sub(_long, name))
    return _NAME.sub(lambda found: found[0][0] + "*" * (len(found[0]) - 1), hidden)


def _long(found: re.Match[str]) -> str:
    """A number of no person stays whole elsewhere; here it may have one glued to it."""
    masked = numbers.mask(found[0])
    return masked if masked != found[0] else f"{masked[:3]}{'*' * (len(masked) - 5)}{masked[-2:]}"


def _apart(found: re.Match[str]) -> str:
    """138 0013 8000: all but the first three digits and the last two."""
    places = [place for place, sign in enumerate(found[0]) if sign.isdigit()]
    hidden = set(places[3:-2]) if len(places) > _WHOLE else set()
    return "".join("*" if place in hidden else sign for place, sign in enumerate(found[0]))


def by_name(found: Mapping[str, Sequence[Parts]], wanted: Parts) -> list[Parts]:
    """The files of an index that bear a reference's name in any spelling."""
    return [one for name in spellings(wanted[-1]) for one in found.get(name, ())]
