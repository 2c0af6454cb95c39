"""Papers for a package, made from nothing: scans, odd pages, a seal, and a package of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.editions.package import Board, Item, Limits, Package, Picture, Seal, required_seals

BOOK = Rulebook.on(date(2026, 11, 1))
LIMITS = replace(Limits.of(BOOK), dpi=100)  # 300 on paper: a ninth of the pixels
A4 = (595.276, 841.89)
TITLES = {
    "business_licence": ("营业执照", Board.GENERAL, True),
    "licence": ("许可证正副本", Board.GENERAL, True),
    "audit_report": ("审计报告", Board.GENERAL, False),
    "number_ledger": ("码号资源使用台账", Board.SPECIAL, False),
    "seat_table": ("坐席明细表", Board.SPECIAL, False),
    "monthly_traffic": ("呼叫流量月报", Board.SPECIAL, False),
}


def sheet(seed: int, *, dpi: int = 150, noise: float = 4.0, wide: bool = False) -> Any:
    """A page of print as a scanner sees it: lines of words, a table's rules, grain of the paper."""
    draw = np.random.default_rng(seed)
    high, across = round(297 / 25.4 * dpi), round(210 / 25.4 * dpi)
    if wide:
        high, across = across, high
    page = np.full((high, across, 3), 244, np.uint8)
    step = high // 46
    for row in range(4, 42):
        x = across // 9
        while x < across * 8 // 9:
            length = int(draw.integers(across // 60, across // 9))
            if draw.random() < 0.8:
                cv2.putText(
                    page, "".join(map(chr, draw.integers(65, 91, length * 90 // across + 1))), (x, row * step),
                    cv2.FONT_HERSHEY_SIMPLEX, dpi / 330, (40, 36, 34), max(1, dpi // 120),
                )  # fmt: skip
            x += length + across // 40
        if draw.random() < 0.2:
            cv2.line(
                page, (across // 9, row * step + step // 3), (across * 8 // 9, row * step + step // 3), (60,) * 3, 1
            )
    if noise:
        grain = draw.normal(0, noise, page.shape[:2])[:, :, None]
        page = np.clip(page + grain, 0, 255).astype(np.uint8)
    return page


def jpeg(pixels: Any, quality: int = 80) -> bytes:
    """As JPEG."""
    return bytes(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def scan_page(pdf: pikepdf.Pdf, data: bytes, size: tuple[float, float] = A4, rotate: int = 0) -> None:
    """Add a page that is one picture."""
    pixels: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    image = pdf.make_stream(data)
    image.update(
        {
            "/Type": Name.XObject, "/Subtype": Name.Image, "/Width": pixels.shape[1], "/Height": pixels.shape[0],
            "/ColorSpace": Name.DeviceRGB, "/BitsPerComponent": 8, "/Filter": Name.DCTDecode,
        }
    )  # fmt: skip
    wide, high = size
    page = Dictionary(
        Type=Name.Page, MediaBox=Array([0, 0, wide, high]), Resources=Dictionary(XObject=Dictionary(Im0=image)),
        Contents=pdf.make_stream(f"q {wide} 0 0 {high} 0 0 cm /Im0 Do Q".encode()),
    )  # fmt: skip
    if rotate:
        page["/Rotate"] = rotate
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


@cache
def sheet_jpeg(seed: int, dpi: int) -> bytes:
    """A page as a scanner hands it on."""
    return jpeg(sheet(seed, dpi=dpi))


def scans(path: Path, seeds: Sequence[int], *, dpi: int = 150) -> Path:
    """A scan of some pages."""
    with pikepdf.new() as pdf:
        for seed in seeds:
            scan_page(pdf, sheet_jpeg(seed, dpi))
        pdf.save(path, deterministic_id=True)
    return path


def odd(path: Path) -> Path:
    """Pages that trip a stamper: turned, cropped, sharing one resource dictionary, inheriting it, leaving a matrix."""
    with pikepdf.new() as pdf:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        shared = pdf.make_indirect(Dictionary(Font=Dictionary(F1=font)))
        for turn in (0, 90, 180, 270):
            text = (
                f"q 1 0 0 1 40 60 cm BT /F1 30 Tf 60 300 Td (turned {turn}) Tj ET".encode()
            )  # no Q: it leaves its matrix
            page = Dictionary(
                Type=Name.Page, MediaBox=Array([0, 0, 640, 900]), CropBox=Array([22, 29, 617, 871]), Rotate=turn,
                Resources=shared, Contents=pdf.make_stream(text),
            )  # fmt: skip
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        for number in (5, 6):
            page = Dictionary(
                Type=Name.Page, MediaBox=Array([0, 0, *A4]),
                Contents=pdf.make_stream(f"BT /F1 30 Tf 90 400 Td (inherited {number}) Tj ET Q Q".encode()),
            )  # fmt: skip
            pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        pdf.Root.Pages["/Resources"] = shared
        pdf.save(path, deterministic_id=True)
    return path


def odd_item(folder: Path) -> Item:
    """An item of such pages, with every seal but that of copies."""
    return Item("odd", "奇特页面", Board.SPECIAL, odd(folder / "odd.pdf"), required_seals(BOOK, copy=False))


def seal_png(side: int = 473) -> bytes:
    """A round red seal with a star, clear outside."""
    picture = np.zeros((side, side, 4), np.uint8)
    red = (36, 28, 208, 255)
    middle = side // 2
    cv2.circle(picture, (middle, middle), middle - side // 40, red, side // 32)
    corners = [
        (middle + r * np.sin(k * np.pi / 5), middle - r * np.cos(k * np.pi / 5))
        for k in range(10)
        for r in (side * (0.2 if k % 2 == 0 else 0.08),)
    ]
    cv2.fillPoly(picture, [np.array(corners, np.int32)], red)
    for k in range(10):
        angle = np.pi * (0.75 + 1.5 * k / 9)
        x, y = middle + 0.36 * side * np.cos(angle), middle + 0.36 * side * np.sin(angle)
        cv2.rectangle(picture, (int(x) - 9, int(y) - 14), (int(x) + 9, int(y) + 14), red, 4)
    return bytes(cv2.imencode(".png", picture)[1])


def stamped() -> dict[Seal, Picture]:
    """One picture for every seal."""
    return dict.fromkeys((Seal.COVER, Seal.RIDING, Seal.COPY), Picture(seal_png(), 40.0))


def package(folder: Path, pages: Sequence[int] = (2, 3, 5, 4), **changed: Any) -> Package:
    """A package with scans; ``pages``: of each item, in the order of TITLES."""
    items, seed = [], 1
    for (name, (title, board, copy)), count in zip(TITLES.items(), pages, strict=False):
        file = scans(folder / f"{name}.pdf", range(seed, seed + count))
        seed += count
        items.append(Item(name, title, board, file, required_seals(BOOK, copy=copy)))
    fields = {
        "enterprise": "北京示例呼叫科技有限公司", "licence": "京B2-20200001", "season": 2026, "items": tuple(items),
        "limits": LIMITS, "snapshot": "20261126-083000-a1b2c3",
    }  # fmt: skip
    return Package(**{**fields, **changed})
