"""A file against its item, from the shell to the verdict."""

import io
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image
from tests.support.hostile import pdfs
from tests.support.scans import ink, paper, scanner
from tests.support.scans.ink import Print

from nianjian.engines.kernel import clock
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier import check as checks
from nianjian.features.dossier.generated.document import Document, pdf
from nianjian.features.dossier.ingest import limits
from nianjian.features.dossier.ingest.inside.draw import Scans
from nianjian.features.dossier.ingest.receive import DrawnPage, PageFacts, receive, render_pages
from nianjian.features.dossier.kinds import Form, get_item
from nianjian.features.dossier.seals.mask import Kind, Seal
from nianjian.features.dossier.states import PageFound, ReadFields, Sheet, Verdict, Weight

DPI, BOOK = 300, Rulebook.on(date(2026, 11, 1))
NAME, OTHER = "浙江华信通信科技有限公司", "杭州云桥通信技术有限公司"


class Knows:
    """Reads the fields that it was told; every sheet must come as it was promised."""

    def __init__(self, fields: dict[str, object]) -> None:
        self.fields = fields
        self.seen: list[int] = []

    def read(self, item: str, sheets: Iterable[Sheet]) -> ReadFields:  # noqa: ARG002 - as the port has it
        for sheet in sheets:
            assert sheet.dpi == 300
            assert sheet.bgr.shape[2] == 3
            self.seen.append(sheet.number)
        return ReadFields(self.fields)


def pages(*kinds: str) -> list[np.ndarray]:
    """Pages at 300 dpi with the firm's seal on the first one and a riding seal across all."""
    rng, sheets = random.Random(6), []
    layer = ink.worn(ink.coverage(Print("round", 42, 42, "normal", NAME), 300, rng), rng)
    part = (layer.shape[1] - 48) // max(1, len(kinds))
    for number, kind in enumerate(kinds):
        page = cv2.resize(paper.page(kind, 8), (2480, 3508), interpolation=cv2.INTER_CUBIC)
        if number == 0:
            ink.stamp(page, layer, "normal", 1400, 2300)
        if len(kinds) > 1:
            ink.stamp(page, layer[:, 24 + number * part : 24 + (number + 1) * part], "normal", 2480 - part, 1500)
        sheets.append(scanner.scanned(page, scanner.Faults(noise=2, quality=85), rng)[0])
    return sheets


def written(folder: Path, *scans: np.ndarray, dpi: int = DPI) -> Path:
    images = [Image.fromarray(one if one.ndim == 2 else np.ascontiguousarray(one[..., ::-1])) for one in scans]
    file = folder / "scan.pdf"
    images[0].save(file, "PDF", save_all=True, append_images=images[1:], resolution=dpi, quality=85)
    return file


def codes(checked: checks.CheckResult) -> list[tuple[str, int | None]]:
    return [(one.code, one.page) for one in checked.findings]


def test_a_sealed_scan_whose_fields_are_read_is_ready(tmp_path: Path) -> None:
    reader = Knows({"total": "100"})
    file = written(tmp_path, *pages("text", "table"))
    checked = checks.check(file, get_item("shareholders"), reading=reader, book=BOOK)
    assert (checked.verdict, codes(checked)) == (Verdict.READY, [])
    assert reader.seen == [1, 2]
    assert [page.dpi for page in checked.pages] == [300, 300]


def test_a_coarse_scan_is_not_ready_and_what_is_not_read_is_asked_for(tmp_path: Path) -> None:
    small = cv2.resize(scan(), (1240, 1754), interpolation=cv2.INTER_AREA)
    file = written(tmp_path, small, dpi=150)
    checked = checks.check(file, get_item("shareholders"), reading=Knows({}), book=BOOK)
    assert checked.verdict is Verdict.NOT_READY
    assert {("scan_dpi_low", 1), ("fields_unread", None)} <= set(codes(checked))
    assert (checked.pages[0].a4, checked.pages[0].dpi) == (True, 150)


def _page(number: int = 1, *kinds: Kind, colour: str = "colour") -> PageFound:
    seals = tuple(Seal(100.0, 100.0, 42.0, 42.0, kind, 1.0) for kind in kinds)
    return PageFound(number, True, 300, False, 0.0, 0, colour, seals)  # noqa: FBT003 -- of A4, not blank


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ([_page(colour="grey")], [("seal_grey", 1)]),
        ([_page()], [("seal_cover_missing", 1)]),
        ([_page(1, Kind.SQUARE)], [("seal_square_only", 1)]),
        ([_page(1, Kind.ROUND)], []),
        ([_page(1, Kind.ROUND, Kind.SLICE), _page(2)], [("seal_riding_missing", 2)]),
    ],
)
def test_a_seal_that_is_not_there_is_missed(found: list[PageFound], wanted: list[tuple[str, int]]) -> None:
    missing = list(checks.find_missing_seals(get_item("shareholders"), found, BOOK))
    assert [(one.code, one.page) for one in missing] == wanted
    assert {one.weight for one in missing} <= {Weight.STOP}


@pytest.mark.parametrize(
    ("rotation", "sides", "wanted"),
    [
        (0, (210, 297), []),
        (180, (210, 297), [("scan_turned", Weight.STOP)]),
        (270, (210, 297), [("scan_across", Weight.NOTE)]),  # a landscape list in a bound book
        (270, (297, 210), [("scan_turned", Weight.STOP)]),
        (None, (210, 297), [("scan_turn_unsure", Weight.ASK)]),
    ],
)
def test_a_landscape_page_across_the_sheet_is_no_fault(
    rotation: int | None, sides: tuple[int, int], wanted: list[tuple[str, Weight]]
) -> None:
    rendering = DrawnPage(PageFacts(1, *map(float, sides), (), 0), 100, np.zeros((1, 1, 3), np.uint8), 300)
    findings = checks._sheet(replace(_page(), rotation=rotation), rendering, checks.Limits.of(BOOK))
    assert [(one.code, one.weight) for one in findings] == wanted


@pytest.mark.parametrize(
    ("asked", "beside", "wanted"),
    [
        (Form.COPY, 0.01, ["form_original"]),
        (Form.COPY, 0.0, []),
        (Form.ORIGINAL, 0.0, ["form_copy"]),
        (Form.ORIGINAL, 0.01, []),
    ],
)
def test_an_original_is_told_from_the_copy_that_is_wanted(asked: Form, beside: float, wanted: list[str]) -> None:
    item = replace(get_item("business_licence"), asked=asked)
    findings = checks._form(item, [checks.InspectedPage(_page(), beside, ())], BOOK, checks.Limits.of(BOOK))
    assert [one.code for one in findings] == wanted


@pytest.mark.long
def test_the_command_prints_the_agreed_shape_and_exits_by_the_verdict(
    tmp_path: Path, command: Callable[..., Any]
) -> None:
    file = written(tmp_path, *pages("text"))
    result = command("check", file, "--item", "shareholders", code=1)
    assert {"item", "verdict", "findings", "fields", "pages"} <= set(result)
    assert (result["item"], result["verdict"]) == ("shareholders", "needs_person")
    assert set(result["findings"][0]) == {"code", "page", "message"}
    (page,) = result["pages"]
    assert set(page) == {"page", "a4", "dpi", "blank", "skew_deg", "rotation", "colour", "seals"}
    (seal,) = page["seals"]
    assert set(seal) == {"x_mm", "y_mm", "diameter_mm", "kind"}
    assert seal["kind"] == "round"
    assert abs(seal["diameter_mm"] - 42) < 1.5


def test_a_hostile_file_is_one_message_and_exit_code_2(tmp_path: Path, command: Callable[..., Any]) -> None:
    file = tmp_path / "bad.pdf"
    file.write_bytes(pdfs.user_password())
    result = command("check", file, "--item", "articles", code=2)
    assert result["error"]["code"] == "dossier_password"
    assert "bad.pdf" in result["error"]["message"]
    result = command("check", tmp_path / "a.pdf", "--item", "audit", code=2)
    assert "audit_report" in result["error"]["message"], "an item that is none is named with those there are"


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.usefixtures("anna")
def test_another_firms_licence_is_told_where_the_enterprise_is_named(
    demo: str, tmp_path: Path, command: Callable[..., Any]
) -> None:
    facts = (("统一社会信用代码", "91110000600037341L"), ("名称", OTHER), ("法定代表人", "刘垚"))
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(Document("business_licence", "营业执照", "企业", facts, "")))
    words = ("check", path, "--item", "business_licence")

    def codes(*more: str) -> set[str]:
        result = command(*words, *more, code=1)
        assert result["fields"]["name"] == OTHER
        return {one["code"] for one in result["findings"]}

    assert "field_differs" not in codes()
    assert "field_differs" in codes("--enterprise", demo, "--season", "2026")
    command(*words, "--enterprise", "nobody", code=2)


# A page that is one JPEG is read without drawing: the findings are those of a drawn page, and nothing hides in it.

SMALL = np.random.default_rng(1).integers(0, 255, (1169, 827, 3), np.uint8)


@cache
def scan() -> np.ndarray:
    """A stamped letter at 300 dpi, a little askew."""
    rng = random.Random(4)
    page = cv2.resize(paper.page("letterhead", 5), (2480, 3508), interpolation=cv2.INTER_LANCZOS4)
    page = cv2.addWeighted(page, 1.9, cv2.GaussianBlur(page, (0, 0), 1.6), -0.9, 0).astype(np.uint8)
    layer = ink.worn(ink.coverage(Print("round", 42, 42, "normal", NAME), DPI, rng), rng)
    ink.stamp(page, layer, "normal", 1300, 2200)
    ink.stamp(page, layer[:, 100:220], "normal", 2480 - 120, 900)
    return scanner.scanned(page, scanner.Faults(noise=3, skew=1.1), rng)[0]


Change = Callable[[pikepdf.Pdf, pikepdf.Page], object]


def redrawn(file: Path, change: Change) -> Path:
    """The file with its first page changed."""
    target = file.with_name("changed.pdf")
    with pikepdf.open(file) as pdf:
        change(pdf, pdf.pages[0])
        pdf.save(target)
    return target


def drawn(content: bytes, *, first: bool = False) -> Change:
    """Draw over the page, or before what is on it."""
    return lambda pdf, page: page.contents_add(pdf.make_stream(content), prepend=first)


COMMENT = drawn(b"q 0 0 0 0 re W n Q\n", first=True)  # an empty clip: the same picture, but no untouched one


def looked(file: Path, folder: Path, strip: int = 0) -> tuple[list[DrawnPage], list[checks.InspectedPage]]:
    folder.mkdir()
    got = receive(file, folder)
    assert got.clean is not None
    pages = list(render_pages(got.clean, got.pages, name=got.name, dpi=DPI, small=3, strip=strip))
    limits = checks.Limits.of(Rulebook.on(clock.today()))
    return pages, [checks.inspect(one, limits) for one in pages]


def test_read_and_drawn_give_the_same_findings(tmp_path: Path) -> None:
    file = written(tmp_path, scan())
    slow = redrawn(file, COMMENT)
    assert Scans(str(file)).pixels(0, DPI) is not None
    assert Scans(str(slow)).pixels(0, DPI) is None
    (fast_page,), (fast,) = looked(file, tmp_path / "fast", strip=26)
    (slow_page,), (other,) = looked(slow, tmp_path / "slow", strip=26)
    assert [(one.code, one.weight) for one in fast.findings] == [(one.code, one.weight) for one in other.findings]
    assert fast.page.blank == other.page.blank
    assert (fast.page.dpi, fast.page.rotation, fast.page.colour) == (300, other.page.rotation, other.page.colour)
    assert [one.kind for one in fast.page.seals] == [one.kind for one in other.page.seals]
    for one, two in zip(fast.page.seals, other.page.seals, strict=True):
        assert np.hypot(one.x_mm - two.x_mm, one.y_mm - two.y_mm) < 0.5
        assert abs(one.diameter_mm - two.diameter_mm) < 0.5
    wide = min(fast_page.bgr.shape[1], slow_page.bgr.shape[1])  # drawing rounds a page's 2480.4 pixels up
    assert fast_page.bgr.shape[1] - wide <= 1 >= slow_page.bgr.shape[1] - wide
    assert fast_page.strip is not None
    assert fast_page.strip.shape[1] == round(26 / 25.4 * DPI)


def test_grey_and_small_colour_are_those_of_the_whole_page(tmp_path: Path) -> None:
    scans = Scans(str(written(tmp_path, scan())))
    full, planes = scans.pixels(0, DPI), scans.planes(0, DPI, 3)
    assert full is not None
    assert planes is not None
    grey, small = planes
    assert grey.shape == full.shape[:2]
    assert np.abs(cv2.cvtColor(full, cv2.COLOR_BGR2GRAY).astype(int) - grey).mean() < 1.5
    less = cv2.resize(
        full[: small.shape[0] * 3, : small.shape[1] * 3], small.shape[1::-1], interpolation=cv2.INTER_AREA
    )
    assert np.abs(less.astype(int) - small).mean() < 3
    moved = np.abs(np.roll(less, 2, axis=1).astype(int) - small).mean()
    assert moved > 2 * np.abs(less.astype(int) - small).mean(), "two pixels aside would be seen"


def test_a_grey_scan_is_read_too(tmp_path: Path) -> None:
    file = written(tmp_path, cv2.cvtColor(scan(), cv2.COLOR_BGR2GRAY))
    pixels = Scans(str(file)).pixels(0, DPI)
    assert pixels is not None
    assert pixels.ndim == 2
    assert Scans(str(file)).planes(0, DPI, 3) is None
    (page,), (inspection,) = looked(file, tmp_path / "grey")
    assert page.bgr.ndim == 3
    assert page.strip is None, "nobody asked for one"
    assert (inspection.page.colour, inspection.page.seals) == ("grey", ())


def picture(_pdf: pikepdf.Pdf, page: pikepdf.Page) -> pikepdf.Object:
    return next(iter(page.Resources.XObject.values()))


def put(name: str, value: object, of: Callable[[pikepdf.Pdf, pikepdf.Page], Any] = lambda _, page: page.obj) -> Change:
    return lambda pdf, page: of(pdf, page).__setitem__(name, value)


def masked(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    mask = pdf.make_stream(b"\x00", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8)
    mask.ColorSpace = Name.DeviceGray
    picture(pdf, page)["/SMask"] = mask


def twice(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    name = next(iter(page.Resources.XObject.keys()))
    page.contents_add(pdf.make_stream(f"q 10 0 0 10 0 0 cm {name} Do Q\n".encode()))


def noted(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=[9, 9, 99, 99])
    page.obj["/Annots"] = pdf.make_indirect(Array([note]))


CHANGES = {
    "inverted": put("/Decode", Array([1, 0, 1, 0, 1, 0]), picture),
    "masked": masked,
    "turned": put("/Rotate", 180),
    "turned above": put("/Rotate", 90, lambda pdf, _: pdf.Root.Pages),
    "covered": drawn(b"1 g 0 0 595 842 re f\n"),
    "twice": twice,
    "mirrored": drawn(b"q -1 0 0 1 595.2 0 cm\n", first=True),
    "noted": noted,
    "cropped": put("/CropBox", Array([0, 0, 400, 600])),
    "larger said": put("/Height", 1100, picture),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_is_shown_otherwise_is_drawn(tmp_path: Path, change: Change) -> None:
    file = written(tmp_path, SMALL, dpi=100)
    assert Scans(str(file)).pixels(0, 100) is not None
    changed = Scans(str(redrawn(file, change)))
    assert changed.pixels(0, 100) is None
    assert changed.planes(0, 100, 3) is None


def test_another_resolution_and_no_jpeg_are_drawn(tmp_path: Path) -> None:
    assert Scans(str(written(tmp_path, SMALL, dpi=100))).pixels(0, DPI) is None
    data = io.BytesIO()
    Image.fromarray(SMALL[..., ::-1]).save(data, "PNG", dpi=(100, 100))
    (tmp_path / "a.png").write_bytes(data.getvalue())
    got = receive(tmp_path / "a.png", tmp_path)
    assert Scans(str(got.clean)).pixels(0, 100) is None


def test_a_child_that_ends_early_goes_on_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough for some pages of the batch only: the rest comes from the next child, none is lost or told twice."""
    file, slow = written(tmp_path, *[SMALL] * 18, dpi=100), tmp_path / "slow.pdf"
    with pikepdf.open(file) as pdf:
        for page in pdf.pages:
            COMMENT(pdf, page)
        pdf.save(slow)
    got = receive(slow, tmp_path)
    assert got.clean is not None
    monkeypatch.setattr(limits, "CPU_SECONDS", 1)
    renderings = render_pages(got.clean, got.pages, name="s", dpi=DPI, small=3)
    assert [page.facts.page for page in renderings] == list(range(1, 19))
