"""Reading real pixels in the limited process: one small page here, whole papers in the long suite."""

import random
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
import typst
from bench.reading import audit_texts, papers, scanner
from PIL import ImageFont
from tests.support.read_pages import BOOK, DAY
from tests.support.scans.scanner import Faults, scanned

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.generated.document import Document, Table, pdf
from nianjian.features.dossier.reading import ocr, readers
from nianjian.features.dossier.reading.engine import level_page, measure_skew, unread_ink, without_red_ink
from nianjian.features.dossier.reading.strips import check_page_order
from nianjian.features.dossier.reading.text import Layer
from nianjian.features.dossier.states import Sheet, Weight

FONT = ImageFont.truetype(str(next(papers.FONTS.glob("*.ttc"))), 40)
SMALL = '#set page(width: 90mm, height: 60mm, margin: 8mm)\n#set text(font: "Noto Sans CJK SC", size: 12pt)\n'


def small(path: Path, body: str) -> Path:
    source = path.with_suffix(".typ")
    source.write_text(SMALL + body, encoding="utf-8")
    typst.compile(str(source), output=str(path), font_paths=[str(papers.FONTS)], ignore_system_fonts=True)
    return path


def test_a_page_is_read_in_the_limited_process(tmp_path: Path) -> None:
    progress: list[tuple[int, int]] = []
    path = small(tmp_path / "a.pdf", "浙江省年检材料\n\n统一社会信用代码 91110000600037341L")
    (page,) = ocr.read_pages(path, [1], progress=lambda done, of: progress.append((done, of)))
    assert page.plain == "浙江省年检材料统一社会信用代码91110000600037341L"
    assert (page.layer, page.unread, progress[-1], set(progress)) == (Layer.AGREES, (), (1, 1), {(0, 1), (1, 1)})
    assert min(line.confidence for line in page.lines) > 0.9
    assert 85 < page.width < 95


def test_what_makes_the_process_fail_is_one_error_and_who_waits_can_stop_it(tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(NianjianError, match="reading_failed"):
        list(ocr.read_pages(path))

    class StopError(Exception):
        pass

    def stop(_done: int, _of: int) -> None:
        raise StopError

    with pytest.raises(StopError):
        list(ocr.read_pages(path, progress=stop))


def test_the_web_process_does_not_load_the_recogniser() -> None:
    at = "nianjian.features.dossier.reading"
    words = f"import sys, {at}.readers, {at}.ocr; sys.exit('rapidocr' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0


def test_red_ink_goes_and_black_text_under_it_stays() -> None:
    page = np.full((400, 400, 3), 250, np.uint8)
    cv2.circle(page, (200, 200), 120, (40, 40, 220), 12)
    cv2.putText(page, "2026", (40, 215), cv2.FONT_HERSHEY_SIMPLEX, 3, (20, 20, 20), 8)
    grey = without_red_ink(page)
    assert grey[200 - 120, 200] > 200
    assert (grey < 100).sum() > 0.8 * (page[..., 2] < 100).sum()


def test_lean_is_measured_and_taken_out() -> None:
    page = np.full((1200, 900), 250, np.uint8)
    for row in range(100, 1100, 40):
        page[row : row + 14, 100:800] = 30
    leaning = level_page(page, -1.5)
    assert abs(measure_skew(leaning, 100) - 1.5) < 0.1
    assert abs(measure_skew(level_page(leaning, measure_skew(leaning, 100)), 100)) < 0.1


def test_ink_that_nobody_read_is_told() -> None:
    page = np.full((600, 800), 250, np.uint8)
    cv2.putText(page, "nobody read this row", (60, 200), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (0,), 4)
    assert len(unread_ink(page, [], 200)) == 4
    assert unread_ink(page, [(50.0, 150.0, 760.0, 220.0)], 200) == []
    cv2.line(page, (20, 400), (780, 400), (0,), 3)
    assert len(unread_ink(page, [], 200)) == 4


TEXTS = {one.name: one for one in audit_texts.texts()}


def scan(path: Path, kind: str, data: Mapping[str, object], dpi: int, wear: scanner.Wear) -> Path:
    draw = random.Random(7)
    images = [
        np.asarray(cv2.imdecode(np.frombuffer(one, np.uint8), cv2.IMREAD_COLOR))
        for one in papers.pictures(kind, data, dpi)
    ]
    images[0] = scanner.stamped(images[0], dpi, audit_texts.COMPANY, (130, 90), FONT)
    scanner.bound(path, [scanner.scanned(one, wear, draw) for one in images], dpi)
    return path


@pytest.mark.long
@pytest.mark.parametrize(
    "name", ["standard", "emphasis", "qualified", "adverse in the first form's headings", "concern without a heading"]
)
def test_a_worn_audit_report_under_a_seal(name: str, tmp_path: Path) -> None:
    text = TEXTS[name]
    path = scan(tmp_path / "a.pdf", "audit_report", {"blocks": audit_texts.filled(text)}, 200, scanner.WORN)
    facts = readers.read("audit_report", list(ocr.read_pages(path)), BOOK, DAY, {"year": "2026"})
    assert facts.fields["opinion"] == text.opinion
    assert (facts.fields["year"], facts.fields["firm"]) == (2026, "浙江天衡信会计师事务所(特殊普通合伙)")


@pytest.mark.long
def test_a_hidden_text_layer_over_a_scan_is_no_evidence(tmp_path: Path) -> None:
    blocks = audit_texts.filled(TEXTS["qualified"])
    path = scan(tmp_path / "a.pdf", "audit_report", {"blocks": blocks}, 150, scanner.CLEAN)
    lie = tmp_path / "lie.typ"
    body = "\n\n".join(words for _style, words in audit_texts.filled(TEXTS["standard"]))
    lie.write_text(f'#set text(font: "Noto Sans CJK SC", size: 6pt, fill: white)\n{body}', encoding="utf-8")
    typst.compile(str(lie), output=str(tmp_path / "lie.pdf"), font_paths=[str(papers.FONTS)], ignore_system_fonts=True)
    with pikepdf.open(path, allow_overwriting_input=True) as document, pikepdf.open(tmp_path / "lie.pdf") as over:
        document.pages[0].add_overlay(over.pages[0])
        document.save(path)
    pages = list(ocr.read_pages(path))
    assert pages[0].layer is not Layer.AGREES
    assert readers.read("audit_report", pages, BOOK, DAY, {}).fields["opinion"] == "qualified"


@pytest.mark.long
def test_visible_text_that_says_another_thing_is_told(tmp_path: Path) -> None:
    white = "#place(dx: 0mm, dy: 20mm, text(fill: white)[另有一段看不见的文字写在这里])\n"
    (page,) = ocr.read_pages(small(tmp_path / "a.pdf", white + "看得见的一行文字"))
    assert page.layer is Layer.DIFFERS


@pytest.mark.long
def test_sheets_of_a_check_are_read_too() -> None:
    draw = random.Random(3)
    kind, data, truth = papers.payments(draw)
    (png,) = papers.pictures(kind, data, 200)
    sheet = Sheet(1, 200, np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR), np.uint8))
    read = readers.SheetReading(BOOK, date(2027, 2, 20)).read("social_insurance", [sheet])
    assert (read.fields["months"], read.fields["people"]) == (truth["months"], truth["people"])
    assert read.fields["names"] == [readers.mask_value(name) for name in truth["names"]]
    assert [one.code for one in read.findings if one.weight is Weight.STOP] == (
        ["months_too_few"] if truth["months"] < 3 else []
    )


def test_a_missing_last_sheet_is_found_by_numbers_in_the_corner() -> None:
    rows = tuple((str(at), "人工坐席", "2026-01-05") for at in range(60))
    table = Table("坐席", ("序号", "类型", "日期"), rows)
    draw, sheets = random.Random(5), []
    for number, page in enumerate(
        pypdfium2.PdfDocument(pdf(Document("seat_table", "坐席明细表", "企业", (), "运行 1", (table,)))), 1
    ):
        image = np.ascontiguousarray(page.render(scale=300 / 72).to_numpy()[..., :3])
        image[3200:3400, -120:] = (60, 60, 200)  # a slice of a red seal beside the number
        image[2900:], _jpeg = scanned(image[2900:], Faults(skew=0.8, noise=5, blur=0.9, quality=60), draw)
        sheets.append(Sheet(number, 300, image))
    assert check_page_order(sheets) == ()
    assert [one.code for one in check_page_order(sheets[:-1])] == ["pages_end_early"]
