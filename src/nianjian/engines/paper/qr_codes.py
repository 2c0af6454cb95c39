"""A QR code as SVG or PNG; the PNG is written here, so no picture library is needed."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Final

import qrcode
from qrcode.image.svg import SvgPathImage

DOTS: Final = 12  # pixels a module: sharp on a printed page of a few centimetres
MEDIA: Final = {"svg": "image/svg+xml", "png": "image/png"}


def render_qr_code(text: str, form: str) -> bytes:
    """Draw the text, with the quiet zone of four modules that cameras need. ``form``: a key of `MEDIA`."""
    made = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M)
    made.add_data(text)
    made.make(fit=True)
    if form == "png":
        return qr_png(made.get_matrix(), DOTS)
    stream = io.BytesIO()
    made.make_image(image_factory=SvgPathImage).save(stream)
    return stream.getvalue()


def qr_png(modules: list[list[bool]], dots: int) -> bytes:
    """Write dark and bright squares as a PNG of one bit a pixel (ISO/IEC 15948)."""
    lines = b"".join(_line(row, dots) * dots for row in modules)
    head = struct.pack(">IIBBBBB", len(modules[0]) * dots, len(modules) * dots, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _line(row: list[bool], dots: int) -> bytes:
    """One line of pixels behind its filter byte; 1 is white."""
    bits = "".join(("0" if dark else "1") * dots for dark in row)
    bits = bits.ljust(-(-len(bits) // 8) * 8, "0")
    return b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
