"""The act of running a portrait: what it refuses, what it says while it waits, and in which order it writes."""

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.support.written import overlay

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.calls.operations import IMPORT
from nianjian.features.portrait import operations, portraits
from nianjian.features.rulebook.operations import request_overlay
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.audit.query import acts
from nianjian.platform.home import wiring
from nianjian.platform.jobs import service as queue
from nianjian.platform.registers.overlays import Overlay
from nianjian.platform.rulebook.rulebooks import rulebook

ACTOR = Actor("tester")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-11-25")
    add_enterprise(code="demo", name="示范", province="浙江省", actor=ACTOR)


def _run(**options: Any) -> dict[str, object]:
    usual = {"enterprise": "demo", "year": 2026, "as_of": None, "province": None, "today": None, "raw": False}
    return operations.run_portrait(**usual | options, actor=ACTOR).as_dict()


def test_the_kept_portrait_changes_only_after_the_audit_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    _run()
    first = portraits.find_portrait("demo", 2026)
    assert first is not None
    assert first["province"] == "浙江"

    def refused(**_given: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(operations, "record", refused)
        with pytest.raises(OSError, match="no space"):
            _run(as_of=date(2026, 6, 30))
    assert portraits.find_portrait("demo", 2026) == first
    folder = Path(wiring.lake("demo").folder).parents[1] / "portraits" / "demo"
    assert sorted(path.name for path in folder.iterdir()) == ["2026.json", "lines.json", "runs"]  # nothing half-written
    assert len(portraits.list_runs("demo", 2026)) == 1
    assert len(list(acts(verb="portrait.run"))) == 1
    second = _run(as_of=date(2026, 6, 30))
    assert portraits.find_portrait("demo", 2026) == second
    newest, _older = acts(verb="portrait.run")
    assert newest.data["as_of"] == "2026-06-30"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"as_of": date(2025, 12, 31)}, "as_of_before_period"),
        ({"year": 2027}, "year_not_begun"),
        ({"province": "火星"}, "province_unknown"),
    ],
)
def test_what_has_no_portrait_is_refused(asked: dict[str, object], code: str) -> None:
    with pytest.raises(NianjianError) as raised:
        _run(**asked)
    assert raised.value.code == code
    assert portraits.find_portrait("demo", 2026) is None


def test_the_as_of_day_is_today_until_the_data_year_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def days(**options: Any) -> tuple[str, str, str]:
        portrait: Any = _run(**options)
        silent = portrait["quality"]["days_without_records"]
        assert silent["until"] == silent["ranges"][-1]["to"]
        period = portrait["period"]
        second = options["today"].isoformat() if "today" in options else None
        assert (period["from"], period["to"], period["today"]) == ("2026-01-01", "2027-01-01", second)
        return period["as_of"], period["basis"], silent["until"]

    yesterday = "2026-11-24"  # a day that has not ended lacks nothing; later calls are counted, so they can lack
    assert days() == ("2026-11-25", "within_year", yesterday)
    assert days(as_of=date(2026, 1, 1)) == ("2026-01-01", "within_year", yesterday)
    assert days(as_of=date(2026, 12, 31)) == ("2026-12-31", "year_end", yesterday)
    assert days(as_of=date(2027, 1, 1)) == ("2027-01-01", "filing", yesterday)
    assert days(today=date(2026, 6, 30)) == ("2026-11-25", "within_year", yesterday)
    monkeypatch.setenv("NIANJIAN_TODAY", "2027-03-01")
    assert days() == ("2026-12-31", "year_end", "2026-12-31")


def test_a_province_is_kept_by_its_short_name_everywhere() -> None:
    assert accounts.enterprise("demo").province == "浙江"
    assert _run(province="宁夏回族自治区")["province"] == "宁夏"
    with pytest.raises(NianjianError, match="province_unknown"):
        add_enterprise(code="other", name="x", province="火星", actor=ACTOR)
    values = {
        "key": "portrait.seat_vacancy.limit", "value": "0.25", "enterprise": None, "valid_from": date(2026, 1, 1),
        "valid_to": None, "reason": "省局要求", "actor": ACTOR,
    }  # fmt: skip
    with pytest.raises(NianjianError, match="province_unknown"):
        request_overlay(**values, province="火星")
    request_overlay(**values, province="浙江省")
    assert Overlay.objects.get().province == "浙江"


def test_an_overlay_on_a_rule_that_became_fixed_is_named_and_does_not_act() -> None:
    """Approved when the rule could still be overlaid; such rows are in old databases, so it is written as a row."""
    overlay("portrait.trailing_months", "6", date(2026, 1, 1))
    portrait = _run()
    assert portrait["warnings"] == [
        {
            "code": "overlay_ignored", "key": "portrait.trailing_months", "value": "6", "province": None,
            "enterprise": "demo", "valid_from": "2026-01-01", "valid_to": None, "reason": "自定",
        }
    ]  # fmt: skip
    assert rulebook(day=date(2026, 6, 1), province=None, enterprise="demo").integer("portrait.trailing_months") == 12


def test_it_says_for_what_it_waits() -> None:
    entered, leave, said = threading.Event(), threading.Event(), []
    queue.open(kind=IMPORT, enterprise="demo", txn="B1", payload={"batch": "B1", "file": "big.csv"})

    def write() -> None:
        with wiring.lake("demo").lock():
            entered.set()
            leave.wait(timeout=30)

    def heard(file: str) -> None:
        said.append(file)
        leave.set()

    writer = threading.Thread(target=write)
    writer.start()
    entered.wait(timeout=30)
    try:
        _run(waiting=heard)
    finally:
        leave.set()
        writer.join()
    assert said == ["big.csv"]
    operations.compute_portrait(enterprise="demo", year=2026, as_of=None, province=None, waiting=heard)
    assert said == ["big.csv"]  # free: nothing is said
