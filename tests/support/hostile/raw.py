"""A PDF written by hand, so that every lie in it is ours."""

import zlib

PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources 5 0 R>>"
PAGES = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"


def stream(data: bytes, extra: bytes = b"", *, length: int | None = None) -> bytes:
    """A stream object's body; `length` may lie."""
    size = len(data) if length is None else length
    return b"<</Length %d%s>>stream\n%s\nendstream" % (size, extra, data)


def flate(data: bytes, extra: bytes = b"") -> bytes:
    return stream(zlib.compress(data, 9), b"/Filter/FlateDecode" + extra)


def zeros(size: int, extra: bytes = b"", *, twice: bool = False) -> bytes:
    """A stream that unpacks to `size` zero bytes, whole mebibytes: one is packed and repeated."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)  # needs nothing that came before
    check = (size % 65521) << 16 | 1  # Adler-32 of zeros (RFC 1950)
    data = b"\x78\xda" + block * (size >> 20) + packer.flush() + check.to_bytes(4, "big")
    if twice:
        return stream(zlib.compress(data, 9), b"/Filter[/FlateDecode/FlateDecode]" + extra)
    return stream(data, b"/Filter/FlateDecode" + extra)


def pdf(objects: dict[int, bytes] | None = None, *, trailer: bytes = b"", root: int = 1) -> bytes:
    """One page with a line of text, and `objects` in place of or beside its own."""
    all_objects = {
        1: CATALOG,
        2: PAGES,
        3: PAGE,
        4: stream(b"BT /F1 24 Tf 72 700 Td (Hello) Tj ET"),
        5: b"<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>",
        **(objects or {}),
    }
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    for number, body in sorted(all_objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(places) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 00000 f \n"
    out += b"trailer<</Size %d/Root %d 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, trailer, start)
    return bytes(out)
