"""Every register by the browser: its empty sheet filled in, checked, committed; faults in a workbook."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from tests.support.import_pages import begun, committed, sent, work
from tests.support.people import signed_in
from tests.support.teams import standing

from nianjian.features.calls import register_sheets
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.audit.query import acts
from nianjian.platform.registers import kinds
from nianjian.platform.registers.queries import list_register

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(db: None, home: Path, keys: None) -> Client:
    add_enterprise(code="demo", name="示范", province="北京", actor=Actor("tester"))
    return signed_in("anna", "data_officer", "demo")


def _filled(template: bytes) -> bytes:
    """The template with its own example put onto the sheet."""
    book = openpyxl.load_workbook(io.BytesIO(template))
    page, example = book.worksheets
    for cell in example[2]:
        page.cell(row=2, column=cell.column, value=cell.value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_register_from_its_template_to_its_rows(site: Client) -> None:
    standing("demo", "T01")  # the one that the examples name
    kind = "numbers"  # it has columns of yes and no
    answer = site.get(f"/e/demo/data/import/template/{kind}/")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{kind}.xlsx"'
    draft = begun(site, kind)
    text = sent(site, draft, (f"{kind}.xlsx", _filled(answer.content)))
    assert f"{kind}.xlsx" in text
    assert kinds.register(kind).sheet.columns[0].header in site.get(f"{draft}mapping/").content.decode()
    text = site.get(f"{draft}check/").content.decode()
    assert "notice success" in text, text
    committed(site, draft)
    assert len(list_register(kind=kind, enterprise="demo", as_at=None).rows) == 1
    (act,) = acts(enterprise="demo", verb="registers.import")
    assert (act.actor, act.data["inserted"]) == ("user:anna", 1)
    text = site.get("/e/demo/data/batches/").content.decode()
    assert f"{kind}.xlsx" in text


def test_a_sheet_that_names_a_missing_team_says_where_and_what_helps(site: Client) -> None:
    for kind, head in (("seats", "坐席编号"), ("staff", "工号"), ("lines", "线路编号")):
        draft = begun(site, kind)
        sent(site, draft, (f"{kind}.csv", f"{head},团队\nA1,\nA2,T9\n".encode()))
        text = site.get(f"{draft}check/").content.decode()
        why = "没有编号或名称为“T9”的团队：请先在团队台账中登记，或改正该单元格"
        told = f'<td class="n">3</td><td>团队</td><td>{why}</td><td>T9</td>'
        assert told in re.sub(r"\s*>\s*", ">", text)
        assert ("notice error" in text) == (kind != "lines"), "lines are imported before their teams: a warning"


def test_a_faulty_sheet_is_marked_and_changes_nothing(site: Client) -> None:
    draft = begun(site, "seats")
    rows = ["坐席编号,类型,姓名,证件号", "A1,人工,张三,", "A2,机械,李四,110101199003070007"]
    sent(site, draft, ("seats.csv", ("\n".join(rows) + "\n").encode("gb18030")))
    text = site.get(f"{draft}check/").content.decode()
    assert "notice error" in text
    assert "张*" in text
    for personal in ("张三", "李四", "110101199003070007"):
        assert personal not in text
    book = openpyxl.load_workbook(io.BytesIO(site.get(f"{draft}errors/").content))
    assert book.worksheets[0].cell(row=3, column=5).value
    text = site.get(committed(site, draft)).content.decode()
    assert 'role="alert"' in text
    assert list(acts(enterprise="demo", verb="registers.import")) == []
    assert sent(site, draft, ("more.csv", b"x")).count("notice error") == 1  # one sheet at a time


@pytest.mark.parametrize(("kind", "faulty"), [("人工", 0), ("机械", 1)])
def test_a_large_sheet_is_checked_by_the_worker(
    site: Client, monkeypatch: pytest.MonkeyPatch, kind: str, faulty: int
) -> None:
    monkeypatch.setattr("nianjian.features.calls.register_sheets.LARGE", 10)
    draft = begun(site, "seats")
    sent(site, draft, ("seats.csv", f"坐席编号,类型,姓名\nA1,人工,张三\nA2,{kind},李四\n".encode()))
    assert f'href="{draft}check/"' in site.get(f"{draft}mapping/").content.decode()
    text = site.get(f"{draft}check/").content.decode()
    assert f"{draft}check/whole/" in text
    assert f'action="{draft}commit/"' not in text
    assert site.get(f"{draft}errors/").status_code == 404, "no page makes a large workbook"
    job = site.post(f"{draft}check/whole/").headers["Location"]
    work()
    book = site.get(f"{draft}errors/")
    assert book.status_code == (200 if faulty else 404)
    if faulty:
        page = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).active  # type: ignore[attr-defined]
        assert page is not None
        marked = [cell.value for row in page.iter_rows() for cell in row if cell.comment is not None]
        assert marked == ["机械"]
        assert any("类型：" in str(cell.value) for cell in next(page.iter_rows(min_row=3)))
    assert f'href="{draft}check/"' in site.get(job).content.decode()
    text = site.get(f"{draft}check/").content.decode()
    assert "李四" not in text
    assert ("notice error" in text, "notice success" in text) == (bool(faulty), not faulty)
    assert (f'action="{draft}commit/"' in text) != bool(faulty)


def test_many_faults_are_marked_by_the_worker(site: Client) -> None:
    draft = begun(site, "lines")
    rows = "\n".join(f"L{n},明天" for n in range(register_sheets.MARKED + 1))
    sent(site, draft, ("lines.csv", f"线路编号,启用日期\n{rows}\n".encode()))
    text = site.get(f"{draft}check/").content.decode()
    assert not re.search(r"\bL0\b", text.split('class="stages"')[1].split("<table")[0])  # a token may hold the letters
    assert (f"{draft}errors/" in text, f"{draft}check/whole/" in text) == (False, True)
    assert site.get(f"{draft}errors/").status_code == 404
    site.post(f"{draft}check/whole/")
    work()
    assert f"{draft}errors/" in site.get(f"{draft}check/").content.decode()
    answer = site.get(f"{draft}errors/")
    page = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)), read_only=True).worksheets[0]  # type: ignore[attr-defined]
    assert page.max_row == register_sheets.MARKED + 2


def test_a_small_workbook_that_holds_much_is_left_to_the_worker(site: Client) -> None:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet()
    for row in [["线路编号", "名称"], *[["L1", "x"]] * 12_000]:
        page.append(row)
    packed = io.BytesIO()
    book.save(packed)
    assert len(packed.getvalue()) < register_sheets.LARGE
    draft = begun(site, "lines")
    sent(site, draft, ("lines.xlsx", packed.getvalue()))
    text = site.get(f"{draft}check/").content.decode()
    assert (f"{draft}check/whole/" in text, "notice" in text.split('class="stages"')[1]) == (True, False)


def test_a_file_that_is_no_sheet_is_told_so(site: Client) -> None:
    draft = begun(site, "lines")
    sent(site, draft, ("photo.xlsx", b"\x89PNG not a workbook"))
    for step in ("mapping/", "check/"):
        assert "notice error" in site.get(f"{draft}{step}").content.decode()


def test_an_unknown_register_is_refused(site: Client) -> None:
    assert site.post("/e/demo/data/import/", {"kind": "unicorns"}).status_code in {400, 404}
    assert site.get("/e/demo/data/import/template/unicorns/").status_code in {400, 404}
