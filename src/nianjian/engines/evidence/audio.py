"""How long a recording is: by the bytes that lie there, as far as its format lets them be told.

What a file says of itself is believed only as far as its bytes reach: one that was cut is as long as what is left. WAV
and FLAC are read here, MP3, Ogg (Opus, Vorbis, Speex) and M4A by tinytag (MIT) and held against the file's size.
Asterisk's files without a header are told by the ending of their name and measured by size; nothing in them, GSM apart,
shows that they are what the name says. Nobody listens: silence is as long as speech.
"""

from dataclasses import dataclass
from struct import unpack, unpack_from
from typing import BinaryIO, Final, cast

from tinytag import TinyTag
from tinytag.tinytag import TinyTagException

RIFF, WAVE = b"RIFF", b"WAVE"
CHUNKS: Final = 64  # before the audio; a usual file has two
FORMAT_BYTES: Final = 16  # bytes of `fmt ` that tell the rate
UNSAID: Final = frozenset({0, 0xFFFFFFFF})  # sizes of a header that was never finished
EVEN_RATE: Final = frozenset({1, 3, 6, 7})  # PCM, float, A-law and mu-law: the rate follows from the sample


def riff_milliseconds(file: BinaryIO, size: int) -> int | None:
    """Rounded down; None: this is no WAV file, or it tells no rate."""
    head = file.read(12)
    if not (head.startswith(RIFF) and head[8:] == WAVE):
        return None
    rate, place = 0, len(head)
    for _chunk in range(CHUNKS):
        file.seek(place)
        chunk = file.read(8 + FORMAT_BYTES)
        if len(chunk) < 8:  # noqa: PLR2004 -- a chunk's name and its size
            return None if rate == 0 else 0
        declared = unpack_from("<I", chunk, 4)[0]
        if chunk.startswith(b"fmt ") and len(chunk) == 8 + FORMAT_BYTES:
            tag, _channels, samples, average, block = unpack_from("<HHIIH", chunk, 8)
            rate = int(samples * block if tag in EVEN_RATE and block else average)  # bytes a second
        if chunk.startswith(b"data"):
            rest = size - place - 8
            there = rest if declared in UNSAID else min(declared, rest)
            return there * 1000 // rate if rate else None
        place += 8 + declared + declared % 2  # a chunk is padded to an even number of bytes
    return None


FLAC_MAGIC: Final = b"fLaC"
FLAC_TAIL: Final = 256 << 10  # bytes in which the last frame begins; one of 4096 samples has 32 KiB at most
FLAC_BLOCKS: Final = 128  # of metadata
FRAME_HEAD: Final = 16  # bytes of a frame's header at most
FLAC_SIZES: Final = {1: 192} | {code: 144 << code for code in range(2, 6)} | {code: 1 << code for code in range(8, 16)}
EIGHT, SIXTEEN = 6, 7  # codes of a size that stands behind the number
FLAC_RATES: Final = {12: 1, 13: 2, 14: 2}  # code -> bytes of a rate that stand behind it
RESERVED: Final = 15


def flac_milliseconds(file: BinaryIO, size: int) -> int | None:
    """Rounded down; 0: nothing follows the header; None: this is no FLAC file, tells no rate, or has no whole frame."""
    if file.read(4) != FLAC_MAGIC:
        return None
    info, start = b"", 4
    for _block in range(FLAC_BLOCKS):
        file.seek(start)
        head = file.read(4 + 18)
        if len(head) < 4:  # noqa: PLR2004 -- a block's kind and its size
            return None
        info = info or head[4:]
        start += 4 + int.from_bytes(head[1:4], "big")
        if head[0] & 0x80:
            break
    rate = int.from_bytes(info[10:13], "big") >> 4
    if not rate:
        return None
    if start >= size:
        return 0
    file.seek(max(start, size - FLAC_TAIL))
    samples = _flac_samples(file.read(FLAC_TAIL), int.from_bytes(info[2:4], "big"))
    return None if samples is None else samples * 1000 // rate


def _flac_samples(tail: bytes, block: int) -> int | None:
    """Up to the end of the last frame. ``block``: the samples of a frame where all have the same number."""
    place = len(tail)
    while (place := tail.rfind(b"\xff", 0, place)) >= 0:
        samples = _flac_frame(tail[place : place + FRAME_HEAD], block)
        if samples is not None:
            return samples
    return None


def _flac_frame(head: bytes, block: int) -> int | None:
    """The samples up to the end of a frame; None: none begins here, as its check sum says."""
    if len(head) < 6 or head[1] not in {0xF8, 0xF9} or head[3] & 1:  # noqa: PLR2004 -- the shortest header
        return None
    ones = 8 - (head[4] ^ 0xFF).bit_length()  # leading ones: the bytes of the number, as in UTF-8
    length = max(ones, 1)
    number = head[4] & (0xFF >> (ones + 1)) if ones else head[4]
    for one in head[5 : 4 + length]:
        number = number << 6 | one & 0x3F
    at, code = 4 + length, head[2] >> 4
    more = {EIGHT: 1, SIXTEEN: 2}.get(code, 0)
    samples = FLAC_SIZES.get(code) or int.from_bytes(head[at : at + more], "big") + 1
    at += more + FLAC_RATES.get(head[2] & 0x0F, 0)
    if ones == 1 or code == 0 or head[2] & 0x0F == RESERVED or at >= len(head) or _crc8(head[:at]) != head[at]:
        return None
    return (number if head[1] & 1 else number * block) + samples


def _crc8(text: bytes) -> int:
    crc = 0
    for one in text:
        crc ^= one
        for _bit in range(8):
            crc = (crc << 1 ^ (0x07 if crc & 0x80 else 0)) & 0xFF
    return crc


HEADER, SIZE = "header", "size"
UNREADABLE, UNKNOWN_FORMAT = "unreadable", "unknown_format"
BYTES: Final = 8 << 20  # that are read of one file at most
READS: Final = 200_000  # and in how many pieces
BOXES: Final = 10_000
#: Bytes a second of the files that Asterisk writes without a header.
BARE: Final = dict.fromkeys(("ulaw", "ul", "alaw", "al", "pcm"), 8000) | {
    "gsm": 1650, "g729": 1000, "sln": 16_000, "sln16": 32_000,
}  # fmt: skip
FRAME: Final = 33  # bytes of 20 ms of GSM, each beginning with the signature 0xD (RFC 3551, 4.5.8.1)
FRAMES: Final = 8  # that are looked at
AUDIO: Final = frozenset({"wav", "wav49", "mp3", "ogg", "oga", "opus", "spx", "flac", "m4a", "mp4"})
SUFFIXES: Final = AUDIO | set(BARE)


@dataclass(frozen=True, slots=True)
class Length:
    """Milliseconds, rounded down. ``by``: "header", the format was read; "size", nothing else was there to read."""

    ms: int
    by: str


def file_suffix(name: str) -> str:
    """The ending of a file's name in small letters, without the dot; "" for none."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def measure_length(file: BinaryIO, size: int, name: str) -> Length | str:
    """Of a file that is open at its beginning; else the code ``unreadable`` or ``unknown_format``. OSError."""
    ending, head = file_suffix(name), file.read(FRAME * FRAMES)
    file.seek(0)
    kind = _kind(head)
    if ending in BARE and kind in {"", "mp3"}:  # mu-law's silence looks like the beginning of an MP3
        if ending == "gsm" and any(one >> 4 != 0xD for one in head[::FRAME]):  # noqa: PLR2004 -- the signature
            return UNREADABLE
        return Length(size * 1000 // BARE[ending], SIZE)
    if not kind:
        return UNREADABLE if ending in AUDIO else UNKNOWN_FORMAT
    ms = _READ[kind](file, size)
    return UNREADABLE if ms is None else Length(ms, HEADER)


def _kind(head: bytes) -> str:
    """By the first bytes, whatever the name says."""
    if head.startswith(RIFF) and head[8:12] == WAVE:
        return "wav"
    for magic, kind in ((FLAC_MAGIC, "flac"), (b"OggS", "ogg"), (b"ID3", "mp3")):
        if head.startswith(magic):
            return kind
    if head[4:8] == b"ftyp":
        return "mp4"
    return "mp3" if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 else ""  # noqa: PLR2004 -- eleven ones


def _mp3(file: BinaryIO, size: int) -> int | None:
    tags = _tagged(file)
    if tags is None or not tags.duration:
        return None
    total = int((tags.bitrate or 0) * tags.duration * 125)  # bytes of which the header speaks
    ms = int(tags.duration * 1000)
    return ms if total <= size else ms * size // total


def _ogg(file: BinaryIO, _size: int) -> int | None:
    """As its tags tell, of an Ogg by the last page that is there. A length of 0 is none: pages may leave it out."""
    tags = _tagged(file)
    return int(tags.duration * 1000) if tags is not None and tags.duration else None


def _mp4(file: BinaryIO, size: int) -> int | None:
    """A file that was cut cannot be told in time: its index speaks of the whole, or of nothing where it is in parts."""
    if not _whole(file, size):
        return None
    file.seek(0)
    return _ogg(file, size)


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
        data = self._file.read(self._left + 1 if count < 0 else min(count, self._left + 1))
        self._left -= len(data)
        if self._left < 0 or self._reads < 0:
            raise ValueError
        return data

    def seek(self, place: int, whence: int = 0) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()


_READ: Final = {"wav": riff_milliseconds, "flac": flac_milliseconds, "mp3": _mp3, "ogg": _ogg, "mp4": _mp4}
