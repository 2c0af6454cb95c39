"""Matching as an act: what is written to tickets, what waits for a person, and what is taken back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.support import portrait_data as data

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.clock import ZONE
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints import matching as matches
from nianjian.features.complaints import operations as flows
from nianjian.features.complaints import queries
from nianjian.features.complaints import sla_warnings as warned
from nianjian.features.complaints.matching import decide, match_tickets
from nianjian.features.complaints.models import Complaint, Proposal, Warned
from nianjian.features.complaints.queries import get_ticket
from nianjian.features.complaints.sheet import COMPLAINTS
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.home import wiring
from nianjian.platform.registers.versions import Plan, Source, column_values, write_plan

pytestmark = pytest.mark.postgres

CALLED = datetime(2026, 3, 1, 10)  # noqa: DTZ001 -- wall time
Match = Callable[..., dict[str, int]]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NIANJIAN_LAKE_URL", str(tmp_path / "lake"))


@pytest.fixture
def match(demo: str, operator: Actor) -> Match:
    return lambda **how: match_tickets(enterprise="demo", actor=operator, **how)


def _calls(*calls: tuple[str, datetime], batch: str = "b1") -> None:
    rows = [
        {
            "source": "generic", "call_id": name, "direction": "out", "leg": "customer", "delivered": True,
            "display": 95013001, "callee": 13800138000, "start_ts": start, "line_id": "L1", "team_id": "T1",
            "part": f"{start:%Y-%m}",
        }
        for name, start in calls
    ]  # fmt: skip
    data.append(wiring.lake("demo"), rows, batch)


def _add(operator: Actor, name: str = "I1", **texts: str) -> None:
    defaults = {"ticket_id": name, "source": "12321", "complained": "95013001", "complainant": "13800138000"}
    defaults |= {"arrived_at": "2026-03-02 09:00:00", "called_at": "2026-03-01 10:05:00"}
    flows.open_ticket(enterprise="demo", texts=defaults | texts, actor=operator)


def _linked(name: str = "I1") -> tuple[str | None, str | None, str | None]:
    row = queries.current_tickets("demo", drills=True).get(key=name)
    return row.call_id, row.line_id, row.team_id


def _state(name: str = "I1") -> tuple[str, str, int]:
    return Proposal.objects.values_list("state", "confidence", "candidates").get(key=name)


def test_one_call_alone_is_written_to_the_ticket_once(match: Match, operator: Actor) -> None:
    """What a person has written on I2 stays; I3 names its call itself."""
    _calls(("c1", CALLED), ("c9", CALLED - timedelta(days=100)))
    _add(operator)
    _add(operator, "I2", reference="x", team_id="T9")
    _add(operator, "I3", reference="y", call_id="c9", called_at="")
    assert match() == {"looked_at": 3, "asserted": 3, "linked": 3}
    links = [_linked(name) for name in ("I1", "I2", "I3")]
    assert links == [("c1", "L1", "T1"), ("c1", "L1", "T9"), ("c9", "L1", "T1")]
    assert (_state(), Proposal.objects.get(key="I3").link) == (("asserted", "high", 1), "id")
    versions = Complaint.objects.count()
    assert match() == {"looked_at": 0, "linked": 0}
    assert match(again=True) == {"looked_at": 3, "asserted": 3, "linked": 0}
    assert Complaint.objects.count() == versions
    assert len(list(acts(verb="complaints.match"))) == 1
    assert get_ticket(enterprise="demo", complaint="I1", actor=operator)[1][0].act == "match"
    _edited(operator, category="骚扰")  # what is edited was not matched by
    assert match() == {"looked_at": 1, "asserted": 1, "linked": 0}
    assert _linked() == ("c1", "L1", "T1")
    assert match()["looked_at"] == 0


def test_an_ambiguous_one_waits_for_a_person(match: Match, operator: Actor) -> None:
    _calls(("c1", CALLED), ("c2", CALLED + timedelta(minutes=12)))
    _add(operator)
    _add(operator, "I2", reference="x")
    assert match() == {"looked_at": 2, "proposed": 2, "linked": 0}
    assert (_linked(), _state()) == ((None, None, None), ("proposed", "low", 2))
    proposal = get_ticket(enterprise="demo", complaint="I1", actor=operator)[0].proposal
    assert proposal is not None
    assert (proposal.call["call_id"], proposal.runner_up["call_id"]) == ("c1", "c2")
    decide(enterprise="demo", complaint="I1", actor=operator, decision="runner_up")
    decide(enterprise="demo", complaint="I2", actor=operator, decision="dismiss")
    assert match(again=True)["looked_at"] == 0, "neither is proposed again"
    assert (_linked(), _state()[0]) == (("c2", "L1", "T1"), "confirmed")
    assert (_linked("I2"), _state("I2")[0]) == ((None, None, None), "dismissed")
    with pytest.raises(NianjianError) as error:
        decide(enterprise="demo", complaint="I1", actor=operator, decision="dismiss")
    assert error.value.code == "complaint_proposal_missing"


def test_calls_that_come_later_are_found_or_make_it_ambiguous(match: Match, operator: Actor) -> None:
    _add(operator, line_id="L1")
    assert match() == {"looked_at": 1, "none": 1, "linked": 0}
    _calls(("c1", CALLED))
    assert match() == {"looked_at": 1, "asserted": 1, "linked": 1}
    assert _linked() == ("c1", "L1", "T1")
    _calls(("c2", CALLED + timedelta(minutes=12)), batch="b2")
    assert match() == {"looked_at": 1, "proposed": 1, "linked": 1}
    assert _linked() == (None, "L1", None), "the line stood there before the call did"


def test_drills_excluded_and_unknown_tickets_are_not_looked_at(match: Match, operator: Actor) -> None:
    _calls(("c1", CALLED))
    _add(operator, drill="是")
    _add(operator, "I2", reference="x")
    flows.exclude(enterprise="demo", complaint="I2", exclusion="not_a_call", actor=operator)
    assert match() == {"looked_at": 0, "linked": 0}
    with pytest.raises(NianjianError) as error:
        match(complaints=["I1"])
    assert error.value.code == "complaint_unknown"
    with pytest.raises(NianjianError) as error:
        match_tickets(enterprise="demo", actor=Actor("eve", "user"))
    assert error.value.code == "role_missing"


def test_what_is_kept_of_a_ticket_goes_with_its_last_version(match: Match, operator: Actor) -> None:
    _calls(("c1", CALLED))
    _add(operator)
    _add(operator, "I2", reference="x")
    match()
    warned.send_warnings(datetime(2026, 3, 2, 11, tzinfo=ZONE))
    Complaint.objects.filter(key="I1").delete()
    assert (
        matches.delete_orphaned_proposals(enterprise="demo"),
        warned.delete_orphaned_warnings(enterprise="demo"),
    ) == (1, 1)
    assert [one.key for one in Proposal.objects.all()] == ["I2"]
    assert [one.key for one in Warned.objects.all()] == ["I2"]


def test_a_look_goes_month_by_month_and_a_stop_keeps_nothing(match: Match, operator: Actor) -> None:
    _calls(("c1", CALLED))
    _add(operator)
    earlier = {"arrived_at": "2026-01-05 09:00:00", "accepted_at": "2026-01-05 08:00:00"}
    _add(operator, "I2", called_at="2026-01-04 10:00:00", **earlier)
    steps: list[tuple[str, int, int]] = []

    def progress(note: str, done: int, total: int) -> None:
        steps.append((note, done, total))
        if done == 1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        match(progress=progress)
    assert steps == [("", 0, 0), ("2026-01", 0, 2), ("2026-03", 1, 2)]
    assert not Proposal.objects.exists()
    assert match()["looked_at"] == 2


def _edited(operator: Actor, name: str = "I1", **values: object) -> None:
    """As a form or a sheet does it: another version of the row."""
    row = queries.load_current_tickets("demo", [name])[name]
    plan = Plan(Complaint, Source(str(operator), clock.now()))
    plan.correct(row, column_values(row, COMPLAINTS) | values)
    write_plan(plan)


def test_an_edit_of_what_was_matched_takes_the_call_back(match: Match, operator: Actor) -> None:
    _calls(("c1", CALLED))
    _add(operator)
    _add(operator, "I2", reference="x")
    match()
    assert _linked() == _linked("I2") == ("c1", "L1", "T1")
    _edited(operator, complained="95013002")
    later = {name: datetime(2026, 5, 1, hour, tzinfo=ZONE) for name, hour in (("called_at", 9), ("accepted_at", 10))}
    _edited(operator, "I2", **later)
    assert match() == {"looked_at": 2, "none": 2, "linked": 2}
    for name in ("I1", "I2"):
        assert (_linked(name), _state(name)) == ((None, None, None), ("none", "none", 0))
    assert match()["looked_at"] == 0


def test_a_call_that_a_person_wrote_over_the_found_one_is_the_persons(match: Match, operator: Actor) -> None:
    _calls(("c1", CALLED), ("c2", CALLED - timedelta(days=3)))
    _add(operator)
    match()
    _edited(operator, call_id="c2")
    match()
    assert (_linked()[0], _state()[0]) == ("c2", "asserted")
    assert match(again=True)["linked"] == 0
    assert _linked()[0] == "c2"


def test_a_ticket_that_is_edited_during_a_run_waits_for_the_next(match: Match, operator: Actor) -> None:
    _calls(("c1", CALLED))
    _add(operator)
    _add(operator, "I2", reference="x")

    def edits(note: str, _done: int, _total: int) -> None:
        if note:
            _edited(operator, complained="95013002")

    assert match(progress=edits) == {"looked_at": 2, "asserted": 1, "linked": 1}
    assert (_linked(), _linked("I2")) == ((None, None, None), ("c1", "L1", "T1"))
    assert match() == {"looked_at": 1, "none": 1, "linked": 0}
