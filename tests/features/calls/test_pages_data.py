"""The import in four steps by the browser's requests, the batch that comes of it, its rejects, undo and replacement."""

import csv
import io
import re
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.test import Client
from django.utils.translation import override
from tests.support.import_pages import begun, calls, committed, sent, work
from tests.support.people import signed_in
from tests.support.teams import standing

from nianjian.engines.intake import ledger
from nianjian.engines.intake.load import catalogue
from nianjian.engines.intake.mapping import FIELDS
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls import register_sheets, rejects
from nianjian.features.calls.drafts import create_draft
from nianjian.features.calls.wizard import field_label
from nianjian.platform.accounts.models import Membership
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.audit.query import acts
from nianjian.platform.audit.record import record
from nianjian.platform.home import wiring
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers import batches, drafts, kinds, mappings, uploads
from nianjian.platform.registers.queries import list_register
from nianjian.platform.vault import blobs
from nianjian.platform.web import work as shown
from nianjian.platform.web.days import format_moment

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

OPERATOR = Actor("tester")
PHONE = "13900000000"


@pytest.fixture
def site(db: None, home: Path, keys: None) -> Client:
    add_enterprise(code="demo", name="示范", province="北京", actor=OPERATOR)
    return signed_in("anna", "data_officer", "demo")


def _text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def _imported(client: Client, content: bytes | None = None, **more: str) -> str:
    """Id of the batch of one imported file."""
    draft = begun(client, **more)
    sent(client, draft, ("话单.csv", content or calls()))
    committed(client, draft)
    return batches.list_batches("demo")[0].id


def test_the_whole_way_of_a_gb18030_file_with_bad_rows(site: Client) -> None:
    text = _text(site, "/e/demo/data/")
    assert ('href="/e/demo/data/import/"' in text, 'class="empty"' in text) == (True, True), "what to do next"
    assert 'value="calls"' in _text(site, "/e/demo/data/import/")
    draft = begun(site)
    text = sent(site, draft, ("话单.csv", calls()))
    for word in ("话单.csv", "通用话单", "gb18030", "139****0000"):
        assert word in text
    assert PHONE not in text
    assert draft in _text(site, "/e/demo/data/")  # a draft survives

    text = _text(site, f"{draft}mapping/")
    assert "被叫号码" in text
    answer = site.post(f"{draft}mapping/", {"source": "auto", "timezone": "Asia/Shanghai"})
    assert answer.headers["Location"] == f"{draft}check/"

    text = _text(site, f"{draft}check/")
    for word in ("139****0000", "开始时间", "李*"):
        assert word in text
    assert PHONE not in text
    answer = site.post(f"{draft}check/whole/")
    work()
    assert queue.job(answer.headers["Location"].split("/")[-2]).result["rows"]["rejected"] == 2  # type: ignore[index]
    assert answer.headers["Location"] in _text(site, f"{draft}check/")
    assert batches.list_batches("demo") == []

    assert site.get(f"{draft}commit/").headers["Location"] == f"{draft}check/"
    job = committed(site, draft)
    (batch,) = batches.list_batches("demo")
    text = _text(site, job)
    assert f"/e/demo/data/batches/{batch.id}/" in text
    assert batch.created_by == "user:anna"
    assert batch.files[0].receipt["rows"] == {"read": 7, "loaded": 5, "duplicate": 0, "rejected": 2}
    assert site.get(f"{draft}files/").status_code == 404
    assert list(uploads.folder().glob("D*")) == []

    text = _text(site, f"/e/demo/data/batches/{batch.id}/")
    for word in ("话单.csv", "gb18030", "139****0000", "李*", "开始时间"):
        assert word in text
    assert PHONE not in text
    assert "李四" not in text
    row = _text(site, "/e/demo/data/batches/")
    assert re.search(rf'href="/e/demo/data/batches/{batch.id}/"[^>]*>话单.csv</a>', row)
    assert re.search(r'class="badge warn"\s*>有未收 2 行<', row)
    assert batch.id in row
    assert f"/e/demo/data/batches/{batch.id}/" in _text(site, "/e/demo/data/rejected/"), (
        "each reason leads to its batch"
    )
    assert "未收 2 行" in _text(site, "/e/demo/data/")
    assert _text(site, "/e/demo/data/quality/")


def test_rejected_rows_are_shown_in_full_only_with_an_entry_in_the_chain(site: Client) -> None:
    batch = _imported(site)
    assert list(acts(enterprise="demo", verb="calls.reveal")) == []
    address = f"/e/demo/data/batches/{batch}/"
    assert site.get(f"{address}reveal/").status_code == 405
    text = site.post(f"{address}reveal/").content.decode()
    assert PHONE in text
    assert "李四" in text
    (act,) = acts(enterprise="demo", verb="calls.reveal")
    assert (act.actor, act.data) == ("user:anna", {"batch": batch, "rows": 2})

    answer = site.post(f"{address}rejects/")
    content = answer.getvalue().decode("utf-8-sig")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{batch}-rejects.csv"'
    assert content.splitlines()[0].endswith("行号,列,原因代码,原因")
    assert content.count("start_unreadable") == 2
    assert len(list(acts(enterprise="demo", verb="calls.rejects"))) == 1

    assert "139****0000" in _text(signed_in("eve", "tester", "demo"), address)


def test_rejects_of_two_kinds_come_as_a_zip(site: Client) -> None:
    other = calls().decode("gb18030").replace("话单ID", "通话ID").replace("客户姓名", "备注")
    draft = begun(site)
    sent(site, draft, ("a.csv", calls()), ("b.csv", other.replace("c", "d").replace("b", "e").encode()))
    committed(site, draft)
    (batch,) = batches.list_batches("demo")
    answer = site.post(f"/e/demo/data/batches/{batch.id}/rejects/")
    pack = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert len(pack.namelist()) == 2


def test_a_batch_is_undone_as_work_and_can_come_again(site: Client) -> None:
    batch = _imported(site)
    second = _imported(site, calls(rows=8, bad=0))
    address = f"/e/demo/data/batches/{batch}/"
    answer = site.post(f"{address}undo/")
    work()
    assert queue.job(answer.headers["Location"].split("/")[-2]).state == "done"
    assert f'href="/e/demo/data/batches/{second}/"' in _text(site, answer.headers["Location"]), (
        "its file lacks rows now"
    )
    assert batches.get_batch(batch).state == "undone"
    assert sum(old.rows for old in wiring.lake("demo").old_files(ledger.CALLS_TABLE)) == 3
    text = _text(site, address)
    assert "undo/" not in text
    assert "139****0000" not in text
    _imported(site)
    assert [one.state for one in batches.list_batches("demo")] == ["active", "active", "undone"]
    answer = site.post(f"{address}undo/")
    work()
    text = _text(site, answer.headers["Location"])
    assert batch in text
    assert 'role="alert"' in text


def test_a_corrected_file_replaces_a_batch(site: Client) -> None:
    old = _imported(site)
    add_enterprise(code="other", name="示范", province="北京", actor=OPERATOR)
    Membership.objects.create(user_id="anna", enterprise_id="other", role="data_officer")
    options: dict[str, Any] = {"kind": "calls", "actor": Actor("anna", "user"), "replaces": old}
    with pytest.raises(NianjianError, match="batch_unknown"):
        create_draft(enterprise="other", **options)
    new = _imported(site, calls(rows=7, bad=0), replaces=old)
    assert (batches.get_batch(old).state, batches.get_batch(old).replaces) == ("replaced", "")
    assert (batches.get_batch(new).state, batches.get_batch(new).replaces) == ("active", old)
    assert new in _text(site, f"/e/demo/data/batches/{old}/")
    with pytest.raises(NianjianError, match="batch_not_active"):
        create_draft(enterprise="demo", **options)


def test_a_foreign_file_is_mapped_and_the_mapping_kept(site: Client) -> None:
    foreign = calls().decode("gb18030").replace("被叫号码", "客户").replace("方向", "路").replace("呼出", "OB")
    draft = begun(site)
    text = sent(site, draft, ("crm.csv", foreign.encode()))
    assert "notice warning" in text
    form = {
        "source": "generic",
        "timezone": "Asia/Shanghai",
        "column_callee": "客户",
        "column_direction": "路",
        "words": "方向: OB = 呼出",
        "save_as": "crm",
    }
    wrong = site.post(f"{draft}mapping/", {**form, "words": "方向: OB = 斜"})
    assert wrong.status_code == 422
    assert "mapping.yaml" in wrong.content.decode()
    assert str(uploads.folder()) not in wrong.content.decode()
    assert site.post(f"{draft}mapping/", {**form, "timezone": "Mars"}).status_code == 422
    assert site.post(f"{draft}mapping/", {**form, "column_callee": "nothing"}).status_code == 422
    assert site.post(f"{draft}mapping/", form).headers["Location"] == f"{draft}check/"
    assert mappings.get_mapping("demo", "crm") == {
        "columns": {"direction": "路", "callee": "客户"},
        "values": {"direction": {"OB": "呼出"}},
    }
    text = _text(site, f"{draft}mapping/")
    assert re.search(r'<option value="客户" selected[ >]', text)
    assert "direction: OB = 呼出" in text
    committed(site, draft)
    assert batches.list_batches("demo")[0].files[0].receipt["rows"]["loaded"] == 5  # type: ignore[index]

    second = begun(site)
    sent(site, second, ("crm.csv", foreign.replace("c", "d").encode()))
    answer = site.post(f"{second}mapping/load/", {"name": "crm"})
    assert answer.headers["Location"] == f"{second}mapping/"
    assert re.search(r'<option value="客户" selected[ >]', _text(site, f"{second}mapping/"))
    assert "139****0000" in _text(site, f"{second}check/")
    assert site.post(f"{second}mapping/load/", {"name": "other"}).status_code == 404


def test_files_are_taken_out_and_a_draft_given_up(site: Client) -> None:
    draft = begun(site)
    for step in ("mapping/", "check/"):
        assert site.get(f"{draft}{step}").headers["Location"] == f"{draft}files/", "a step without files leads back"
    assert sent(site, draft).count("notice error") == 1
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = site.cookies
    assert strict.post(f"{draft}files/", {"files": io.BytesIO(calls())}).status_code == 403
    assert [one.files for one in drafts.list_drafts("demo", "user:anna")] == [()], "a form without its token"
    assert not any(path.is_file() for path in uploads.folder().rglob("*"))
    sent(site, draft, ("a.csv", calls()), ("b.csv", calls(first=50)))
    assert "a.csv" in sent(site, draft, ("again.csv", calls()))  # there already
    (stored,) = drafts.list_drafts("demo", "user:anna")
    assert [file.name for file in stored.files] == ["a.csv", "b.csv"]
    site.post(f"{draft}files/1/drop/")
    assert [file.name for file in drafts.get_draft(stored.id).files] == ["b.csv"]
    site.post(f"{draft}drop/")
    assert drafts.list_draft_ids() == frozenset()
    assert not any(path.is_file() for path in uploads.folder().rglob("*"))


def test_a_file_that_is_too_large_is_not_kept(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_UPLOAD_MIB", "1")
    draft = begun(site)
    text = sent(site, draft, ("big.csv", b"x" * (3 << 20)), ("small.csv", calls()))
    assert "big.csv" in text
    (stored,) = drafts.list_drafts("demo", "user:anna")
    assert [file.name for file in stored.files] == ["small.csv"]
    assert list((uploads.folder() / uploads.INCOMING).iterdir()) == []


def test_work_is_watched_and_stopped(site: Client) -> None:
    draft = begun(site)
    sent(site, draft, ("a.csv", calls()))
    address = site.post(f"{draft}commit/").headers["Location"]
    job = address.split("/")[-2]
    text = _text(site, address)
    assert f'hx-get="{address}progress/"' in text
    assert "nianjian worker" in text  # none is running here
    assert site.get(f"{draft}files/").status_code == 409
    taken = queue_service.take(worker="w9", again=frozenset())
    assert taken is not None
    queue_service.live(worker="w9")
    queue_service.progress(job=job, worker="w9", done=50, total=200, note="a.csv")
    text = _text(site, f"{address}progress/")
    assert 'value="25"' in text
    assert "MiB" in text
    assert "nianjian worker" not in text
    site.post(f"{address}stop/")
    assert queue.job(job).stop_wanted
    queue_service.stopped(job=job, worker="w9", result={})
    answer = site.get(f"{address}progress/")
    assert answer.headers["HX-Refresh"] == "true"
    assert "hx-get" not in answer.content.decode()
    assert f'href="{draft}check/"' in _text(site, address)
    assert site.post(f"{address}stop/").status_code == 409


def test_work_that_failed_says_why(site: Client) -> None:
    draft = begun(site)
    sent(site, draft, ("letter.csv", b"dear,sir\nplease,find\n"))
    assert "letter.csv" in _text(site, f"{draft}check/")
    text = _text(site, committed(site, draft))
    assert 'role="alert"' in text
    assert "letter.csv" in text
    assert f'href="{draft}check/"' in text


def test_a_page_of_batches_loads_no_more_than_it_shows(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nianjian.platform.web.paging.SIZE", 50)
    counts: list[int] = []
    monkeypatch.setattr(batches, "list_newest_batches", lambda _code, **part: counts.append(part["count"]) or [])
    _text(site, "/e/demo/data/batches/?page=1")
    assert counts == [51]


def test_the_rows_that_a_check_rejects_are_given_back_to_be_corrected(site: Client) -> None:
    draft = begun(site)
    assert site.get(f"{draft}errors/").status_code == 400, "no file was sent yet"
    sent(site, draft, ("话单.csv", calls(rows=3, bad=2)))
    assert f'href="{draft}errors/"' in _text(site, f"{draft}check/")
    answer = site.get(f"{draft}errors/")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["行号"], row["列"]) for row in rows] == [("5", "开始时间"), ("6", "开始时间")]
    assert all(row["原因"] and row["被叫号码"].isdigit() for row in rows)
    clean = begun(site)
    sent(site, clean, ("clean.csv", calls(rows=3, bad=0)))
    assert f"{clean}errors/" not in _text(site, f"{clean}check/")
    assert site.get(f"{clean}errors/").status_code == 404


def test_every_time_is_beijing_time_and_work_that_is_done_is_done(site: Client) -> None:
    with transaction.atomic():
        record(verb="registers.import", enterprise="demo", actor=OPERATOR, data={"kind": "teams", "file": "x.csv"})
    (act,) = acts(enterprise="demo", verb="registers.import")
    local = datetime.fromisoformat(act.at).astimezone(clock.ZONE)
    committed(site, _with_file(site))
    page = _text(site, "/e/demo/data/batches/")
    with override("zh-hans"):
        assert re.search(rf">\s*{format_moment(local)}</td>", page)
    assert act.at[:16].replace("T", " ") not in page
    assert "UTC" not in page.replace("UTC+8", "")
    assert "时间均为北京时间" in page
    assert len(re.findall(r' stacked\s*"', page)) == 3, "batches, imports and finished work"
    done = queue.jobs("demo", newest=1)[0]
    done.total, done.done = 7, 0
    assert shown.bar(done).percent == 100
    done.state = "running"
    assert shown.bar(done).percent == 0
    assert "通用话单" in _text(site, f"/e/demo/data/batches/{batches.list_batches('demo')[0].id}/")


def _with_file(client: Client) -> str:
    draft = begun(client)
    sent(client, draft, ("话单.csv", calls(rows=3, bad=0)))
    return draft


def test_fields_are_called_as_the_generic_form_heads_them() -> None:
    """What the mapping page names in Chinese is what stands in the template that people download."""
    with override("zh-hans"):
        assert {field: field_label(field) for field in FIELDS} == FIELDS
    with override("en"):
        assert not any(re.search("[\u4e00-\u9fff]", field_label(field)) for field in FIELDS)


# Rejected rows of a batch as a file that the worker makes: asked for once, fetched, told of, swept, stopped.


def test_many_rejected_rows_are_work_and_each_fetch_stands_in_the_chain(
    site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rejects, "DIRECT", 2)
    batch = _imported(site, calls(rows=1, bad=3))
    address = f"/e/demo/data/batches/{batch}/"
    locations = [site.post(f"{address}rejects/").headers["Location"] for _ in range(2)]
    assert locations[0] == locations[1]
    work()
    page = _text(site, locations[0])
    (file,) = re.findall(r'<form method="post" action="([^"]*/rejects/J\w+/)"', page)
    assert not list(acts(enterprise="demo", verb="calls.rejects"))
    answer = site.post(file)
    with zipfile.ZipFile(io.BytesIO(answer.getvalue())) as pack:
        assert pack.read(f"{batch}-rejects.csv").decode("utf-8-sig").count("start_unreadable") == 3
    (act,) = acts(enterprise="demo", verb="calls.rejects")
    assert act.data == {"batch": batch, "rows": 3}
    assert file not in _text(signed_in("eve", "tester", "demo"), locations[0])
    job = queue.job(file.split("/")[-2])
    assert str(job.result["blob"]) in set(blobs.blobs())
    assert rejects.delete_expired_files() == 0
    Job.objects.filter(pk=job.id).update(finished_at=clock.now() - rejects.KEPT - timedelta(hours=1))
    assert rejects.delete_expired_files() == 1
    assert str(job.result["blob"]) not in set(blobs.blobs())
    assert site.post(file).status_code == 404
    assert file not in _text(site, locations[0])


def test_the_making_of_a_rejects_file_stops_when_it_is_asked_to(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejects, "DIRECT", 2)
    monkeypatch.setattr("nianjian.engines.intake.rejects.STEP", 2)
    batch = _imported(site, calls(rows=1, bad=3))
    job = site.post(f"/e/demo/data/batches/{batch}/rejects/").headers["Location"].split("/")[-2]
    monkeypatch.setattr("nianjian.doors.site.worker.PAUSE", 0)
    steps = []
    real = queue_service.progress

    def progress(**options: Any) -> bool:
        steps.append(options["done"])
        if options["done"]:
            queue_service.stop(job=job)
        return real(**options)

    monkeypatch.setattr(queue_service, "progress", progress)
    before = set(blobs.blobs())
    work()
    assert (queue.job(job).state, steps) == ("stopped", [0, 2])
    assert set(blobs.blobs()) == before


# Every register by the browser: its empty sheet filled in, checked, committed; faults in a workbook.


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
        row = f'<td class="n">3</td><td>团队</td><td>{why}</td><td>T9</td>'
        assert row in re.sub(r"\s*>\s*", ">", text)
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


def test_many_faults_are_marked_by_the_worker(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_sheets, "MARKED", 2)
    draft = begun(site, "lines")
    rows = "\n".join(f"L{n},明天" for n in range(3))
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
    assert page.max_row == 4


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


def test_what_is_no_sheet_or_no_register_is_told_so(site: Client) -> None:
    assert site.post("/e/demo/data/import/", {"kind": "unicorns"}).status_code in {400, 404}
    assert site.get("/e/demo/data/import/template/unicorns/").status_code in {400, 404}
    links = re.findall(r'href="(/e/demo/data/import/example/[a-z0-9_]+/)"', _text(site, "/e/demo/data/import/"))
    assert len(links) == len(catalogue()) > 10, "each source has an example"
    assert site.get(links[0]).headers["Content-Disposition"].startswith("attachment")
    assert site.get("/e/demo/data/import/example/none/").status_code == 404
    draft = begun(site, "lines")
    sent(site, draft, ("photo.xlsx", b"\x89PNG not a workbook"))
    for step in ("mapping/", "check/"):
        assert "notice error" in site.get(f"{draft}{step}").content.decode()


def test_what_is_of_another_enterprise_or_team_does_not_exist(site: Client) -> None:
    add_enterprise(code="other", name="示范", province="北京", actor=OPERATOR)
    sent(site, draft := begun(site), ("a.csv", calls()))
    job = committed(site, draft)
    batch = f"/e/demo/data/batches/{batches.list_batches('demo')[0].id}/"
    Membership.objects.create(user_id="anna", enterprise_id="other", role="data_officer")
    assert {site.get(one.replace("/e/demo/", "/e/other/")).status_code for one in (batch, job)} == {404}
    outsourcer = signed_in("otto", "outsourcer", "demo")
    Membership.objects.filter(user_id="otto").update(team="T1")
    assert {outsourcer.get(one).status_code for one in (job, f"{job}progress/")} == {404}
    assert outsourcer.post(f"{job}stop/").status_code == 404
    assert "/e/demo/data/import/" not in _text(signed_in("ines", "tester", "demo"), "/e/demo/data/")
