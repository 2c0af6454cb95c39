"""A JPEG's own bytes without what stands beside the picture: comments, places, thumbnails, anything behind it."""

from typing import Final

_APPLICATION: Final = range(0xE0, 0xF0)
_KEPT: Final = {0xE0, 0xEE}  # of those: JFIF and Adobe's colour transform
_COMMENT: Final = 0xFE
_END: Final = 0xD9
_SCAN: Final = 0xDA
_PADDING: Final = 0xFF
_OWN: Final = {0x00, *range(0xD0, 0xD8)}
"""Behind 0xFF inside a scan: an escaped byte, and marks that restart it."""
_LENGTH: Final = 2
_FRAMES: Final = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def strip_metadata(data: bytes) -> bytes:
    """The picture alone; ValueError when the segments do not hang together."""
    parts, at = [data[:_LENGTH]], _LENGTH
    while data[at : at + 1] == b"\xff":
        marker = data[at + 1]
        if marker == _END:
            return b"".join([*parts, b"\xff\xd9"])
        if marker == _PADDING:
            at += 1
            continue
        size = int.from_bytes(data[at + _LENGTH : at + 2 * _LENGTH], "big")
        end = at + _LENGTH + size
        if size < _LENGTH or end > len(data):
            break
        if marker in _KEPT or (marker not in _APPLICATION and marker != _COMMENT):
            parts.append(data[at:end])
        if marker == _SCAN:
            start, end = end, _scan_end(data, end)
            parts.append(data[start:end])
        at = end
    raise ValueError(at)


def _scan_end(data: bytes, at: int) -> int:
    """Where the next marker that is none of the scan's own stands."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] not in _OWN:
            return at
        at += 2
    raise ValueError(at)


def read_frame(data: bytes) -> tuple[int, int, int]:
    """Width, height and number of planes as the picture's first frame tells them; ValueError without one."""
    at = _LENGTH
    while data[at : at + 1] == b"\xff" and at + 10 <= len(data):
        marker = data[at + 1]
        if marker == _PADDING:
            at += 1
        elif marker in _FRAMES:
            high, wide = (int.from_bytes(data[at + k : at + k + 2], "big") for k in (5, 7))
            return wide, high, data[at + 9]
        elif marker in {_SCAN, _END}:
            break
        else:
            at += _LENGTH + int.from_bytes(data[at + _LENGTH : at + 2 * _LENGTH], "big")
    raise ValueError(at)
