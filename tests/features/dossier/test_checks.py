"""Each check on pages of which the answer is known."""

import random
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pypdfium2
import pytest
from tests.support.scans import ink, paper, scanner

from nianjian.features.dossier import check
from nianjian.features.dossier.generated.document import Document, Table, pdf
from nianjian.features.dossier.ingest.inside.draw import tiles
from nianjian.features.dossier.ingest.receive import PageFacts, Picture
from nianjian.features.dossier.reading import ocr
from nianjian.features.dossier.seals.mask import scale_page, whiten


def grey(bgr: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)


@pytest.mark.parametrize(
    ("wide", "high", "is_it"),
    [(210, 297, True), (297, 210, True), (213, 294, True), (213.1, 297, False), (216, 279, False), (148, 210, False)],
)
def test_a4(wide: float, high: float, is_it: bool) -> None:  # noqa: FBT001 - a table of cases
    assert check.is_a4(wide, high, 3) is is_it


LOGO = Picture((60, 60), (72.0, 72.0), 0.02)


def across(wide: int) -> Picture:
    return Picture((wide, 3508), (wide / (210 / 25.4), 3508 / (297 / 25.4)), 1.0)


@pytest.mark.parametrize(
    ("pictures", "told"),
    [
        ([across(2480)], check.Resolution(300, enough=True)),  # A4 at 300 dpi
        ([across(2478)], check.Resolution(300, enough=False)),
        ([LOGO], None),  # an ornament says nothing
        ([LOGO, Picture((1240, 1754), (150.0, 150.0), 0.9)], check.Resolution(150, enough=False)),
    ],
)
def test_the_resolution_is_that_of_what_fills_the_page(pictures: list[Picture], told: check.Resolution | None) -> None:
    assert check.measure_resolution(PageFacts(1, 210.0, 297.0, tuple(pictures), 0), 300) == told


def test_a_page_with_dust_is_blank_and_a_page_with_a_line_is_not() -> None:
    rng = np.random.default_rng(2)
    page = np.full((1169, 827), 250, np.uint8)
    for y, x in zip(rng.integers(40, 1100, 60), rng.integers(40, 780, 60), strict=True):
        page[y, x] = 40
    assert check.ink_share(page) < 0.002
    text = scale_page(paper.page("text", 1), paper.DPI)
    assert check.ink_share(whiten(text)) > 0.02


@pytest.mark.parametrize(("kind", "lean"), [("text", -3.4), ("text", 0.7), ("table", 0.0), ("table", 2.6)])
def test_skew(kind: str, lean: float) -> None:
    small = scale_page(paper.page(kind, 1), paper.DPI)
    page, _jpeg = scanner.scanned(small, scanner.Faults(skew=lean, noise=2), random.Random(1))
    skew = check.measure_skew(grey(page))
    assert skew is not None
    assert abs(skew + lean) <= 0.15


def test_a_page_without_rows_has_no_skew() -> None:
    assert check.measure_skew(np.full((1169, 827), 250, np.uint8)) is None


def sharpness(page: np.ndarray) -> tuple[float, float]:
    """Width of edges and detail."""
    parts = tiles(grey(page))
    width, detail = check.measure_edge_width(parts), check.measure_detail(parts)
    assert width is not None
    assert detail is not None
    return width, detail


def test_blur_widens_edges_and_an_enlarged_page_lacks_detail() -> None:
    page = cv2.resize(paper.page("text", 1), None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC)
    small = cv2.resize(page, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    sharp, soft = sharpness(page), sharpness(cv2.GaussianBlur(page, (0, 0), 3))
    enlarged = sharpness(cv2.resize(small, page.shape[1::-1], interpolation=cv2.INTER_CUBIC))
    assert sharp[0] < 3.5 < soft[0]
    assert enlarged[1] < 0.003 < sharp[1]


def test_a_copy_shows_no_colour_beside_its_seal_and_an_original_does() -> None:
    original = paper.page("licence", 1)
    coloured, copied = (
        check.colour_share_beside_seals(check.colour_mask(whiten(scale_page(page, paper.DPI))), ())
        for page in (original, scanner.grey(original))
    )
    assert coloured >= 0.003 > copied


def test_a_faint_seal_makes_a_page_coloured() -> None:
    page = paper.page("text", 1).copy()
    layer = ink.coverage(ink.Print("round", 42, 42, "faded", "浙江华信科技有限公司"), paper.DPI, random.Random(4))
    ink.stamp(page, layer, "faded", 600, 900)
    assert check.colour_share(check.colour_mask(whiten(scale_page(page, paper.DPI)))) >= 0.0004


@cache
def printed(kind: str) -> np.ndarray:
    """A page with signs alone, or with a long list."""
    people = tuple((str(at), f"张三{at}", "3301**********1234", "202611-202701") for at in range(1, 37))
    source = Document("monthly_traffic", "呼叫流量月报", "企业", (), "运行 1")
    if kind == "signs":
        source = replace(source, signs=("负责人", "制表人", "企业（盖章）", "日期"))
    else:
        source = replace(source, tables=(Table("清单", ("序号", "姓名", "证件号码", "缴费起止年月"), people),))
    with pypdfium2.PdfDocument(pdf(source)) as document:
        image = np.ascontiguousarray(document[0].render(scale=100 / 72).to_numpy()[..., :3])
    return scanner.scanned(image, scanner.Faults(skew=0.4, noise=3, quality=85), random.Random(3))[0]


@pytest.mark.parametrize(("kind", "turn"), [("signs", 0), ("signs", 90), ("list", 0), ("list", 180)])
def test_which_way_is_up_counts_as_it_is_read(kind: str, turn: int) -> None:
    page = np.ascontiguousarray(np.rot90(printed(kind), -turn // 90))
    assert check.detect_rotation(page, ocr.read_turn) == turn
