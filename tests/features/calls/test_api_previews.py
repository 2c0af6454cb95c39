"""What a file would become, asked before it is imported: nothing of it stays."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.support.asking import DEMO, Ask, post, upload
from tests.support.import_pages import HEADER, calls

from nianjian.features.complaints.models import Complaint
from nianjian.platform.jobs.models import Job
from nianjian.platform.registers.models import Line

pytestmark = pytest.mark.django_db
CALLS = f"{DEMO}/calls/previews"
FORWARDS = f"{DEMO}/complaints/forwards"
LIST = (
    "举报编号,举报手机,被举报号码,来电时刻,举报内容\n"
    "A-1,13800138000,95013001,20260301221500,天天打来，说了不要还打，影响休息，请处理一下这件事情\n"
).encode()


def left(home: Path) -> list[Path]:
    """Files that a look has left behind."""
    return [one for one in (home / "uploads").rglob("*") if one.is_file()]


def test_a_file_of_calls_is_looked_at_and_tried(api: Ask, api_home: Path) -> None:
    client = api()
    told = upload(client, CALLS, calls(), name="calls.csv").json()
    (seen,), (trial,) = told["files"], told["trials"]
    assert (seen["source"], seen["encoding"], seen["fault"]) == ("generic", "gb18030", None)
    assert (seen["header"], seen["fields"]["callee"]) == (HEADER.split(","), "被叫号码")
    rows = {"read": 7, "loaded": 5, "duplicate": 0, "rejected": 2}
    assert (trial["whole"], trial["fault"], trial["receipt"]["rows"]) == (True, None, rows)
    assert (len(trial["rows"]), [one["line"] for one in trial["rejected"]]) == (5, [7, 8])
    assert not [secret for secret in ("13900000", "张三丰") if secret in str(told)]
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
    told = upload(client, CALLS, content, name="calls.csv", source="generic", mapping="本月").json()
    assert (plain["files"][0]["fault"] or plain["trials"][0]["fault"]) is not None
    assert told["trials"][0]["fault"] is None
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
    told = answer.content.decode("utf-8-sig")
    assert "b0" in told
    assert "c0" not in told
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        for name in ("a", "b"):
            pack.writestr(f"{name}.csv", calls(first=100))
    both = upload(client, f"{CALLS}/rejects", packed.getvalue(), name="calls.zip")
    assert both.headers["Content-Type"] == "application/zip"
    assert len(zipfile.ZipFile(io.BytesIO(both.content)).namelist()) == 2
    assert not left(api_home)


@pytest.mark.parametrize("kind", ["lines", "numbers", "complaints"])
def test_every_register_tells_its_headings(api: Ask, kind: str) -> None:
    items = api().get(f"{DEMO}/registers/{kind}/headings").json()["items"]
    assert any(one["required"] for one in items)
    assert api().get(f"{DEMO}/registers/none/headings").status_code == 404


def test_a_sheet_is_checked_and_not_written(api: Ask, api_home: Path) -> None:
    client, address = api(), f"{DEMO}/registers/lines/previews"
    told = upload(
        client, address, "线路编号,启用日期,别的\nL-1,2026-01-01,x\nL-2,明天,y\n".encode(), name="l.csv"
    ).json()
    assert (told["read"], told["faulty"], told["faults"], told["extra"]) == (2, 1, 1, ["别的"])
    assert {"heading": "线路编号", "read_as": "线路编号"} in told["matched"]
    (fault,) = told["findings"]
    assert (fault["line"], fault["code"], fault["value"]) == (3, "date_unreadable", "明天")
    assert not Line.objects.filter(enterprise_id="demo").exists()
    large = upload(client, address, b"x" * ((128 << 10) + 1), name="l.csv")
    assert (large.status_code, large.json()["code"]) == (422, "sheet_too_large")
    assert not left(api_home)


def test_every_source_has_an_example_that_the_preview_recognises(api: Ask) -> None:
    client = api()
    for one in client.get(f"{DEMO}/calls/sources").json()["items"]:
        answer = client.get(f"{DEMO}/calls/sources/{one['name']}/example")
        assert answer.status_code == 200, one
    answer = client.get(f"{DEMO}/calls/sources/tinet/example")
    seen = upload(client, CALLS, answer.content, name="tinet.csv").json()["files"][0]
    assert seen["source"] == "tinet"
    assert client.get(f"{DEMO}/calls/sources/none/example").status_code == 404


def forward(client: Any, address: str, *columns: str, **more: str) -> Any:
    query = urlencode([("name", "list.csv"), *(("column", one) for one in columns), *more.items()])
    return client.post(f"{address}?{query}", LIST, content_type="application/octet-stream")


def test_a_forward_list_shows_its_columns_and_goes_in_by_a_mapping(api: Ask, api_home: Path) -> None:
    client = api()
    told = forward(client, f"{FORWARDS}/previews", source="12321").json()
    assert [one["heading"] for one in told["columns"]] == ["举报编号", "举报手机", "被举报号码", "来电时刻", "举报内容"]
    assert told["fault"] is not None
    assert "13800138000" not in str(told)
    assert "影响休息" not in str(told)
    mapping = ("reference=举报编号", "complainant=举报手机", "complained=被举报号码", "called_at=来电时刻")
    told = forward(client, f"{FORWARDS}/previews", *mapping, source="12321").json()
    assert [one["field"] for one in told["columns"][:4]] == ["reference", "complainant", "complained", "called_at"]
    assert told["columns"][1]["examples"] == ["138****8000"]
    given = {"source": "12321", "moments": "%Y%m%d%H%M%S"}
    told = forward(client, f"{FORWARDS}/previews", *mapping, **given).json()
    assert (told["fault"], told["read"], told["faulty"], told["findings"]) == (None, 1, 0, [])
    assert not Complaint.objects.exists()
    asked = forward(client, FORWARDS, *mapping, **given)
    assert asked.status_code == 202
    job = Job.objects.get(pk=asked.json()["id"])
    assert job.payload["mapping"]["columns"]["complainant"] == "举报手机"
    assert job.payload["mapping"]["formats"] == {"called_at": "%Y%m%d%H%M%S"}


@pytest.mark.parametrize(
    ("column", "code"),
    [("reference", "filter_unreadable"), ("state=x", "mapping_invalid"), ("a=", "filter_unreadable")],
)
def test_a_mapping_of_nothing_is_refused(api: Ask, column: str, code: str) -> None:
    client = api()
    for address in (FORWARDS, f"{FORWARDS}/previews"):
        told = forward(client, address, column, source="12321")
        assert (told.status_code, told.json()["code"]) == (422, code)
