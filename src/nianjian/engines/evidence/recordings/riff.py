"""How long a WAV file is, by the audio that lies in it and not by what its header says of it.

RIFF/WAVE as Microsoft's "Multimedia Programming Interface and Data Specifications 1.0" lays it out. A recorder that
was killed leaves a header of 0 or of the largest number; a file that was cut keeps a header of the whole.
"""

from __future__ import annotations

from struct import unpack_from
from typing import BinaryIO, Final

RIFF, WAVE = b"RIFF", b"WAVE"
CHUNKS: Final = 64  # before the audio; a usual file has two
FORMAT: Final = 16  # bytes of `fmt ` that tell the rate
UNSAID: Final = frozenset({0, 0xFFFFFFFF})  # sizes of a header that was never finished
EVEN_RATE: Final = frozenset({1, 3, 6, 7})  # PCM, float, A-law and mu-law: the rate follows from the sample


def milliseconds(file: BinaryIO, size: int) -> int | None:
    """Rounded down; None: this is no WAV file, or it tells no rate."""
    head = file.read(12)
    if not (head.startswith(RIFF) and head[8:] == WAVE):
        return None
    rate, place = 0, len(head)
    for _chunk in range(CHUNKS):
        file.seek(place)
        chunk = file.read(8 + FORMAT)
        if len(chunk) < 8:  # noqa: PLR2004 -- a chunk's name and its size
            return None if rate == 0 else 0
        declared = unpack_from("<I", chunk, 4)[0]
        if chunk.startswith(b"fmt ") and len(chunk) == 8 + FORMAT:
            rate = _rate(chunk[8:])
        if chunk.startswith(b"data"):
            rest = size - place - 8
            there = rest if declared in UNSAID else min(declared, rest)
            return there * 1000 // rate if rate else None
        place += 8 + declared + declared % 2  # a chunk is padded to an even number of bytes
    return None


def _rate(told: bytes) -> int:
    """Bytes a second."""
    tag, _channels, samples, average, block = unpack_from("<HHIIH", told)
    return int(samples * block if tag in EVEN_RATE and block else average)
