"""How long a recording is: by the bytes that lie there, as far as its format lets them be told.

What a file says of itself is believed only as far as its bytes reach: one that was cut is as long as what is left. WAV
and FLAC are read here, MP3, Ogg (Opus, Vorbis, Speex) and M4A by tinytag (MIT) and held against the file's size.
Asterisk's files without a header are told by the ending of their name and measured by size; nothing in them, GSM apart,
shows that they are what the name says. Nobody listens: silence is as long as speech.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import unpack
from typing import BinaryIO, Final, cast

from tinytag import TinyTag
from tinytag.tinytag import TinyTagException

from nianjian.engines.evidence.recordings import flac, riff

HEADER, SIZE = "header", "size"
UNREADABLE, UNKNOWN_FORMAT = "unreadable", "unknown_format"
BYTES: Final = 8 << 20  # that are read of one file at most
READS: Final = 200_000  # and in how many pieces
BOXES: Final = 10_000
#: Bytes a second of the files that Asterisk writes without a header.
BARE: Final = {
    **dict.fromkeys(("ulaw", "ul", "alaw", "al", "pcm"), 8000),
    "gsm": 1650,
    "g729": 1000,
    "sln": 16_000,
    "sln16": 32_000,
}
FRAME: Final = 33  # bytes of 20 ms of GSM, each beginning with the signature 0xD (RFC 3551, 4.5.8.1)
FRAMES: Final = 8  # that are looked at
AUDIO: Final = frozenset({"wav", "wav49", "mp3", "ogg", "oga", "opus", "spx", "flac", "m4a", "mp4"})
SUFFIXES: Final = AUDIO | set(BARE)


@dataclass(frozen=True, slots=True)
class Length:
    """Milliseconds, rounded down. ``by``: "header", the format was read; "size", nothing else was there to read."""

    ms: int
    by: str


def suffix(name: str) -> str:
    """The ending of a file's name in small letters, without the dot; "" for none."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def length(file: BinaryIO, size: int, name: str) -> Length | str:
    """Of a file that is open at its beginning; else the code ``unreadable`` or ``unknown_format``. OSError."""
    ending, head = suffix(name), file.read(FRAME * FRAMES)
    file.seek(0)
    kind = _kind(head)
    if ending in BARE and kind in {"", "mp3"}:  # mu-law's silence looks like the beginning of an MP3
        return _bare(ending, head, size)
    if not kind:
        return UNREADABLE if ending in AUDIO else UNKNOWN_FORMAT
    found = _READ[kind](file, size)
    return UNREADABLE if found is None else Length(found, HEADER)


def _kind(head: bytes) -> str:
    """By the first bytes, whatever the name says."""
    if head.startswith(riff.RIFF) and head[8:12] == riff.WAVE:
        return "wav"
    for magic, kind in ((flac.MAGIC, "flac"), (b"OggS", "ogg"), (b"ID3", "mp3")):
        if head.startswith(magic):
            return kind
    if head[4:8] == b"ftyp":
        return "mp4"
    return "mp3" if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 else ""  # noqa: PLR2004 -- eleven ones


def _bare(ending: str, head: bytes, size: int) -> Length | str:
    if ending == "gsm" and any(one >> 4 != 0xD for one in head[::FRAME]):  # noqa: PLR2004 -- the signature
        return UNREADABLE
    return Length(size * 1000 // BARE[ending], SIZE)


def _mp3(file: BinaryIO, size: int) -> int | None:
    found = _tagged(file)
    if found is None or not found.duration:
        return None
    told = int((found.bitrate or 0) * found.duration * 125)  # bytes of which the header speaks
    ms = int(found.duration * 1000)
    return ms if told <= size else ms * size // told


def _ogg(file: BinaryIO, _size: int) -> int | None:
    """By the last page that is there. A length of 0 is none: pages may leave it out."""
    found = _tagged(file)
    return int(found.duration * 1000) if found is not None and found.duration else None


def _mp4(file: BinaryIO, size: int) -> int | None:
    """A file that was cut cannot be told in time: its index speaks of the whole, or of nothing where it is in parts."""
    if not _whole(file, size):
        return None
    file.seek(0)
    found = _tagged(file)
    return int(found.duration * 1000) if found is not None and found.duration else None


def _whole(file: BinaryIO, size: int) -> bool:
    """Whether every box (ISO/IEC 14496-12) ends within the file, and one holds audio."""
    place, media = 0, False
    for _box in range(BOXES):
        if place == size:
            return media
        file.seek(place)
        head = file.read(16)
        if len(head) < 8:  # noqa: PLR2004 -- a box's size and its name
            return False
        (long,) = unpack(">I", head[:4])
        if long == 1 and len(head) == 16:  # noqa: PLR2004 -- a size of eight bytes follows the name
            (long,) = unpack(">Q", head[8:])
        long = long or size - place
        if not 8 <= long <= size - place:  # noqa: PLR2004 -- as above
            return False
        media = media or (head[4:8] == b"mdat" and long > 16)  # noqa: PLR2004 -- more than its own head
        place += long
    return False


def _tagged(file: BinaryIO) -> TinyTag | None:
    try:
        return TinyTag.get(file_obj=cast("BinaryIO", _Bounded(file)), tags=True, duration=True)
    except (TinyTagException, ValueError, OverflowError):
        return None


class _Bounded:
    """A file of which so much and no more is read, whatever its content asks for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._left, self._reads = file, BYTES, READS

    def read(self, count: int = -1) -> bytes:
        """ValueError where that is too much."""
        self._reads -= 1
        found = self._file.read(self._left + 1 if count < 0 else min(count, self._left + 1))
        self._left -= len(found)
        if self._left < 0 or self._reads < 0:
            raise ValueError
        return found

    def seek(self, place: int, whence: int = 0) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()


_READ: Final = {"wav": riff.milliseconds, "flac": flac.milliseconds, "mp3": _mp3, "ogg": _ogg, "mp4": _mp4}
