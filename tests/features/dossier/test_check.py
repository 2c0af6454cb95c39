"""A file against its item, from the shell to the verdict."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from tests.support.hostile import pdfs
from tests.support.scans import ink, paper, scanner
from tests.support.scans.ink import Print

from nianjian.doors.cli.main import main
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.check import (
    CheckResult,
    InspectedPage,
    Limits,
    _form,
    _sheet,
    check,
    find_missing_seals,
)
from nianjian.features.dossier.generated.document import Document, pdf
from nianjian.features.dossier.ingest.receive import DrawnPage, PageFacts
from nianjian.features.dossier.kinds import Form, get_item
from nianjian.features.dossier.seals.mask import Kind, Seal
from nianjian.features.dossier.states import PageFound, ReadFields, Sheet, Verdict, Weight

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
    rng, found = random.Random(6), []
    layer = ink.worn(ink.coverage(Print("round", 42, 42, "normal", NAME), 300, rng), rng)
    part = (layer.shape[1] - 48) // max(1, len(kinds))
    for number, kind in enumerate(kinds):
        page = cv2.resize(paper.page(kind, 8), (2480, 3508), interpolation=cv2.INTER_CUBIC)
        if number == 0:
            ink.stamp(page, layer, "normal", 1400, 2300)
        if len(kinds) > 1:
            ink.stamp(page, layer[:, 24 + number * part : 24 + (number + 1) * part], "normal", 2480 - part, 1500)
        found.append(scanner.scanned(page, scanner.Faults(noise=2, quality=85), rng)[0])
    return found


def written(folder: Path, scans: list[np.ndarray], dpi: int = 300) -> Path:
    images = [Image.fromarray(np.ascontiguousarray(page[..., ::-1])) for page in scans]
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=dpi, quality=85)
    file = folder / "scan.pdf"
    file.write_bytes(out.getvalue())
    return file


def codes(checked: CheckResult) -> list[tuple[str, int | None]]:
    return [(one.code, one.page) for one in checked.findings]


def test_a_sealed_scan_whose_fields_are_read_is_ready(tmp_path: Path) -> None:
    reader = Knows({"total": "100"})
    checked = check(written(tmp_path, pages("text", "table")), get_item("shareholders"), reading=reader)
    assert (checked.verdict, codes(checked)) == (Verdict.READY, [])
    assert reader.seen == [1, 2]
    assert [page.dpi for page in checked.pages] == [300, 300]


def test_a_coarse_scan_is_not_ready_and_what_is_not_read_is_asked_for(tmp_path: Path) -> None:
    small = [cv2.resize(page, (1240, 1754), interpolation=cv2.INTER_AREA) for page in pages("text")]
    checked = check(written(tmp_path, small, dpi=150), get_item("shareholders"))
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
    missing = list(find_missing_seals(get_item("shareholders"), found, Rulebook.on(date(2026, 11, 1))))
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
    drawn = DrawnPage(PageFacts(1, *map(float, sides), (), 0), 100, np.zeros((1, 1, 3), np.uint8), 300)
    found = _sheet(replace(_page(), rotation=rotation), drawn, Limits.of(Rulebook.on(date(2026, 11, 1))))
    assert [(one.code, one.weight) for one in found] == wanted


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
    book = Rulebook.on(date(2026, 11, 1))
    item = replace(get_item("business_licence"), asked=asked)
    found = _form(item, [InspectedPage(_page(), beside, ())], book, Limits.of(book))
    assert [one.code for one in found] == wanted


@pytest.mark.long
def test_the_command_prints_the_agreed_shape_and_exits_by_the_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, pages("text"))
    assert main(["dossier", "check", str(file), "--item", "shareholders", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {"item", "verdict", "findings", "fields", "pages"} <= set(told)
    assert (told["item"], told["verdict"]) == ("shareholders", "needs_person")
    assert set(told["findings"][0]) == {"code", "page", "message"}
    (page,) = told["pages"]
    assert set(page) == {"page", "a4", "dpi", "blank", "skew_deg", "rotation", "colour", "seals"}
    (seal,) = page["seals"]
    assert set(seal) == {"x_mm", "y_mm", "diameter_mm", "kind"}
    assert seal["kind"] == "round"
    assert abs(seal["diameter_mm"] - 42) < 1.5


def test_a_hostile_file_is_one_message_and_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.pdf"
    file.write_bytes(pdfs.user_password())
    assert main(["dossier", "check", str(file), "--item", "articles", "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["error"]["code"] == "dossier_password"
    assert "bad.pdf" in told["error"]["message"]


def test_an_item_that_is_none_is_named_with_those_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dossier", "check", str(tmp_path / "a.pdf"), "--item", "audit", "--json"]) == 2
    assert "audit_report" in json.loads(capsys.readouterr().out)["error"]["message"]


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.usefixtures("anna")
def test_another_firms_licence_is_told_where_the_enterprise_is_named(
    demo: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = (("统一社会信用代码", "91110000600037341L"), ("名称", OTHER), ("法定代表人", "刘垚"))
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf(Document("business_licence", "营业执照", "企业", facts, "")))
    words = ["dossier", "check", str(path), "--item", "business_licence", "--json"]

    def codes(*more: str) -> set[str]:
        assert main([*words, *more]) == 1
        told = json.loads(capsys.readouterr().out)
        assert told["fields"]["name"] == OTHER
        return {one["code"] for one in told["findings"]}

    assert "field_differs" not in codes()
    assert "field_differs" in codes("--enterprise", demo, "--season", "2026")
    assert main([*words, "--enterprise", "nobody"]) == 2
