"""The hostile PDFs: name -> what makes it. Each is small on disk."""

import io
import random
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
import pikepdf
from PIL import Image
from tests.support.hostile.raw import PAGE, flate, pdf, stream, zeros

GIGABYTE = 1 << 30


def _many_pages(count: int = 25) -> bytes:
    kids = b" ".join(b"%d 0 R" % (10 + one) for one in range(count))
    pages = {10 + one: PAGE for one in range(count)}
    return pdf({2: b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids), **pages})


def truncated() -> bytes:
    whole = _many_pages()
    return whole[: len(whole) * 6 // 10]


def flipped() -> bytes:
    whole, rng = bytearray(_many_pages() * 1), random.Random(7)
    for place in rng.sample(range(20, len(whole) - 60), 300):
        whole[place] ^= 1 << rng.randrange(8)
    return bytes(whole)


def double_flate() -> bytes:
    return pdf({4: zeros(4 * GIGABYTE, twice=True)})


def single_flate() -> bytes:
    return pdf({4: zeros(4 * GIGABYTE)})


def half_million_kids() -> bytes:
    return pdf({2: b"<</Type/Pages/Count 500000/Kids[" + b"3 0 R " * 500_000 + b"]>>"})


def _with_picture(extra: bytes, data: bytes) -> bytes:
    picture = stream(data, b"/Type/XObject/Subtype/Image/ColorSpace/DeviceGray/BitsPerComponent 8" + extra)
    return pdf({4: stream(b"q 595 0 0 842 0 0 cm /Im Do Q"), 5: b"<</XObject<</Im 6 0 R>>>>", 6: picture})


def huge_picture() -> bytes:
    return _with_picture(b"/Width 60000/Height 60000/Filter/FlateDecode", zlib.compress(bytes(1000)))


def huge_page() -> bytes:
    return pdf({3: PAGE.replace(b"595 842", b"2000000 2000000")})


def tiny_page() -> bytes:
    return pdf({3: PAGE.replace(b"595 842", b"3 3")})


def form_recursion() -> bytes:
    form = stream(b"/Fx Do", b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources 5 0 R")
    return pdf({4: stream(b"/Fx Do"), 5: b"<</XObject<</Fx 6 0 R>>>>", 6: form})


def laughs() -> bytes:
    """Ten forms, each draws the next ten times."""
    objects = {4: stream(b"/F6 Do"), 5: b"<</XObject<</F6 6 0 R>>>>"}
    for number in range(6, 16):
        last = number == 15
        words = b"0 0 m 9 9 l S " * 10 if last else b"/F%d Do " % (number + 1) * 10
        inner = b"" if last else b"/Resources<</XObject<</F%d %d 0 R>>>>" % (number + 1, number + 1)
        objects[number] = stream(words, b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]" + inner)
    return pdf(objects)


def million_paths() -> bytes:
    return pdf({4: flate(b"0 0 m 500 800 l 10 700 l 300 2 l h B\n" * 400_000)})


def user_password() -> bytes:
    return _encrypted(user="secret", owner="owner")


def owner_password() -> bytes:
    return _encrypted(user="", owner="owner")


def _encrypted(*, user: str, owner: str) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as one:
        one.save(out, encryption=pikepdf.Encryption(user=user, owner=owner))
    return out.getvalue()


def jpeg_as_pdf() -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.full((400, 300, 3), 200, np.uint8)).save(out, "JPEG")
    return out.getvalue()


def zip_behind() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("evil.txt", "x" * 3000)
    return pdf() + out.getvalue()


def short_zip_behind() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("e", "x")
    return pdf() + out.getvalue()


def html_before() -> bytes:
    return b"<html><script>alert(1)</script></html>\n" + pdf()


def exe_before() -> bytes:
    return b"MZ\x90\x00" + bytes(200) + pdf()


def random_bytes() -> bytes:
    return random.Random(3).randbytes(20_000)


def random_behind_head() -> bytes:
    return b"%PDF-1.7\n" + random.Random(4).randbytes(20_000)


def empty() -> bytes:
    return b""


def page_tree_loop() -> bytes:
    return pdf({2: b"<</Type/Pages/Count 3/Kids[3 0 R 2 0 R]>>"})


def deep_nesting() -> bytes:
    return pdf({5: b"[" * 100_000 + b"]" * 100_000})


def two_billion_pages() -> bytes:
    return pdf({2: b"<</Type/Pages/Count 2000000000/Kids[3 0 R]>>"})


def object_stream_bomb() -> bytes:
    """An object stream of four times the limit: it goes off when the object in it is touched."""
    packer = zlib.compressobj(9)
    block = b" " * (1 << 20)
    data = packer.compress(b"5 0 <</Font<<>>>>") + b"".join(packer.compress(block) for _ in range(256)) + packer.flush()
    bomb = stream(data, b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode")
    body = bytearray(b"%PDF-1.7\n")
    places = {}
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: PAGE,
        4: stream(b"BT ET"),
        6: bomb,
    }
    for number, one in objects.items():
        places[number] = len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(body)
    rows = [b"\x00\x00\x00\x00\x00\xff"]
    for number in range(1, 8):
        if number == 5:
            rows.append(b"\x02" + (6).to_bytes(4, "big") + b"\x00")
        elif number == 7:
            rows.append(b"\x01" + start.to_bytes(4, "big") + b"\x00")
        else:
            rows.append(b"\x01" + places[number].to_bytes(4, "big") + b"\x00")
    table = stream(b"".join(rows), b"/Type/XRef/Size 8/W[1 4 1]/Root 1 0 R")
    body += b"7 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, start)
    return bytes(body)


def negative_length() -> bytes:
    return pdf({4: stream(b"BT /F1 24 Tf 72 700 Td (Hello) Tj ET", length=-5)})


def broken_jbig2() -> bytes:
    return _with_picture(
        b"/Width 2480/Height 3508/Filter/JBIG2Decode", b"\x00\x00\x00\x00\x30\x00\x01\xff\xff\xff\xff" + bytes(64)
    ).replace(b"/BitsPerComponent 8", b"/BitsPerComponent 1")


def prev_loop() -> bytes:
    whole = pdf(trailer=b"/Prev 0000000009")
    return whole.replace(b"/Prev 0000000009", b"/Prev %010d" % whole.rindex(b"xref\n0 "))


def active_content() -> bytes:
    """JavaScript, a launch, an embedded program, a link into the file system and into the net."""
    exe = stream(b"MZ-embedded-program", b"/Type/EmbeddedFile")
    catalog = (
        b"<</Type/Catalog/Pages 2 0 R/OpenAction 20 0 R/AA<</WC 20 0 R>>/Names<</JavaScript<</Names[(a)20 0 R]>>"
        b"/EmbeddedFiles<</Names[(evil.exe)21 0 R]>>>>>>"
    )
    page = PAGE[:-2] + b"/AA<</O 23 0 R>>/Annots[24 0 R 25 0 R 26 0 R]>>"
    return pdf(
        {
            1: catalog,
            3: page,
            20: b"<</S/JavaScript/JS(app.alert\\('pwned-by-js'\\))>>",
            21: b"<</Type/Filespec/F(evil.exe)/EF<</F 22 0 R>>>>",
            22: exe,
            23: b"<</S/Launch/F(cmd.exe)/Win<</F(cmd.exe)>>>>",
            24: b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(file:///etc/passwd)>>>>",
            25: b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(http://evil.example/x)>>>>",
            26: b"<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS 21 0 R>>",
        }
    )


def hidden_javascript() -> bytes:
    """The script hangs behind an outline and a named destination's action chain."""
    catalog = b"<</Type/Catalog/Pages 2 0 R/Outlines 20 0 R/AcroForm<</Fields[23 0 R]/XFA(<x/>)>>>>"
    return pdf(
        {
            1: catalog,
            20: b"<</First 21 0 R/Last 21 0 R/Count 1>>",
            21: b"<</Title(a)/Parent 20 0 R/A<</S/GoTo/D[3 0 R/Fit]/Next<</S/JavaScript/JS(hidden-script)>>>>>>",
            23: b"<</FT/Tx/T(f)/Subtype/Widget/Type/Annot/Rect[0 0 9 9]/AA<</K<</S/JavaScript/JS(key-script)>>>>>>",
        }
    )


def too_many_pages() -> bytes:
    return _many_pages(1200)


REFUSED: dict[str, Callable[[], bytes]] = {
    "double_flate": double_flate, "single_flate": single_flate, "half_million_kids": half_million_kids,
    "huge_picture": huge_picture, "huge_page": huge_page, "tiny_page": tiny_page, "user_password": user_password,
    "jpeg_as_pdf": jpeg_as_pdf, "zip_behind": zip_behind, "short_zip_behind": short_zip_behind,
    "html_before": html_before, "exe_before": exe_before, "random_bytes": random_bytes,
    "random_behind_head": random_behind_head, "empty": empty, "too_many_pages": too_many_pages, "flipped": flipped,
    "page_tree_loop": page_tree_loop,
}  # fmt: skip
"""Refused when they are taken in."""
COSTLY: dict[str, Callable[[], bytes]] = {
    "laughs": laughs,
    "million_paths": million_paths,
    "form_recursion": form_recursion,
}
"""Taken in, for only drawing them hurts: either they are drawn within the limits, or refused with their page."""
TAKEN: dict[str, Callable[[], bytes]] = {
    "truncated": truncated, "object_stream_bomb": object_stream_bomb, "deep_nesting": deep_nesting,
    "two_billion_pages": two_billion_pages, "owner_password": owner_password, "negative_length": negative_length,
    "broken_jbig2": broken_jbig2, "prev_loop": prev_loop, "active_content": active_content,
    "hidden_javascript": hidden_javascript,
}  # fmt: skip
"""Repaired or cleaned."""
