"""What pages did and no operation: the watch list, the routine, one-click addresses, lines, the portfolio."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.support.asking import DEMO, Ask, post, upload

from nianjian.engines.kernel import clock
from nianjian.features.complaints.one_click import get_by_token
from nianjian.features.portrait import line_usage, portraits
from nianjian.features.rectification import storage
from nianjian.features.rectification.models import Case
from nianjian.features.rectification.storage import Notice
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.registers import storage as rows
from nianjian.platform.registers.models import Line

pytestmark = pytest.mark.django_db
WATCH, ROUTINE, DOORS = f"{DEMO}/watch", f"{DEMO}/routine", f"{DEMO}/complaints/one-click"


def test_a_licence_is_watched_and_no_longer(api: Ask) -> None:
    client = api()
    new = {"licence": "B2-20080101", "since": "2026-01-05", "source": "来函"}
    response = post(client, WATCH, new, key="once")
    flag = {"licence": "B2-20080101", "since": "2026-01-05", "until": None, "source": "来函", "case": None}
    assert (response.status_code, response.json()) == (201, flag)
    assert post(client, WATCH, new, key="once").json() == flag
    unusual = post(client, WATCH, {**new, "licence": "张三的许可证"})
    assert (unusual.status_code, unusual.json()["code"]) == (422, "rectify_licence_unusual")
    again = post(client, WATCH, new)
    assert (again.status_code, again.json()["code"]) == (409, "rectify_watched_already")
    assert client.get(f"{WATCH}?year=2025").json()["items"] == []
    assert client.get(f"{WATCH}?year=2026").json()["items"] == [flag]
    limits = client.get(f"{WATCH}/limits?year=2026").json()
    assert {one["level"] for one in limits["items"]} == {"internal"}
    ended = post(client, f"{WATCH}/ends", {"licence": "B2-20080101", "until": "2026-03-01"})
    assert (ended.status_code, ended.json()["until"]) == (200, "2026-03-01")
    assert post(client, f"{WATCH}/ends", {"licence": "B2-20080101", "until": "2026-03-01"}).status_code == 409
    assert [one.verb for one in acts() if one.verb.startswith("rectify.")] == ["rectify.unwatch", "rectify.watch"]
    reader = api("auditor", name="bo")
    assert reader.get(WATCH).json()["items"][0]["until"] == "2026-03-01"
    assert post(reader, WATCH, new).status_code == 403


def test_a_task_of_the_routine_is_done(api: Ask) -> None:
    from nianjian.features.rectification import operations  # noqa: PLC0415 -- after Django

    client, actor = api(), Actor("tester")
    opened = operations.open_case(enterprise="demo", notice=Notice(date(2026, 1, 5)), paper=None, actor=actor)
    case = opened.id
    operations.add_measure(
        enterprise="demo", case=case, text="抽查录音", owner="王五", due=date(2026, 1, 9), every=7, actor=actor
    )
    storage.create_routine(case=Case.objects.get(pk=case), start=date(2026, 1, 9), actor=actor)
    (task,) = client.get(ROUTINE).json()["items"]
    assert (task["text"], task["owner"], task["every"], task["due"], task["case"]) == (
        "抽查录音", "王五", 7, "2026-01-16", case,
    )  # fmt: skip
    done = post(client, f"{ROUTINE}/{task['id']}/done", {"day": "2026-01-20"})
    assert (done.json()["done_on"], done.json()["due"]) == ("2026-01-20", "2026-01-27")
    ahead = post(client, f"{ROUTINE}/{task['id']}/done", {"day": str(clock.today() + timedelta(days=2))})
    assert (ahead.status_code, ahead.json()["code"]) == (422, "rectify_day_ahead")
    assert post(client, f"{ROUTINE}/{task['id'] + 1}/done", {}).status_code == 404


def test_a_number_gets_its_address_and_loses_it(api: Ask) -> None:
    client = api()
    response = post(client, DOORS, {"number": "950 130-01"})
    door = response.json()
    assert (response.status_code, door["number"]) == (201, "95013001")
    token = door["address"].rsplit("/", 1)[1]
    assert get_by_token(token).enterprise_id == "demo"
    assert all(door["address"] in door[name] for name in ("button", "form", "message"))
    assert door["dtmf"] == "COMPLAINT_ENTERPRISE=demo"
    (listed,) = client.get(DOORS).json()["items"]
    assert (listed["id"], listed["number"], listed["address"]) == (door["id"], "95013001", door["address"])
    detail = client.get(f"{DOORS}/{door['id']}").json()
    assert {**detail, "made_at": door["made_at"]} == door
    for form, media, begins in (("png", "image/png", b"\x89PNG"), ("svg", "image/svg+xml", b"<?xml")):
        picture = client.get(f"{DOORS}/{door['id']}/code/{form}")
        assert (picture.headers["Content-Type"], picture.content[: len(begins)]) == (media, begins)
    assert post(client, DOORS, {"number": "95013001"}).json()["code"] == "complaint_door_exists"
    assert api("compliance_lead", name="bo").get(DOORS).status_code == 403
    assert client.delete(f"{DOORS}/{door['id']}").json() == {"id": door["id"]}
    gone = client.get(f"{DOORS}/{door['id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "complaint_door_unknown")
    assert token not in str([dict(one.data) for one in acts()])


def test_lines_by_their_last_call(api: Ask, api_home: Path) -> None:
    client, address = api("auditor"), f"{DEMO}/lines"
    assert client.get(address).json() == {"items": [], "next": None, "counted": None, "newest": None}
    params = {"kind": "lines", "enterprise": "demo", "since": date(2025, 1, 1), "reason": "", "actor": Actor("tester")}
    for line in ("L1", "L2"):
        rows.create_row(texts={"line_id": line}, **params)
    portraits.store_beside("demo", line_usage.FILE, {"counted": "2026-06-01", "last": {"L1": "2026-05-30"}})
    body = client.get(f"{address}?limit=1").json()
    assert (body["counted"], body["newest"]) == ("2026-06-01", "2026-05-30")
    assert body["items"] == [{"line": "L2", "last": None, "before": None, "silent": True}]
    (other,) = client.get(body["next"]).json()["items"]
    assert other == {"line": "L1", "last": "2026-05-30", "before": 0, "silent": False}


def test_the_portfolio_is_of_what_concerns_the_asker(api: Ask) -> None:
    client = api("auditor", enterprise="")
    items = client.get("/api/v1/portfolio").json()["items"]
    assert {one["code"]: one["year"] for one in items} == {"demo": 2026, "other": None}
    (match,) = client.get("/api/v1/portfolio?q=示范").json()["items"]
    assert client.get(f"/api/v1/portfolio?light={match['light']}").json()["items"] == [match]
    one = api("outsourcer", name="bo", team="T1").get("/api/v1/portfolio").json()["items"]
    assert [(row["code"], row["light"], row["mood"]) for row in one] == [("demo", None, None)]


def test_rows_of_a_register_end_together(api: Ask) -> None:
    params = {"kind": "lines", "enterprise": "demo", "since": None, "reason": "", "actor": Actor("tester")}
    keys = [rows.create_row(texts={"line_id": line}, **params) for line in ("L1", "L2")]
    versions = list(Line.objects.filter(key__in=keys).values_list("pk", flat=True))
    ends = {"versions": versions, "start": "2026-05-01", "reason": "退租"}
    assert post(api(), f"{DEMO}/registers/lines/ends", ends).json() == {"count": 2}
    assert post(api(), f"{DEMO}/registers/lines/ends", ends).json()["code"] == "register_row_stale"


def test_a_forward_list_has_not_come_in_the_future(api: Ask) -> None:
    response = upload(api(), f"{DEMO}/complaints/forwards", b"a,b\n", name="a.csv", arrived="2099-01-01T00:00:00")
    assert (response.status_code, response.json()["code"]) == (422, "complaint_moment_in_future")
