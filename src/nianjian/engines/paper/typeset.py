"""One typst document in a process of its own: an endless loop in it ends at the time limit, not with the server.

``python -m nianjian.engines.paper.typeset FORM`` reads one JSON object (source, pictures, data, ppi) and writes the
document. Data go in as JSON that typst reads as data: nothing of it is ever taken for markup.
"""

import io
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import qrcode
from qrcode.image.svg import SvgPathImage

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.words import strip_zero_width

HERE: Final = Path(__file__).parent / "typst"
SECONDS: Final = 60  # of CPU, for any document
A_MIB: Final = 30  # more for each MiB of data: a table of 10,000 rows has 2 and takes some seconds
SLOW: Final = 5  # so many times as long may it take where others use the machine
MEMORY: Final = 3 << 30  # bytes of address space; the font alone is mapped with 32 MiB
PPI: Final = 144.0
FAULT: Final = 300  # characters of what typst says


def typeset(
    source: str, data: Mapping[str, Any], pictures: Mapping[str, str], form: str, *, tagged: bool = True
) -> bytes:
    """Set ``source`` (a file beside this one) as ``pdf``, or its first page as ``png``; ``drawing_failed``.

    ``pictures``: name -> SVG, which the source reads as a file. ``tagged`` False: a long table for paper, whose cells
    are not told one by one to programs that read aloud; the file has a fraction of the size. Zero-width signs are
    left out: whoever copies a code from the paper would copy them with it.
    """
    payload = {"source": source, "data": data, "pictures": dict(pictures), "tagged": tagged}
    text = strip_zero_width(json.dumps(payload, ensure_ascii=False))
    content = text.encode()
    seconds = SECONDS + A_MIB * (len(content) >> 20)
    command = [sys.executable, "-m", __name__, form, str(seconds)]
    place = {**os.environ, "TMPDIR": tempfile.gettempdir()}  # pictures name people: they lie where our files do
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command, input=content, capture_output=True, timeout=SLOW * seconds, check=False, env=place
        )
    except subprocess.TimeoutExpired as error:
        raise NianjianError("drawing_failed", reason=f"> {SLOW * seconds} s") from error
    if done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        raise NianjianError("drawing_failed", reason=f"> {seconds} s")
    if done.returncode:
        raise NianjianError("drawing_failed", reason=done.stderr.decode(errors="replace").strip()[-FAULT:])
    return done.stdout


def _main() -> None:
    import manimgx_fonts_cjk  # noqa: PLC0415 - only where pages are set
    import typst  # noqa: PLC0415 - the same

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    form, seconds = sys.argv[1], int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    payload = json.load(sys.stdin.buffer)
    with tempfile.TemporaryDirectory(prefix="nianjian-page-") as folder:
        root = Path(folder)
        (root / "page.typ").write_bytes((HERE / payload["source"]).read_bytes())
        for name, svg in payload["pictures"].items():
            (root / f"{name}.svg").write_text(svg, encoding="utf-8")
        output: Any = typst.compile(  # a list of pictures where a PNG has several pages
            str(root / "page.typ"),
            root=str(root),
            font_paths=[str(Path(manimgx_fonts_cjk.__file__).parent)],
            ignore_system_fonts=True,
            format="png" if form == "png" else "pdf",
            ppi=PPI if form == "png" else None,
            sys_inputs={"data": json.dumps(payload["data"], ensure_ascii=False)},
            timestamp=0,
            pdf_tags=payload.get("tagged", True),
        )
    sys.stdout.buffer.write(output[0] if isinstance(output, list) else output)


if __name__ == "__main__":
    _main()


# A QR code as SVG or PNG; the PNG is written here, so no picture library is needed.

DOTS: Final = 12  # pixels a module: sharp on a printed page of a few centimetres
MEDIA: Final = {"svg": "image/svg+xml", "png": "image/png"}


def render_qr_code(text: str, form: str, dots: int = DOTS) -> bytes:
    """Draw the text, with the quiet zone of four modules that cameras need. ``form``: a key of `MEDIA`."""
    qr = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M)
    qr.add_data(text)
    qr.make(fit=True)
    if form == "png":
        return qr_png(qr.get_matrix(), dots)
    stream = io.BytesIO()
    qr.make_image(image_factory=SvgPathImage).save(stream)
    return stream.getvalue()


def qr_png(modules: list[list[bool]], dots: int) -> bytes:
    """Write dark and bright squares as a PNG of one bit a pixel (ISO/IEC 15948)."""
    wide = -(-len(modules[0]) * dots // 8)
    rows = ("".join(("0" if dark else "1") * dots for dark in row).ljust(8 * wide, "0") for row in modules)
    # Each line of pixels stands behind its filter byte; 1 is white.
    lines = b"".join((b"\0" + int(bits, 2).to_bytes(wide, "big")) * dots for bits in rows)
    head = struct.pack(">IIBBBBB", len(modules[0]) * dots, len(modules) * dots, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
