"""技术测评报告: whether a file's title says that it is one, not its text; read in a limited process of its own."""

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
TOP: Final = 12  # lines of the first page among which a title stands
LONGEST: Final = 40  # signs of a title
PIECE: Final = 2  # signs of a line of a title that is set downwards or in spaced signs
BLANK: Final = re.compile(r"[^\S\r\n\f]+")
SENTENCE: Final = re.compile("[，。；、：]|章程|应当|提交|出具|委托")
OTHER: Final = re.compile(".*(章程|合同|协议书?|制度|方案|整改报告|审计报告|自查报告|执照|许可证)")
AFTER: Final = r"(报告)?书?([（(].*[)）]|[》〉]|第\d+页.*|(编号|No).*)?"


def is_assessment(body: bytes, titles: Sequence[str]) -> bool | None:
    """Whether a PDF or Word file has one of ``titles`` as its title; None: no text can be read (a scan).

    A title stands among the first lines of the first page, or fills a line of the first pages by itself.
    """
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as out:
        source.write(body)
        source.seek(0)
        reason = limited.run(out.fileno(), (__name__,), BOUNDS, source.fileno())
        out.seek(0)
        pages = [
            [line for line in BLANK.sub("", page).splitlines() if line]
            for page in out.read().decode(errors="replace").split("\f")
        ]
    if reason or not any(pages):
        return None
    pattern = "|".join(map(re.escape, titles))
    top = pages[0][:TOP]
    if any(OTHER.fullmatch(line) for line in top):
        return False
    heads = [*top, "".join(line for line in top if len(line) <= PIECE)]
    return any(_is_title(line, f".*({pattern}){AFTER}") for line in heads) or any(
        _is_title(line, f"[《〈]?({pattern}){AFTER}") for page in pages for line in page
    )


def _is_title(line: str, form: str) -> bool:
    return len(line) <= LONGEST and not SENTENCE.search(line) and re.fullmatch(form, line) is not None


def _pdf_text(body: bytes) -> str:
    import pypdfium2  # noqa: PLC0415 -- in the child alone: it ends a process whose file it cannot bear

    with pypdfium2.PdfDocument(body) as document:
        first = range(min(PAGES, len(document)))
        return "\f".join(document[number].get_textpage().get_text_range() for number in first)


def _word_text(body: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as archive, archive.open(DOCUMENT) as part:
        paragraphs = part.read(MOST).decode(errors="replace").split("</w:p>")
    return "\n".join("".join(re.findall(r"<w:t(?: [^>]*)?>([^<]*)", paragraph)) for paragraph in paragraphs)


def _main() -> None:
    """The other process: the file comes in, its first text goes out."""
    body = sys.stdin.buffer.read()
    text = _pdf_text(body) if body.startswith(b"%PDF-") else _word_text(body) if body.startswith(b"PK") else ""
    sys.stdout.buffer.write(text[:SIGNS].encode(errors="replace"))


if __name__ == "__main__":
    _main()
