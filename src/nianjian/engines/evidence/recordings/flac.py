"""How long a FLAC file is, by the number that its last frame bears (RFC 9639): a header speaks of the whole file.

Exact to one frame, which is half a second at 8 kHz at most.
"""

from __future__ import annotations

from typing import BinaryIO, Final

MAGIC: Final = b"fLaC"
TAIL: Final = 256 << 10  # bytes in which the last frame begins; one of 4096 samples has 32 KiB at most
BLOCKS: Final = 128  # of metadata
HEAD: Final = 16  # bytes of a frame's header at most
SIZES: Final = {1: 192, **{code: 144 << code for code in range(2, 6)}, **{code: 1 << code for code in range(8, 16)}}
EIGHT, SIXTEEN = 6, 7  # codes of a size that stands behind the number
RATES: Final = {12: 1, 13: 2, 14: 2}  # code -> bytes of a rate that stand behind it
RESERVED: Final = 15


def milliseconds(file: BinaryIO, size: int) -> int | None:
    """Rounded down; 0: nothing follows the header; None: this is no FLAC file, tells no rate, or has no whole frame."""
    if file.read(4) != MAGIC:
        return None
    info, start = b"", 4
    for _block in range(BLOCKS):
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
    file.seek(max(start, size - TAIL))
    samples = _samples(file.read(TAIL), int.from_bytes(info[2:4], "big"))
    return None if samples is None else samples * 1000 // rate


def _samples(tail: bytes, block: int) -> int | None:
    """Up to the end of the last frame. ``block``: the samples of a frame where all have the same number."""
    place = len(tail)
    while (place := tail.rfind(b"\xff", 0, place)) >= 0:
        found = _frame(tail[place : place + HEAD], block)
        if found is not None:
            return found
    return None


def _frame(head: bytes, block: int) -> int | None:
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
    samples = SIZES.get(code) or int.from_bytes(head[at : at + more], "big") + 1
    at += more + RATES.get(head[2] & 0x0F, 0)
    if ones == 1 or code == 0 or head[2] & 0x0F == RESERVED or at >= len(head) or _crc8(head[:at]) != head[at]:
        return None
    return (number if head[1] & 1 else number * block) + samples


def _crc8(text: bytes) -> int:
    found = 0
    for one in text:
        found ^= one
        for _bit in range(8):
            found = (found << 1 ^ (0x07 if found & 0x80 else 0)) & 0xFF
    return found
