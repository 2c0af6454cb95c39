"""技术测评报告: whether a file says of itself that it is one. The file is read in a limited process of its own."""

from __future__ import annotations

import io
import re
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from typing import Final

from nianjian.engines.kernel import limited

PAGES: Final = 3  # that are read: a report says at its beginning what it is
SIGNS: Final = 20_000  # of its text
BOUNDS: Final = limited.Bounds(memory=1 << 30, cpu=20, wall=60, written=1 << 20)
DOCUMENT: Final = "word/document.xml"
MOST: Final = 20 << 20  # bytes of that part
BLANK: Final = re.compile(r"\s+")


def is_assessment(body: bytes, titles: Sequence[str]) -> bool | None:
    """Whether the first pages of a PDF or Word file name one of ``titles``; None: no text can be read (a scan)."""
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as out:
        source.write(body)
        source.seek(0)
        reason = limited.run(out.fileno(), (__name__,), BOUNDS, source.fileno())
        out.seek(0)
        text = BLANK.sub("", out.read().decode(errors="replace"))
    if reason or not text:
        return None
    return any(title in text for title in titles)


def _pdf_text(body: bytes) -> str:
    import pypdfium2  # noqa: PLC0415 -- in the child alone: it ends a process whose file it cannot bear

    with pypdfium2.PdfDocument(body) as document:
        first = range(min(PAGES, len(document)))
        return "".join(document[number].get_textpage().get_text_range() for number in first)


def _word_text(body: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as archive, archive.open(DOCUMENT) as part:
        return "".join(re.findall(r"<w:t[^>]*>([^<]*)", part.read(MOST).decode(errors="replace")))


def _main() -> None:
    """The other process: the file comes in, its first text goes out."""
    body = sys.stdin.buffer.read()
    text = _pdf_text(body) if body.startswith(b"%PDF-") else _word_text(body) if body.startswith(b"PK") else ""
    sys.stdout.buffer.write(text[:SIGNS].encode(errors="replace"))


if __name__ == "__main__":
    _main()
