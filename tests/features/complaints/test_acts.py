"""Acts on tickets: versions, one audit entry each, what is refused, own rows, and what is never published."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import pytest

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.clock import ZONE
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.lake import schema
from nianjian.engines.lake.tables import Lake
from nianjian.features.complaints import operations as flows
from nianjian.features.complaints import publishing, queries
from nianjian.features.complaints.clocks import Clock, Hand, evaluate_clock, is_overdue
from nianjian.features.complaints.models import Complaint
from nianjian.features.complaints.queries import (
    TicketFilter,
    get_ticket,
    list_tickets,
    load_service_levels,
    ticket_as_dict,
)
from nianjian.features.complaints.states import State, state_of
from nianjian.platform.accounts import service as people
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.chain import verify_chain
from nianjian.platform.audit.query import acts
from nianjian.platform.registers.overlays import Overlay
from nianjian.platform.registers.storage import ImportReceipt

pytestmark = pytest.mark.postgres

Import = Callable[..., ImportReceipt]
ARRIVED = "2026-03-01 22:15:00"


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=ZONE)


def _add(operator: Actor, name: str = "I1", **texts: str) -> str:
    defaults = {"ticket_id": name, "source": "12321", "arrived_at": ARRIVED, "complained": "95013001"}
    return flows.open_ticket(enterprise="demo", texts=defaults | {"complainant": "13800138000"} | texts, actor=operator)


def _respond_and_call_back(operator: Actor, name: str = "I1") -> None:
    flows.respond(enterprise="demo", complaints=[name], actor=operator, at=_at("01 22:30:00"))
    flows.callback(enterprise="demo", complaint=name, result="满意", actor=operator, at=_at("02 09:00:00"))


def _close(operator: Actor, *names: str, result: str = "致歉", at: str = "02 10:00:00") -> bool:
    return flows.close(enterprise="demo", complaints=names, result=result, actor=operator, at=_at(at))


def _row(operator: Actor, name: str = "I1") -> dict[str, Any]:
    (ticket,) = list_tickets(enterprise="demo", actor=operator).of([name])
    return ticket_as_dict(ticket)


def _refused(call: Callable[[], object]) -> str:
    before, rows = len(list(acts())), Complaint.objects.count()
    with pytest.raises(NianjianError) as error:
        call()
    assert (len(list(acts())), Complaint.objects.count()) == (before, rows), "a refused act leaves nothing behind"
    return error.value.code


def test_from_arrival_to_close_each_act_is_a_version_and_an_entry(demo: str, operator: Actor) -> None:
    _add(operator)
    _respond_and_call_back(operator)
    assert _row(operator)["state"] == "called_back"
    _close(operator, "I1")
    row = _row(operator)
    assert (row["state"], row["response_on_time"], row["close_on_time"]) == ("closed", True, True)
    assert (row["response_due"], row["close_due"]) == ("2026-03-02 00:15:00", "2026-03-02 22:15:00")
    assert [one.verb for one in acts() if one.verb.startswith("complaints")] == [
        "complaints.close",
        "complaints.callback",
        "complaints.respond",
        "complaints.add",
    ]
    history = [one.act for one in get_ticket(enterprise="demo", complaint="I1", actor=operator)[1]]
    assert history == ["close", "callback", "respond", "add"]
    assert Complaint.objects.filter(superseded_at=None).count() == 1
    assert Complaint.objects.count() == 4
    assert verify_chain().valid


def test_no_value_stands_in_the_chain_and_a_list_is_masked(demo: str, operator: Actor) -> None:
    _add(operator, content="天天打来推销")
    flows.respond(enterprise="demo", complaints=["I1"], actor=operator, text="已转给外包团队", by="李四")
    entries = str([dict(one.data) for one in acts()])
    assert not [secret for secret in ("13800138000", "推销", "外包团队", "李四") if secret in entries]
    row = _row(operator)
    assert row["complainant"] == "138****8000"
    assert not {"content", "measures", "callback_result", "responded_by"} & row.keys()


def test_a_close_needs_call_back_and_result(demo: str, operator: Actor) -> None:
    _add(operator)
    assert _refused(lambda: _close(operator, "I1")) == "complaint_callback_missing"
    flows.respond(enterprise="demo", complaints=["I1"], actor=operator, at=_at("01 22:30:00"))
    assert _refused(lambda: _close(operator, "I1")) == "complaint_callback_missing"
    back = {"enterprise": "demo", "complaint": "I1", "actor": operator}
    assert _refused(lambda: flows.callback(result="  ", **back)) == "complaint_result_missing"
    flows.callback(result="满意", at=_at("02 09:00:00"), **back)
    assert _refused(lambda: _close(operator, "I1", result="")) == "complaint_result_missing"
    assert _refused(lambda: _close(operator, "I1", at="02 08:59:59")) == "complaint_moment_too_early"
    _close(operator, "I1")


def test_there_is_no_mass_close(demo: str, operator: Actor) -> None:
    for name in ("I1", "I2"):
        _add(operator, name)
        _respond_and_call_back(operator, name)
    assert _refused(lambda: _close(operator, "I1", "I2")) == "complaint_mass_close"
    assert _refused(lambda: _close(operator)) == "complaint_mass_close"


def test_several_are_answered_with_words_of_ones_own_or_not_at_all(demo: str, operator: Actor) -> None:
    for name in ("I1", "I2"):
        _add(operator, name)
    both = {"enterprise": "demo", "complaints": ["I1", "I2"], "actor": operator}
    assert _refused(lambda: flows.respond(text=" ", **both)) == "complaint_text_missing"
    beyond = {**both, "complaints": ["I1", "nobody"]}
    assert _refused(lambda: flows.respond(text="我们已联系您", **beyond)) == "complaint_unknown"
    flows.respond(text="我们已联系您", **both)
    assert [_row(operator, name)["state"] for name in ("I1", "I2")] == ["responded", "responded"]
    assert dict(next(iter(acts(verb="complaints.respond"))).data)["complaints"] == ["I1", "I2"]
    flows.assign(assignee="1001", team="T1", **both)
    assert [(row.assignee, row.team_id) for row in queries.current_tickets("demo")] == [("1001", "T1")] * 2
    assert _refused(lambda: flows.assign(**both)) == "complaint_assignee_missing"


def test_an_automatic_answer_is_no_response(demo: str, operator: Actor) -> None:
    _add(operator)
    flows.respond(enterprise="demo", complaints=["I1"], actor=operator, at=_at("01 22:15:03"), automatic=True)
    row = _row(operator)
    assert (row["state"], row["responded_at"], row["response_on_time"]) == ("new", None, False)
    assert row["auto_replied_at"] == "2026-03-01 22:15:03"
    flows.respond(enterprise="demo", complaints=["I1"], actor=operator, at=_at("01 23:00:00"))
    assert _row(operator)["response_on_time"] is True


def test_a_call_back_without_an_answer_before_is_the_response(demo: str, operator: Actor) -> None:
    _add(operator)
    flows.callback(enterprise="demo", complaint="I1", result="满意", actor=operator, at=_at("02 00:15:00"))
    row = _row(operator)
    assert (row["responded_at"], row["response_on_time"]) == ("2026-03-02 00:15:00", True)


def test_reopening_keeps_the_start_and_takes_another_call_back(demo: str, operator: Actor) -> None:
    _add(operator)
    _respond_and_call_back(operator)
    _close(operator, "I1")
    flows.reopen(enterprise="demo", complaint="I1", actor=operator, at=_at("02 12:00:00"))
    row = _row(operator)
    assert (row["state"], row["close_due"], row["close_on_time"]) == ("reopened", "2026-03-02 22:15:00", False)
    assert _refused(lambda: _close(operator, "I1", at="02 22:15:00")) == "complaint_callback_old"
    flows.callback(enterprise="demo", complaint="I1", result="满意", actor=operator, at=_at("02 13:00:00"))
    _close(operator, "I1", at="02 22:15:00")
    assert _row(operator)["close_on_time"] is True


def test_ones_own_closing_is_taken_back_and_stays_in_history_and_chain(demo: str, operator: Actor) -> None:
    one = {"enterprise": "demo", "complaint": "I1", "actor": operator}
    _add(operator)
    _respond_and_call_back(operator)
    _close(operator, "I1")
    flows.reopen(at=_at("02 12:00:00"), **one)
    flows.callback(result="满意", at=_at("02 13:00:00"), **one)
    before = _row(operator)
    flows.close(
        enterprise="demo", complaints=["I1"], result="退费", callback="联系不上", upheld=True, actor=operator,
        at=_at("02 14:00:00"),
    )  # fmt: skip
    flows.unclose(**one)
    assert _row(operator) == before
    assert Complaint.objects.get(superseded_at=None).measures == "致歉"
    past = get_ticket(enterprise="demo", complaint="I1", actor=operator)[1]
    assert [event.act for event in past][:4] == ["unclose", "close", "callback", "reopen"]
    assert [one.verb for one in acts()][:2] == ["complaints.unclose", "complaints.close"]
    assert verify_chain().valid
    _close(operator, "I1", at="02 15:00:00")
    assert _row(operator)["state"] == "closed"


def test_a_closing_of_somebody_else_or_with_something_after_it_is_reopened_instead(demo: str, operator: Actor) -> None:
    people.add_user(name="lee", role="data_officer", enterprises=["demo"], actor=operator)
    mine, theirs = ({"enterprise": "demo", "complaint": "I1", "actor": one} for one in (operator, Actor("lee")))
    _add(operator)
    _respond_and_call_back(operator)
    assert _refused(lambda: flows.unclose(**mine)) == "complaint_act_refused"
    _close(operator, "I1")
    assert _refused(lambda: flows.unclose(**theirs)) == "complaint_unclose_refused"
    flows.exclude(exclusion="not_a_call", **mine)
    assert _refused(lambda: flows.unclose(**mine)) == "complaint_act_refused"
    flows.readmit(**mine)
    assert _refused(lambda: flows.unclose(**mine)) == "complaint_unclose_refused"


def test_an_excluded_ticket_stands_still_until_it_is_readmitted(demo: str, operator: Actor) -> None:
    _add(operator)
    _add(operator, "I2")
    one = {"enterprise": "demo", "complaint": "I2", "actor": operator}
    assert _refused(lambda: flows.exclude(exclusion="bored", **one)) == "complaint_exclusion_unknown"
    for wrong in ("nobody", "I2"):
        call = {"exclusion": "duplicate", "duplicate_of": wrong, **one}
        assert _refused(lambda call=call: flows.exclude(**call)) == "complaint_duplicate_wrong"
    flows.exclude(exclusion="duplicate", duplicate_of="I1", **one)
    row = _row(operator, "I2")
    assert (row["state"], row["response_clock"], row["close_on_time"]) == ("excluded", "stopped", None)
    refused = {"enterprise": "demo", "complaints": ["I2"], "actor": operator}
    assert _refused(lambda: flows.respond(**refused)) == "complaint_act_refused"
    flows.readmit(**one)
    assert (_row(operator, "I2")["state"], _row(operator, "I2")["duplicate_of"]) == ("new", None)


def test_what_somebody_else_wrote_in_between_is_not_written_over(demo: str, operator: Actor) -> None:
    _add(operator)
    seen = Complaint.objects.get().pk
    flows.assign(enterprise="demo", complaints=["I1"], assignee="1001", actor=operator)
    one = {"enterprise": "demo", "complaint": "I1", "actor": operator}
    assert _refused(lambda: flows.callback(result="x", version=seen, **one)) == "register_row_stale"


def test_a_number_that_is_drawn_twice_is_drawn_again(
    demo: str, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "_make_number", iter(["TS-1", "TS-1", "TS-1", "TS-2"]).__next__)
    texts = {"source": "一键投诉", "complained": "95013001"}
    keys = [flows.open_ticket(enterprise="demo", texts=texts, actor=operator) for _turn in range(2)]
    assert keys == ["TS-1", "TS-2"]
    assert sorted(Complaint.objects.values_list("ticket_id", flat=True)) == keys


def test_numbers_and_references_stand_once_and_the_future_is_refused(demo: str, operator: Actor) -> None:
    _add(operator, reference="A-1")
    assert _refused(lambda: _add(operator)) == "complaint_exists"
    assert _refused(lambda: _add(operator, "I2", reference="A-1")) == "complaint_reference_known"
    assert _refused(lambda: _add(operator, "I3", source="")) == "register_row_faulty"
    late = clock.now() + timedelta(days=3)
    one = {"enterprise": "demo", "complaints": ["I1"], "actor": operator}
    assert _refused(lambda: flows.respond(at=late, **one)) == "complaint_moment_in_future"
    ticket = flows.open_ticket(enterprise="demo", texts={"source": "一键投诉"}, actor=operator)
    assert _row(operator, ticket)["response_clock"] == "running"


def test_an_outsourcer_sees_own_tickets_and_writes_none(demo: str, operator: Actor) -> None:
    people.add_user(name="tom", role="outsourcer", enterprises=["demo"], actor=operator, team="T1")
    tom = Actor("tom", "user")
    _add(operator, team_id="T1")
    _add(operator, "I2", team_id="T2")
    assert [one.row.key for one in list_tickets(enterprise="demo", actor=tom).tickets()] == ["I1"]
    with pytest.raises(NianjianError) as error:
        get_ticket(enterprise="demo", complaint="I2", actor=tom)
    assert error.value.code == "complaint_unknown"
    assert _refused(lambda: flows.respond(enterprise="demo", complaints=["I1"], actor=tom)) == "role_missing"
    assert _refused(lambda: _close(tom, "I1")) == "role_missing"


def test_a_drill_is_worked_on_like_any_ticket_and_never_published(demo: str, operator: Actor, tmp_path: Path) -> None:
    _add(operator)
    _add(operator, "D1", drill="是")
    _respond_and_call_back(operator, "D1")
    _close(operator, "D1")
    assert _row(operator, "D1")["drill"] is True
    lake = Lake(str(tmp_path / "lake"), "demo")
    publishing.publish_tickets(lake, "demo")
    facts = ds.dataset(lake.files("complaint_fact"), schema=schema.SCHEMAS["complaint_fact"]).to_table()
    assert facts["complaint_id"].to_pylist() == ["I1"]
    filters = TicketFilter(drills=True)
    assert [one.row.key for one in list_tickets(enterprise="demo", actor=operator, filters=filters).tickets()] == ["D1"]
    assert dict(next(iter(acts(verb="complaints.close"))).data)["drills"] == ["D1"]


def test_lists_by_state_and_clock_say_what_the_pure_functions_say(demo: str, load: Import, operator: Actor) -> None:
    """Every combination of moments around the limits, each found in exactly the lists that its own reading names."""
    now = clock.now().replace(microsecond=0)
    limits = (timedelta(minutes=90), timedelta(hours=2), timedelta(hours=20), timedelta(hours=24))
    ages = [timedelta(), *(limit + timedelta(seconds=shift) for limit in limits for shift in (-1, 0, 1))]
    rows = []
    for age in ages:
        arrived = now - age
        for done in (None, timedelta(hours=1), timedelta(hours=2), timedelta(hours=24), timedelta(hours=24, seconds=1)):
            for again in (None, timedelta(seconds=-1), timedelta(), timedelta(seconds=1)):
                closed = None if done is None else arrived + done
                reopened = None if closed is None or again is None else closed + again
                if max(closed or now, reopened or now) <= now + timedelta(days=1):  # later ones are refused
                    rows.append((arrived, closed, reopened, ""))
        rows.append((arrived, None, None, "重复"))
    rows += [(None, None, None, ""), (None, now, None, "")]
    header = "编号,来源,受理时间,转办到达时间,首次响应时间,回访时间,结案时间,重开时间,排除原因"
    sheet = [
        (f"K{number}", "12321", "2020-01-01", _typed(arrived), *[_typed(closed)] * 3, _typed(reopened), exclusion)
        for number, (arrived, closed, reopened, exclusion) in enumerate(rows)
    ]
    assert load("complaints", header, *sheet).ok
    holds = load_service_levels("demo")
    every = {row.key: queries.ticket_facts(row) for row in queries.current_tickets("demo")}
    past = {key: facts for key, facts in every.items() if facts == facts.at(now)}  # a list is of the present
    assert len(past) > 60

    def names(filters: TicketFilter) -> set[str]:
        return {
            one.row.key for one in list_tickets(enterprise="demo", actor=operator, filters=filters, at=now).tickets()
        }

    for one in State:
        expected = {key for key, facts in every.items() if state_of(facts) is one}
        assert names(TicketFilter(states=frozenset({one}))) == expected, one
    for which in Clock:
        for hand in Hand:
            expected = {key for key, facts in past.items() if evaluate_clock(which, facts, holds, now).hand is hand}
            keys = names(TicketFilter(clock=which, hands=frozenset({hand})))
            assert keys & past.keys() == expected, (which, hand)
    expected = {key for key, facts in past.items() if is_overdue(facts, holds, now)}
    assert 10 < len(expected) < len(past)
    assert names(TicketFilter(overdue=True)) & past.keys() == expected
    assert {row.key for row in queries.overdue_tickets("demo", holds, now)} & past.keys() == expected
    everything = list_tickets(enterprise="demo", actor=operator, at=now).tickets()
    ranks = [one.overdue for one in everything if one.row.key in past]
    assert ranks == sorted(ranks, reverse=True), "what is overdue stands before what is not"


def _typed(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"


def test_a_stricter_promise_holds_for_what_arrives_after_it(demo: str, operator: Actor) -> None:
    Overlay.objects.create(
        id="o1",
        key="complaints.response",
        value="1",
        enterprise="demo",
        valid_from="2026-03-02",
        reason="整改期间",
        proposed_by="a",
        proposed_at=datetime(2026, 3, 1, tzinfo=UTC),
        approved_by="b",
        approved_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    _add(operator)
    _add(operator, "I2", arrived_at="2026-03-02 00:00:00")
    assert _row(operator)["response_due"] == "2026-03-02 00:15:00"
    assert _row(operator, "I2")["response_due"] == "2026-03-02 01:00:00"
