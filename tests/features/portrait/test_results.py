"""What is done with kept portraits: the shell's answers, entries in the chain, files that say where they come from."""

import hashlib
import json
from contextlib import closing
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pypdfium2
import pytest
from tests.support.sample_portrait import fill
from tests.support.worlds import begin

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake import rollups
from nianjian.engines.lake.schema import ATTACHMENT_FACT, COMPLAINT_FACT
from nianjian.engines.metrics.drill_down import RowQuery, counting
from nianjian.engines.metrics.simulate import Moves
from nianjian.engines.metrics.tables import tickets_rollup
from nianjian.engines.paper import sections
from nianjian.engines.paper.portrait_pdf import Stamp, portrait_pdf
from nianjian.engines.paper.words import words
from nianjian.features.portrait import operations, portraits
from nianjian.features.portrait.operations import (
    compare_runs,
    compute_and_simulate,
    count_room,
    export_portrait,
    list_rows,
    list_run_ids,
    reveal_row,
    run_portrait,
    simulate_moves,
)
from nianjian.features.rectification import storage
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.service import add_enterprise, add_user
from nianjian.platform.audit.query import acts, head
from nianjian.platform.home import wiring

ACTOR = Actor("tester")
DAY = date(2026, 12, 31)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-11-25")
    # The sample lies in the lake already; the registers are empty and must not take its place.
    monkeypatch.setattr("nianjian.features.portrait.operations.publish_facts", lambda _lake, _enterprise: None)
    add_enterprise(code="demo", name="示范", province="浙江", actor=ACTOR)
    fill(wiring.lake("demo"))


def _run(as_of: date = DAY) -> dict[str, Any]:
    return run_portrait(
        enterprise="demo", year=2026, as_of=as_of, province=None, today=None, raw=False, actor=ACTOR
    ).as_dict()


@pytest.fixture
def ran(tmp_path: Path) -> dict[str, Any]:
    """The portrait of the sample, run and kept."""
    return deepcopy(begin("portrait of the sample", tmp_path, _run))


def test_a_run_is_kept_with_its_digest_and_never_changed(ran: dict[str, Any]) -> None:
    _run(date(2026, 6, 30))
    new, old = list_run_ids(enterprise="demo", year=2026, actor=ACTOR)
    first = portraits.get_run("demo", 2026, old)
    assert portraits.find_portrait("demo", 2026, old) == json.loads(json.dumps(ran))
    assert first.sha256 == hashlib.sha256(json.dumps(ran, ensure_ascii=False).encode()).hexdigest()
    later, earlier = acts(verb="portrait.run")
    assert (earlier.data["run"], earlier.data["sha256"]) == (old, first.sha256)
    assert later.data["run"] == new
    assert first.actor == "os:tester"
    path = Path(wiring.lake("demo").folder).parents[1] / "portraits" / "demo" / "runs" / "2026" / f"{old}.json"
    assert path.stat().st_mode & 0o777 == 0o400
    newest = portraits.find_newest_run("demo", 2026)
    assert newest.id == new


def test_a_watched_licence_is_judged_by_stricter_limits_beside_the_guides(
    ran: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "internal" not in ran["metrics"][0]
    assert ran["warnings"] == []
    storage.flag_licence(
        enterprise="demo", licence="浙B2-1", since=date(2026, 6, 1), source="来函", case=None, actor=ACTOR
    )
    watched = _run()
    by_slug = {one["slug"]: one for one in watched["metrics"]}
    vacancy = by_slug["seat_vacancy"]
    assert (vacancy["value"], vacancy["limit"], vacancy["light"]) == ("40.0000", "30.0000", "yellow")
    assert vacancy["internal"] == {"limit": "24.0000", "operator": ">", "level": "internal", "light": "yellow"}
    assert [flag["code"] for flag in vacancy["flags"]] == ["over_limit"], "the guide's own limit says it all"
    assert (by_slug["complaint_rate"]["internal"]["limit"], by_slug["number_consistency"]["internal"]["limit"]) == (
        "0.8000",
        "56.0000",
    )
    assert "internal" not in by_slug["closing_rate"]
    second, *_purposes, warning = sections.warning_lines(watched, words("zh"))
    assert second.startswith("按本企业口径（重点监测许可证的更严限值；与指南口径并列）：")
    assert "浙B2-1" in warning
    assert "80 %" in warning
    computed = operations.compute_portrait(enterprise="demo", year=2026, as_of=DAY, province=None)
    lights = {}
    with monkeypatch.context() as patch:
        patch.setattr(operations, "compute_portrait", lambda **_asked: computed)
        for opened in (14, 15, 16):
            moves = Moves(open_seats=opened)
            after = simulate_moves(enterprise="demo", year=2026, run=None, moves=moves, actor=ACTOR).after
            slow = compute_and_simulate(
                enterprise="demo", year=2026, as_of=DAY, province=None, moves=moves, waiting=print, actor=ACTOR
            )
            assert json.loads(json.dumps(after)) == json.loads(json.dumps(slow.after))
            lights[opened] = {one["slug"]: one for one in after["metrics"]}["seat_vacancy"]
    assert [lights[opened]["light"] for opened in (14, 15, 16)] == ["green", "green", "green"]
    assert [lights[opened]["internal"]["light"] for opened in (14, 15, 16)] == ["yellow", "yellow", "green"]
    (flag,) = lights[15]["flags"]
    assert (flag["code"], flag["value"], flag["limit"]) == ("internal_limit", "25.0000", "24.0000")
    storage.unflag_licence(enterprise="demo", licence="浙B2-1", until=date(2026, 11, 1), actor=ACTOR)
    assert json.loads(json.dumps(_run()["metrics"])) == json.loads(json.dumps(ran["metrics"]))


@pytest.mark.usefixtures("ran")
def test_there_is_no_room_for_more_than_there_is() -> None:
    most = count_room(enterprise="demo", year=2026, run=None, actor=ACTOR)
    seats = {"open_seats": 40, "cut_seats": 100, "close_seats": 60, "close_unfiled": 0, "file_seats": 0}
    assert most == {**seats, **{step: most[step] for step in ("close_tickets", "exclude_complaints")}}
    with pytest.raises(NianjianError) as raised:
        simulate_moves(enterprise="demo", year=2026, run=None, moves=Moves(open_seats=41), actor=ACTOR)
    assert raised.value.code == "simulation_too_many"
    with pytest.raises(NianjianError, match="portrait_missing"):
        simulate_moves(enterprise="demo", year=2025, run=None, moves=Moves(), actor=ACTOR)


@pytest.mark.usefixtures("ran")
def test_runs_tell_what_was_done_in_between() -> None:
    add_user(name="anna", role="compliance_lead", enterprises=["demo"], actor=ACTOR)  # no act that changes figures
    lake = wiring.lake("demo")
    lake.replace("attachment_fact", _papers(), digest="papers")
    _run()
    new, old = portraits.list_runs("demo", 2026)
    comparison = compare_runs(enterprise="demo", year=2026, before=old, after=new, actor=ACTOR)
    assert comparison.causes == ["data"]
    assert [one["table"] for one in comparison.tables] == ["attachment_fact"]
    assert comparison.metrics[0]["light"] == ["yellow", "yellow_explained"]
    assert comparison.between == []
    assert comparison.runs[0].erased == []
    portraits.note_deletion("demo", "calls", version=9, day=date(2027, 1, 5), before=date(2026, 1, 1))
    again = compare_runs(enterprise="demo", year=2026, before=old, after=new, actor=ACTOR)
    assert [mark.day for run in again.runs for mark in run.erased] == ["2027-01-05", "2027-01-05"]
    with pytest.raises(NianjianError, match="portrait_run_unknown"):
        compare_runs(enterprise="demo", year=2026, before=old, after="../2026", actor=ACTOR)


def _papers() -> pa.Table:
    row = {"metric": "seat_vacancy", "data_year": 2026, "kind": "expansion_plan", "sha256": "0", "name": "a.pdf"}
    return pa.Table.from_pylist([{name: row.get(name) for name in ATTACHMENT_FACT.names}], ATTACHMENT_FACT)


def test_rows_are_of_the_run_also_when_the_data_went_on(ran: dict[str, Any]) -> None:
    complaints = next(one for one in ran["metrics"] if one["slug"] == "complaint_rate")["components"]["complaints"]
    scope = {"enterprise": "demo", "year": 2026, "run": None, "page": 1, "actor": ACTOR}
    before = list_rows(**scope, ask=RowQuery("complaint_rate", "complaints"))
    assert (before.kind, before.total, len(before.rows)) == ("tickets", complaints, complaints)
    lake = wiring.lake("demo")
    lake.replace("complaint_fact", COMPLAINT_FACT.empty_table(), digest="gone")
    with closing(wiring.engine()) as engine:
        rollups.current(lake, engine, tickets_rollup(counting(ran)))
    after = list_rows(**scope, ask=RowQuery("complaint_rate", "complaints"))
    assert after.rows == before.rows


@pytest.mark.usefixtures("ran")
def test_a_reveal_needs_its_act_and_leaves_its_entry_even_when_nothing_is_found() -> None:
    add_user(name="ivan", role="tester", enterprises=["demo"], actor=ACTOR)
    scope: dict[str, Any] = {"enterprise": "demo", "year": 2026, "run": None, "kind": "tickets"}
    with pytest.raises(NianjianError, match="role_missing"):
        reveal_row(**scope, key={"complaint_id": "T1"}, actor=Actor("ivan", "user"))
    assert list(acts(verb="portrait.reveal")) == []
    values = reveal_row(**scope, key={"complaint_id": "T1"}, actor=ACTOR)
    assert (values.display, values.callee) == ("95013", "13900000001")
    with pytest.raises(NianjianError, match="portrait_row_unknown"):
        reveal_row(**scope, key={"complaint_id": "nowhere"}, actor=ACTOR)
    assert len(list(acts(verb="portrait.reveal"))) == 2


@pytest.mark.usefixtures("ran")
def test_an_export_is_written_down_with_its_digest() -> None:
    export = export_portrait(enterprise="demo", year=2026, run=None, form="xlsx", language="en", actor=ACTOR)
    (entry,) = acts(verb="portrait.export")
    assert entry.data["sha256"] == hashlib.sha256(export.content).hexdigest()
    assert entry.data["run"] == portraits.list_runs("demo", 2026)[0]
    with pytest.raises(NianjianError, match="export_form_unknown"):
        export_portrait(enterprise="demo", year=2026, run=None, form="docx", language="en", actor=ACTOR)


def test_the_same_page_has_the_same_bytes_and_user_text_is_no_markup(ran: dict[str, Any]) -> None:
    seq, digest = head()
    stamp = Stamp('#read("/etc/passwd") *示范* $x$', "", seq, digest)
    first, second = (portrait_pdf(ran, "zh_Hans", stamp) for _ in range(2))
    assert first == second
    said = pypdfium2.PdfDocument(first)[0].get_textpage().get_text_range()
    assert '#read("/etc/passwd")' in said
    assert "root:" not in said
