"""Files of calls and of registers by the API: previews, imports, batches and their rejected rows."""

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import openpyxl
import pytest
from django.test import Client
from tests.support.asking import DEMO, Ask, post, upload
from tests.support.import_pages import HEADER, calls, work
from tests.support.teams import standing

from nianjian.features.complaints.models import Complaint
from nianjian.platform.accounts.models import Membership
from nianjian.platform.jobs import query
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers.models import Line

pytestmark = pytest.mark.django_db
LINES, SEATS = f"{DEMO}/registers/lines", f"{DEMO}/registers/seats"
CALLS, FORWARDS = f"{DEMO}/calls/previews", f"{DEMO}/complaints/forwards"
IDENTITY = "11010519491231002X"
PNG = b"\x89PNG\r\n\x1a\n picture"


def _line(client: Client, key: str, **values: str) -> str:
    standing("demo", values.get("team", ""))
    new = {"values": {"line_id": key, **values}, "since": "2025-01-01"}
    assert post(client, f"{LINES}/rows", new).status_code == 201
    return f"{LINES}/rows/{key}"


def _seat(client: Client) -> None:
    values = {"seat_id": "S1", "kind": "人工", "person": "王小明", "identity": IDENTITY}
    assert post(client, f"{SEATS}/rows", {"values": values}).status_code == 201


def _nobody(content: str) -> bool:
    return "王小明" not in content and IDENTITY not in content


def _newest(client: Client, verb: str) -> dict[str, Any]:
    entry: dict[str, Any] = client.get(f"{DEMO}/audit?verb={verb}").json()["items"][0]
    return entry


def _csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_chain_goes_out_as_csv_and_says_so(api: Ask) -> None:
    client = api("auditor", name="otto")
    api()
    answer = client.post(f"{DEMO}/audit/export?verb=user.grant&first=2000-01-01")
    rows = _csv(b"".join(answer.streaming_content))
    assert rows[0] == ["seq", "at", "actor", "enterprise", "verb", "data", "prev", "hash"]
    assert {(row[3], row[4]) for row in rows[1:]} == {("demo", "user.grant")}
    assert _newest(client, "audit.export")["actor"] == "user:otto"
    assert client.post("/api/v1/audit/export").status_code == 403
    assert client.post("/api/v1/enterprises/other/audit/export").status_code == 404
    whole = api("auditor", name="chief", enterprise="").post("/api/v1/audit/export?last=2000-01-01")
    assert len(_csv(b"".join(whole.streaming_content))) == 1


@pytest.mark.postgres
def test_registers_are_listed_masked(api: Ask) -> None:
    client = api()
    _seat(client)
    states = {one["kind"]: one["rows"] for one in client.get(f"{DEMO}/registers").json()["items"]}
    assert (states["seats"], states["lines"]) == (1, 0)
    rows = client.get(f"{DEMO}/registers/seats").json()["items"]
    assert rows[0]["values"]["seat_id"] == "S1"
    assert _nobody(json.dumps(rows, ensure_ascii=False))
    assert client.get(f"{DEMO}/registers/seats?as_at=2019-01-01").status_code == 200
    assert client.get(f"{DEMO}/registers/nothing").status_code == 404
    assert client.get(f"{DEMO}/registers/seats?sort=nothing").status_code == 422
    assert post(client, f"{SEATS}/rows/S1/reveal").json()["values"]["person"] == "王小明"
    assert len(client.get(f"{DEMO}/audit?verb=registers.reveal").json()["items"]) == 1


@pytest.mark.postgres
def test_an_outsourcer_sees_rows_of_the_own_team_alone(api: Ask) -> None:
    for key, team in (("L1", "T1"), ("L2", "T2")):
        _line(api(), key, team=team)
    client = api("outsourcer", name="out", team="T1")
    assert [one["key"] for one in client.get(LINES).json()["items"]] == ["L1"]
    assert [one["key"] for one in client.get(f"{LINES}?team=T2").json()["items"]] == ["L1"]
    assert client.get(f"{DEMO}/registers/consents").status_code == 404
    assert client.get(f"{DEMO}/batches").status_code == 403
    portrait = client.get(f"{DEMO}/portraits/2026").json()
    assert portrait["team"] == "T1"
    assert "light" not in portrait
    assert client.get(DEMO).json()["light"] is None


@pytest.mark.postgres
def test_a_sheet_is_handed_to_the_worker(api: Ask) -> None:
    client = api()
    sheet = "线路编号,团队\nL1,T1\n".encode()
    answer = upload(client, f"{LINES}/imports", sheet, name="lines.csv")
    assert answer.status_code == 202
    path = Path(str(query.job(answer.json()["id"]).payload["file"]))
    assert path.read_bytes() == sheet
    checked = upload(client, f"{LINES}/imports", sheet, name="lines.csv", check="true")
    assert checked.json()["kind"] == "registers.check"


@pytest.mark.postgres
def test_a_row_is_written_changed_ended_and_remembered(api: Ask) -> None:
    client, address = api(), f"{LINES}/rows"
    standing("demo", "T1", "T2")
    wrong = post(client, address, {"values": {"line_id": "L1", "team": "T9"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "register_row_faulty")
    assert "T9" in wrong.content.decode()
    new = {"values": {"line_id": "L1", "team": "T1"}, "since": "2025-01-01", "reason": "new"}
    assert (response := post(client, address, new, key="k")).status_code == 201
    assert post(client, address, new, key="k").json() == response.json() == {"key": "L1"}
    assert post(client, address, new).json()["code"] == "register_row_exists"
    assert post(client, address, {"values": {"lyne": "L3"}}).json()["code"] == "filter_unknown"
    row = client.get(f"{address}/L1").json()
    change = {"version": row["version"], "values": {"team": "T2"}, "start": "2026-01-01"}
    assert post(client, f"{address}/L1/changes", change).status_code == 200
    assert post(client, f"{address}/L1/changes", change).json()["code"] == "register_row_stale"
    assert client.get(f"{address}/L1?as_at=2025-06-01").json()["values"]["team"] == "T1"
    now = client.get(f"{address}/L1?as_at=2026-06-01").json()
    assert now["values"]["team"] == "T2"
    ended = post(client, f"{address}/L1/end", {"version": now["version"], "start": "2026-07-01", "reason": "gone"})
    assert ended.status_code == 200
    assert client.get(f"{address}/L1?as_at=2026-08-01").status_code == 404
    assert len(client.get(f"{address}/L1/history").json()["items"]) >= 3
    one, other = (_line(client, key, name=key) for key in ("L2", "L3"))
    change = {"version": client.get(other).json()["version"], "values": {"name": "x"}}
    assert post(client, f"{one}/changes", change).status_code == 404, "an address of one row writes to no other"
    assert client.get(other).json()["values"]["name"] == "L3"


def test_a_list_goes_out_masked_and_filtered_and_a_long_one_is_work(api: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = api()
    for key, team in (("L1", "T1"), ("L2", "T1"), ("L3", "T2")):
        _line(client, key, team=team)
    _seat(client)
    address, long = f"{LINES}/exports/csv", "where=team%3DT1&sort=-line_id"
    assert [row[0] for row in _csv(client.post(f"{address}?{long}").content)[1:]] == ["L2", "L1"]
    entry = _newest(client, "registers.export")["data"]
    assert (entry["rows"], entry["full"], entry["filters"]) == (2, False, ["team="])
    assert _nobody(client.post(f"{SEATS}/exports/csv").content.decode())
    assert "王小明" in client.post(f"{SEATS}/exports/csv?full=true").content.decode()
    assert _newest(client, "registers.export")["data"]["full"] is True

    monkeypatch.setattr("nianjian.features.registers.operations.DIRECT", 1)
    assert client.post(f"{address}?{long}").json()["code"] == "register_export_long"
    put = client.post(f"{address}/files?{long}")
    job = put.json()
    assert (put.status_code, job["state"]) == (202, "waiting")
    assert client.post(f"{address}/files?{long}").json()["id"] == job["id"]
    file = f"{address}/files/{job['id']}"
    assert client.post(file).json()["code"] == "register_file_gone"
    work()
    document = client.get(f"{DEMO}/jobs/{job['id']}").json()
    assert (document["state"], document["result"]["rows"], "blob" in document["result"]) == ("done", 2, False)
    content = client.post(file).getvalue()
    assert [row[0] for row in _csv(content)[1:]] == ["L2", "L1"]
    entry = _newest(client, "registers.export")["data"]
    assert (entry["filters"], entry["sha256"]) == (["team="], hashlib.sha256(content).hexdigest())
    assert api("data_officer", name="zoe").post(file).json()["code"] == "job_unknown"
    assert client.post(f"{SEATS}/exports/csv/files/{job['id']}").json()["code"] == "job_unknown"
    inspector = api("tester", name="ines")
    assert inspector.post(f"{address}/files?full=true").json()["code"] == "role_missing"

    own = api("outsourcer", name="out", team="T1")  # who sees one team gets its long list, and no other work
    assert own.post(address).json()["code"] == "register_export_long"
    mine = own.post(f"{address}/files").json()["id"]
    for foreign in (f"{DEMO}/jobs/{job['id']}", f"{DEMO}/jobs"):
        assert own.get(foreign).status_code in {403, 404}
    assert own.post(f"{DEMO}/jobs/{job['id']}/stop").status_code == 404
    assert own.get(f"{DEMO}/jobs/{mine}").json()["state"] == "waiting"
    assert inspector.post(f"{DEMO}/jobs/{mine}/stop").json()["code"] == "role_missing"
    work()
    assert [row[0] for row in _csv(own.post(f"{address}/files/{mine}").getvalue())[1:]] == ["L1", "L2"]
    Membership.objects.filter(user_id="out").update(team="T2")
    assert own.post(f"{address}/files/{mine}").status_code == 403


def test_rows_are_looked_for_by_their_columns_and_days(api: Ask) -> None:
    client = api()
    _line(client, "L1", team="T1")
    _line(client, "L2", team="T2")
    cases = {"valid=1": "filter_unknown", "team": "filter_unreadable", "team>=2026-01-01": "filter_unreadable"}
    for where, code in cases.items():
        assert client.get(f"{LINES}?where={quote(where, safe='')}").json()["code"] == code
    assert [one["key"] for one in client.get(f"{LINES}?where=team%3DT1").json()["items"]] == ["L1"]
    for key, day in (("95013", "2026-03-01"), ("95014", "2027-03-01")):
        new = {"values": {"root": key, "valid_until": day}}
        assert post(client, f"{DEMO}/registers/numbers/rows", new).status_code == 201
    days = [f"where={quote(f'valid_until{sign}2026-06-01')}" for sign in (">=", "<=")]
    pages = [client.get(f"{DEMO}/registers/numbers?{one}").json()["items"] for one in days]
    assert [[row["values"]["root"] for row in rows] for rows in pages] == [["95014"], ["95013"]]


def test_a_key_with_a_slash_has_an_address_and_what_helps_to_fill_in_is_given(api: Ask) -> None:
    client = api()
    _line(client, "浙B2/1~")
    address = client.get(LINES).json()["items"][0]["address"]
    assert client.get(f"{LINES}/rows/{address}").json()["key"] == "浙B2/1~"
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{LINES}/template").content))
    assert "线路编号" in [cell.value for cell in book.worksheets[0][1]]
    assert any(one["required"] for one in client.get(f"{LINES}/headings").json()["items"])
    assert client.get(f"{DEMO}/calls/sources/tinet/example").status_code == 200
    for unknown in ("registers/none/template", "registers/none/headings", "calls/sources/none/example"):
        assert client.get(f"{DEMO}/{unknown}").status_code == 404, unknown
    assert post(client, f"{DEMO}/registers/teams/rows", {"values": {"team_id": "T1", "name": "甲"}}).status_code == 201
    document = client.get(f"{_line(client, 'L1', team='T1')}/around").json()  # what hangs together with a row
    assert [(one["kind"], one["total"], one["items"][0]["key"]) for one in document["groups"]] == [("teams", 1, "T1")]
    assert isinstance(document["notes"], list)


def test_a_file_is_kept_beside_a_row_and_given_out(api: Ask, api_home: Path) -> None:
    client = api()
    address = f"{_line(client, 'L1')}/papers"
    response = upload(client, address, PNG, name="scan.png")
    assert (response.status_code, response.json()["media_type"], response.json()["size"]) == (
        201,
        "image/png",
        len(PNG),
    )
    assert upload(client, address, PNG, name="again.png").json()["id"] == response.json()["id"]
    assert [one["name"] for one in client.get(address).json()["items"]] == ["scan.png"]
    assert not [path for path in api_home.rglob("*") if path.is_file() and PNG in path.read_bytes()]
    paper = f"{address}/{response.json()['id']}"
    got = client.post(f"{paper}/file")
    assert (got.content, got.headers["Content-Type"]) == (PNG, "image/png")
    assert _newest(client, "registers.fetch")["data"]["sha256"] == response.json()["sha256"]
    assert client.delete(paper).status_code == 200
    assert client.get(address).json()["items"] == []
    assert client.post(f"{paper}/file").json()["code"] == "attachment_unknown"


def test_rejected_rows_as_a_file_are_work_and_then_fetched(api: Ask) -> None:
    client = api()
    assert upload(client, f"{DEMO}/calls/imports", calls(), name="calls.csv").status_code == 202
    work()
    batch = client.get(f"{DEMO}/batches").json()["items"][0]["batch"]
    address = f"{DEMO}/batches/{batch}/rejects/files"
    response = client.post(address, headers={"accept-language": "en"})
    assert (response.status_code, response.json()["state"]) == (202, "waiting")
    file = f"{address}/{response.json()['id']}"
    assert post(client, file).json()["code"] == "rejects_file_gone"
    work()
    result = client.get(f"{DEMO}/jobs/{response.json()['id']}").json()["result"]
    assert result == {"batch": batch, "name": f"{batch}-rejects.csv", "media": "text/csv", "rows": 2}
    answer = post(client, file)
    assert answer.headers["content-type"] == "text/csv"
    table = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [(row["行号"], row["列"], row["原因代码"]) for row in table] == [
        ("7", "开始时间", "start_unreadable"), ("8", "开始时间", "start_unreadable"),
    ]  # fmt: skip
    assert post(client, f"{DEMO}/batches/{batch}/undo").status_code == 202
    work()
    assert post(client, file).json()["code"] == "batch_already_undone"


def test_mappings_are_kept_checked_and_used(api: Ask) -> None:
    client = api()
    assert "generic" in [one["name"] for one in client.get(f"{DEMO}/calls/sources").json()["items"]]
    body = {"name": "本月", "mapping": {"columns": {"callee": "对方"}}}
    address = f"{DEMO}/calls/mappings"
    assert post(client, address, body).json() == body
    assert client.get(address).json()["items"] == [body]
    assert upload(client, f"{DEMO}/calls/imports", b"x\n1\n", name="a.csv", mapping="本月").status_code == 202
    wrong = post(client, address, {"name": "x", "mapping": {"columns": {"nothing": "a"}}})
    assert (wrong.status_code, "/" in json.dumps(wrong.json()["detail"])) == (422, False)
    assert len(client.get(address).json()["items"]) == 1


def test_a_faulty_sheet_comes_back_marked_and_nothing_is_kept(
    api: Ask, api_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address = api(), f"{LINES}/checks/file"
    sheet = "线路编号,启用日期\nL1,2025-13-01\n".encode()
    answer = upload(client, address, sheet, name="lines.csv")
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [cell.value for cell in page[1]] == ["线路编号", "启用日期", "原因"]
    assert "启用日期" in str(page["C2"].value)
    assert not left(api_home)
    assert client.get(LINES).json()["items"] == []
    assert upload(client, address, b"", name="lines.csv").json()["code"] == "file_empty"
    for limit, code in (("MARKED", "sheet_faults_many"), ("LARGE", "sheet_too_large")):  # no answer waits so long
        monkeypatch.setattr(f"nianjian.features.calls.register_sheets.{limit}", 0)
        answer = upload(client, address, sheet, name="lines.csv")
        assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_sheet_that_the_worker_checks_comes_back_marked(api: Ask) -> None:
    client = api()
    sheet = "线路编号,启用日期\nL1,2025-13-01\n".encode()
    job = upload(client, f"{LINES}/imports", sheet, name="lines.csv", check="true").json()["id"]
    file = f"{LINES}/checks/{job}/file"
    assert (client.get(file).status_code, client.get(file).json()["code"]) == (409, "marked_sheet_missing")
    work()
    result = client.get(f"{DEMO}/jobs/{job}").json()["result"]
    assert (result["read"], result["faulty"], result["faults"]) == (1, 1, 1)
    page = openpyxl.load_workbook(io.BytesIO(client.get(file).getvalue())).worksheets[0]
    assert [cell.value for cell in page[1]] == ["线路编号", "启用日期", "原因"]
    assert client.get(f"{SEATS}/checks/{job}/file").status_code == 404
    assert api(name="berta").get(file).status_code == 404
    sound = upload(client, f"{LINES}/imports", "线路编号\nL1\n".encode(), name="l.csv", check="true").json()["id"]
    work()
    assert client.get(f"{LINES}/checks/{sound}/file").json()["code"] == "marked_sheet_missing"


LIST = (
    "举报编号,举报手机,被举报号码,来电时刻,举报内容\n"
    "A-1,13800138000,95013001,20260301221500,天天打来，说了不要还打，影响休息，请处理一下这件事情\n"
).encode()


def left(home: Path) -> list[Path]:
    """Files that a look has left behind."""
    return [one for one in (home / "uploads").rglob("*") if one.is_file()]


def test_a_file_of_calls_is_looked_at_and_tried(api: Ask, api_home: Path) -> None:
    client = api()
    preview = upload(client, CALLS, calls(), name="calls.csv").json()
    (seen,), (trial,) = preview["files"], preview["trials"]
    assert (seen["source"], seen["encoding"], seen["fault"]) == ("generic", "gb18030", None)
    assert (seen["header"], seen["fields"]["callee"]) == (HEADER.split(","), "被叫号码")
    rows = {"read": 7, "loaded": 5, "duplicate": 0, "rejected": 2}
    assert (trial["whole"], trial["fault"], trial["receipt"]["rows"]) == (True, None, rows)
    assert (len(trial["rows"]), [one["line"] for one in trial["rejected"]]) == (5, [7, 8])
    assert not [secret for secret in ("13900000", "张三丰") if secret in str(preview)]
    odd = upload(client, CALLS, b"a,b\n1,2\n", name="odd.csv").json()["files"][0]
    assert (odd["source"], odd["header"], bool(odd["fault"]["detail"])) == (None, ["a", "b"], True)
    assert not left(api_home)
    assert not Job.objects.filter(kind="import_calls").exists()


def test_a_kept_mapping_is_tried_before_the_import(api: Ask) -> None:
    client = api()
    content = calls().replace("被叫号码".encode("gb18030"), b"who")
    mapping = {"columns": {"callee": "who"}}
    post(client, f"{DEMO}/calls/mappings", {"name": "本月", "mapping": mapping})
    plain = upload(client, CALLS, content, name="calls.csv", source="generic").json()
    preview = upload(client, CALLS, content, name="calls.csv", source="generic", mapping="本月").json()
    assert (plain["files"][0]["fault"] or plain["trials"][0]["fault"]) is not None
    assert preview["trials"][0]["fault"] is None
    assert upload(client, CALLS, content, name="c.csv", mapping="none").json()["code"] == "mapping_unknown"
    assert upload(client, CALLS, content, name="c.csv", source="none").json()["code"] == "source_unknown"
    assert upload(client, CALLS, content, name="c.csv", timezone="Mars/One").json()["code"] == "timezone_unknown"
    assert upload(client, CALLS, b"", name="c.csv").json()["code"] == "file_empty"


def test_rows_that_would_be_rejected_come_as_a_file(api: Ask, api_home: Path) -> None:
    client = api()
    none = upload(client, f"{CALLS}/rejects", calls(bad=0), name="calls.csv")
    assert (none.status_code, none.json()["code"]) == (422, "rejects_none")
    answer = upload(client, f"{CALLS}/rejects", calls(), name="calls.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    content = answer.content.decode("utf-8-sig")
    assert "b0" in content
    assert "c0" not in content
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        for name in ("a", "b"):
            pack.writestr(f"{name}.csv", calls(first=100))
    both = upload(client, f"{CALLS}/rejects", packed.getvalue(), name="calls.zip")
    assert both.headers["Content-Type"] == "application/zip"
    assert len(zipfile.ZipFile(io.BytesIO(both.content)).namelist()) == 2
    assert not left(api_home)


def test_a_sheet_is_checked_and_not_written(api: Ask, api_home: Path) -> None:
    client, address = api(), f"{DEMO}/registers/lines/previews"
    preview = upload(
        client, address, "线路编号,启用日期,别的\nL-1,2026-01-01,x\nL-2,明天,y\n".encode(), name="l.csv"
    ).json()
    assert (preview["read"], preview["faulty"], preview["faults"], preview["extra"]) == (2, 1, 1, ["别的"])
    assert {"heading": "线路编号", "read_as": "线路编号"} in preview["matched"]
    (fault,) = preview["findings"]
    assert (fault["line"], fault["code"], fault["value"]) == (3, "date_unreadable", "明天")
    assert not Line.objects.filter(enterprise_id="demo").exists()
    large = upload(client, address, b"x" * ((128 << 10) + 1), name="l.csv")
    assert (large.status_code, large.json()["code"]) == (422, "sheet_too_large")
    assert not left(api_home)


def forward(client: Any, address: str, *columns: str, **more: str) -> Any:
    query = urlencode([("name", "list.csv"), *(("column", one) for one in columns), *more.items()])
    return client.post(f"{address}?{query}", LIST, content_type="application/octet-stream")


def test_a_forward_list_shows_its_columns_and_goes_in_by_a_mapping(api: Ask, api_home: Path) -> None:
    client = api()
    preview = forward(client, f"{FORWARDS}/previews", source="12321").json()
    assert [one["heading"] for one in preview["columns"]] == [
        "举报编号",
        "举报手机",
        "被举报号码",
        "来电时刻",
        "举报内容",
    ]
    assert preview["fault"] is not None
    assert "13800138000" not in str(preview)
    assert "影响休息" not in str(preview)
    mapping = ("reference=举报编号", "complainant=举报手机", "complained=被举报号码", "called_at=来电时刻")
    preview = forward(client, f"{FORWARDS}/previews", *mapping, source="12321").json()
    assert [one["field"] for one in preview["columns"][:4]] == ["reference", "complainant", "complained", "called_at"]
    assert preview["columns"][1]["examples"] == ["138****8000"]
    params = {"source": "12321", "moments": "%Y%m%d%H%M%S"}
    preview = forward(client, f"{FORWARDS}/previews", *mapping, **params).json()
    assert (preview["fault"], preview["read"], preview["faulty"], preview["findings"]) == (None, 1, 0, [])
    assert not Complaint.objects.exists()
    response = forward(client, FORWARDS, *mapping, **params)
    assert response.status_code == 202
    job = Job.objects.get(pk=response.json()["id"])
    assert job.payload["mapping"]["columns"]["complainant"] == "举报手机"
    assert job.payload["mapping"]["formats"] == {"called_at": "%Y%m%d%H%M%S"}
    cases = {"reference": "filter_unreadable", "state=x": "mapping_invalid", "a=": "filter_unreadable"}
    for column, code in cases.items():
        for address in (FORWARDS, f"{FORWARDS}/previews"):
            preview = forward(client, address, column, source="12321")
            assert (preview.status_code, preview.json()["code"]) == (422, code)
