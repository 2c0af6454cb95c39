"""A page that is one JPEG is read without drawing: the findings are those of a drawn page, and nothing hides in it."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image
from tests.support.scans import ink, paper, scanner
from tests.support.scans.ink import Print

from nianjian.engines.kernel import clock
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.check import InspectedPage, Limits, inspect
from nianjian.features.dossier.ingest import limits
from nianjian.features.dossier.ingest.inside.draw import Scans
from nianjian.features.dossier.ingest.receive import DrawnPage, receive, render_pages

DPI = 300
SMALL = np.random.default_rng(1).integers(0, 255, (1169, 827, 3), np.uint8)


@cache
def scan() -> np.ndarray:
    """A stamped letter at 300 dpi, a little askew."""
    rng = random.Random(4)
    page = cv2.resize(paper.page("letterhead", 5), (2480, 3508), interpolation=cv2.INTER_LANCZOS4)
    page = cv2.addWeighted(page, 1.9, cv2.GaussianBlur(page, (0, 0), 1.6), -0.9, 0).astype(np.uint8)
    layer = ink.worn(ink.coverage(Print("round", 42, 42, "normal", "浙江华信通信科技有限公司"), DPI, rng), rng)
    ink.stamp(page, layer, "normal", 1300, 2200)
    ink.stamp(page, layer[:, 100:220], "normal", 2480 - 120, 900)
    return scanner.scanned(page, scanner.Faults(noise=3, skew=1.1), rng)[0]


def written(folder: Path, *pages: np.ndarray, dpi: int = DPI) -> Path:
    images = [Image.fromarray(one if one.ndim == 2 else np.ascontiguousarray(one[..., ::-1])) for one in pages]
    file = folder / "scan.pdf"
    images[0].save(file, save_all=True, append_images=images[1:], resolution=dpi, quality=85)
    return file


def redrawn(file: Path, change: Callable[[pikepdf.Pdf, pikepdf.Page], None]) -> Path:
    """The file with its first page changed."""
    target = file.with_name("changed.pdf")
    with pikepdf.open(file) as pdf:
        change(pdf, pdf.pages[0])
        pdf.save(target)
    return target


def comment(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Paint an empty clip first: the same picture, but no untouched one."""
    page.contents_add(pdf.make_stream(b"q 0 0 0 0 re W n Q\n"), prepend=True)


def looked(file: Path, folder: Path, strip: int = 0) -> tuple[list[DrawnPage], list[InspectedPage]]:
    folder.mkdir()
    got = receive(file, folder)
    assert got.clean is not None
    pages = list(render_pages(got.clean, got.pages, name=got.name, dpi=DPI, small=3, strip=strip))
    limits = Limits.of(Rulebook.on(clock.today()))
    return pages, [inspect(one, limits) for one in pages]


@pytest.mark.parametrize("strip", [26, 0])
def test_read_and_drawn_give_the_same_findings(tmp_path: Path, strip: int) -> None:
    file = written(tmp_path, scan())
    slow = redrawn(file, comment)
    assert Scans(str(file)).pixels(0, DPI) is not None
    assert Scans(str(slow)).pixels(0, DPI) is None
    (fast_page,), (fast,) = looked(file, tmp_path / "fast", strip)
    (slow_page,), (other,) = looked(slow, tmp_path / "slow", strip)
    assert [(one.code, one.weight) for one in fast.findings] == [(one.code, one.weight) for one in other.findings]
    assert fast.page.blank == other.page.blank
    assert (fast.page.dpi, fast.page.rotation, fast.page.colour) == (300, other.page.rotation, other.page.colour)
    assert [one.kind for one in fast.page.seals] == [one.kind for one in other.page.seals]
    for one, two in zip(fast.page.seals, other.page.seals, strict=True):
        assert np.hypot(one.x_mm - two.x_mm, one.y_mm - two.y_mm) < 0.5
        assert abs(one.diameter_mm - two.diameter_mm) < 0.5
    wide = min(fast_page.bgr.shape[1], slow_page.bgr.shape[1])  # drawing rounds a page's 2480.4 pixels up
    assert fast_page.bgr.shape[1] - wide <= 1 >= slow_page.bgr.shape[1] - wide
    assert (fast_page.strip is None) == (not strip)
    if fast_page.strip is not None:
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
    found = Scans(str(file)).pixels(0, DPI)
    assert found is not None
    assert found.ndim == 2
    assert Scans(str(file)).planes(0, DPI, 3) is None
    (page,), (told,) = looked(file, tmp_path / "grey")
    assert page.bgr.ndim == 3
    assert (told.page.colour, told.page.seals) == ("grey", ())


def picture(page: pikepdf.Page) -> pikepdf.Object:
    return next(iter(page.Resources.XObject.values()))


def inverted(_pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    picture(page)["/Decode"] = Array([1, 0, 1, 0, 1, 0])


def masked(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    mask = pdf.make_stream(b"\x00", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1, BitsPerComponent=8)
    mask.ColorSpace = Name.DeviceGray
    picture(page)["/SMask"] = mask


def turned(_pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    page.obj["/Rotate"] = 180


def turned_above(pdf: pikepdf.Pdf, _page: pikepdf.Page) -> None:
    pdf.Root.Pages["/Rotate"] = 90


def covered(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    page.contents_add(pdf.make_stream(b"1 g 0 0 595 842 re f\n"))


def twice(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    name = next(iter(page.Resources.XObject.keys()))
    page.contents_add(pdf.make_stream(f"q 10 0 0 10 0 0 cm {name} Do Q\n".encode()))


def mirrored(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    page.contents_add(pdf.make_stream(b"q -1 0 0 1 595.2 0 cm\n"), prepend=True)


def noted(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    page.obj["/Annots"] = pdf.make_indirect(
        Array([Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=[9, 9, 99, 99])])
    )


def cropped(_pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    page.obj["/CropBox"] = Array([0, 0, 400, 600])


def larger_said(_pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    picture(page)["/Height"] = 1100


@pytest.mark.parametrize(
    "change",
    [inverted, masked, turned, turned_above, covered, twice, mirrored, noted, cropped, larger_said],
    ids=lambda one: one.__name__,
)
def test_whatever_is_shown_otherwise_is_drawn(
    tmp_path: Path, change: Callable[[pikepdf.Pdf, pikepdf.Page], None]
) -> None:
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
            comment(pdf, page)
        pdf.save(slow)
    got = receive(slow, tmp_path)
    assert got.clean is not None
    monkeypatch.setattr(limits, "CPU_SECONDS", 1)
    drawn = render_pages(got.clean, got.pages, name="s", dpi=DPI, small=3)
    assert [page.facts.page for page in drawn] == list(range(1, 19))
