"""The gate's pages: what it allows and why, how it is, its journal without anybody's number, changes by two persons."""

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from tests.support import gate as asked
from tests.support.people import signed_in
from tests.support.receivers import Program, served

from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.question import Used, Verdict
from nianjian.engines.gate.snapshot import files
from nianjian.features.approvals.operations import approve
from nianjian.features.dial_policy import decisions as check
from nianjian.features.dial_policy import feed
from nianjian.features.portrait import line_usage, portraits
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.service import add_enterprise
from nianjian.platform.approvals.storage import list_approvals
from nianjian.platform.registers import gate_policies
from nianjian.platform.registers.gate_policies import PolicyValues
from nianjian.platform.registers.models import Overlay
from nianjian.platform.registers.storage import import_sheet

pytestmark = pytest.mark.django_db
HOME = "/e/demo/gate/"
DAY = "2026-11-25"
BOSS = Actor("tester")
STATE = {
    "status": "alarm",
    "alarms": ["snapshot_old", "enterprise_refused", "journal_unwritten"],
    "snapshot": {"state": "alarm", "generation": 7, "age_s": 1200, "problem": ""},
    "refused": {"other": "gate_rule_unreadable"},
    "counters": {"kind": "journal", "available": True, "reason": ""},
    "decisions": {"demo": {"allow": 3}, "other": {"allow": 9}},
}


@pytest.fixture(autouse=True)
def house(db: None, home: Path, keys: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An enterprise with a line, nobody at the gate's address, and a journal of one day."""
    monkeypatch.setattr(transaction, "on_commit", lambda act: act())  # a test's transaction is never over
    monkeypatch.setenv("NIANJIAN_GATE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("NIANJIAN_TODAY", DAY)
    add_enterprise(code="demo", name="示范", province="北京", actor=BOSS)
    (home / "lines.csv").write_text("线路编号,状态\nL01,启用\n")
    import_sheet(kind="lines", path=home / "lines.csv", enterprise="demo", actor=BOSS)
    journal = Journal(files.decisions_folder(home), "p1")
    journal.open(asked.NOON)
    used = Used("caller_callee:95013001>13900139001", "sliding 300s", 3, 3)
    for callee, code, verdict in (
        ("13900139000", "demo", Verdict(allow=True, reason="allow", decision_id="d1")),
        ("13900139001", "demo", Verdict(allow=False, reason="cap", rule="rectification.frequency.after", counter=used)),
        ("13900139002", "other", Verdict(allow=False, reason="do-not-call", decision_id="d3")),
    ):
        request = asked.request(enterprise=code, callee=callee, call_id=f"=c{callee[-1]}")
        journal.note(request, verdict, 1, asked.NOON)
    journal.close()


@pytest.fixture
def lead() -> Client:
    return signed_in("anna", "compliance_lead", "demo", "en")


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str | None]]:
    """A stand-in for a running gate; the tokens that it was shown."""
    stand_in = Program()
    stand_in.answer = json.dumps(STATE).encode()
    monkeypatch.setenv("NIANJIAN_GATE_URL", stand_in.place)
    monkeypatch.setenv("NIANJIAN_GATE_TOKENS", "demo=open-sesame")
    with served(stand_in):
        yield stand_in.tokens


def text(client: Client, address: str = HOME) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_a_rule_that_cannot_be_read_hides_nothing_else(lead: Client) -> None:
    now = datetime.now(UTC)
    Overlay.objects.create(
        id="broken", key="gate.hours.service", value=["08:00"], enterprise="demo", valid_from=date(2026, 1, 1),
        reason="r", proposed_by="user:a", proposed_at=now, approval="x", approved_by="user:b", approved_at=now,
    )  # fmt: skip
    page = text(lead)
    assert page.count("the gate cannot interpret the rule gate.hours.service") == 1
    assert 'role="alert"' in page
    assert "L01" in page
    purposes = page[page.index("<h2>Purposes</h2>") :].partition("</table>")[0]
    assert ("marketing" in purposes.casefold(), 'gate.hours.service"' in purposes) == (True, False)
    assert "Underlying rules" in page
    assert lead.get(f"{HOME}change/").status_code == 200


def test_the_policy_names_its_rules_and_the_page_says_what_is_not_there(lead: Client) -> None:
    page = text(lead)
    for phrase in (
        "no snapshot: every call is refused", "does not answer", f"{HOME}change/",
        "L01", "300", "/e/demo/rules/rectification.frequency.before/", "08:00–21:00", "calendar day",
    ):  # fmt: skip
        assert phrase in page
    assert re.search(r"20\d\d-\d\d-\d\d – open-ended", page), "a rule without an end is nothing to do"
    assert f"{HOME}change/" not in text(signed_in("ivo", "tester", "demo", "en"))
    feed.feed()
    page = text(lead)
    assert "number 1, 0 s old" in page or "number 1, 1 s old" in page
    assert 'badge good">fresh' in page


def test_the_process_tells_how_it_is_to_the_enterprise_alone(lead: Client, process: list[str | None]) -> None:
    page = text(lead)
    assert "by snapshot 7, 1200 s old" in page
    assert "old: an alarm" not in page  # that is said of a snapshot alone
    assert 'badge warn">answers, with an alarm' in page
    assert 'badge warn">its snapshot is old: it has not been fed for a while' in page
    assert 'badge warn">its decisions cannot be recorded' in page
    assert "could not be sent to it" not in page  # another enterprise's
    assert 'badge good">counting' in page
    assert process == ["Bearer open-sesame"]


def test_an_enterprise_that_cannot_be_told_of_sees_why(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def numbers(_enterprise: str) -> list[object]:
        raise ValueError

    with monkeypatch.context() as broken:
        broken.setattr("nianjian.features.dial_policy.facts.list_numbers", numbers)
        feed.feed()
    page = text(lead)
    assert 'badge bad">no data of this enterprise: every call is refused' in page
    assert "could not be read (ValueError)" in page


def test_a_switch_that_lets_calls_go_waits_for_a_second_person(lead: Client) -> None:
    form = {"act": "fail-open", "purpose": "service", "on": "on", "reason": ""}
    refused = lead.post(f"{HOME}change/", form)
    assert refused.status_code == 422
    assert "fail-open_reason" in refused.content.decode()
    answer = lead.post(f"{HOME}change/", {**form, "reason": "门诊回访"}, follow=True)
    assert "a second person decides" in answer.content.decode()
    assert gate_policies.list_policies_in_force("demo") == []
    (waiting,) = list_approvals()
    signed_in("bo", "compliance_lead", "demo")
    approve(approval=waiting.id, actor=Actor("bo", USER))
    page = text(lead)
    assert "May go while the gate cannot decide: service." in page
    assert "门诊回访" in page
    assert waiting.id in page
    off = lead.post(f"{HOME}change/", {**form, "on": "off", "reason": "不再需要"}, follow=True)
    assert "In force; the gate has been notified." in off.content.decode()
    assert "May go while the gate cannot decide: " not in text(lead)


def test_caps_mode_and_vendors_limits(lead: Client) -> None:
    address = f"{HOME}change/"
    cap = {"act": "cap", "key": "channel", "name": "L01", "cap": "80", "reason": "投诉多"}
    assert lead.post(address, cap).status_code == 302
    unknown = lead.post(address, {**cap, "name": "L99"})
    assert unknown.status_code == 422
    assert "L99 is not in any register" in unknown.content.decode()
    waiting = lead.post(address, {"act": "mode", "mode": "observe", "reason": "试运行"}, follow=True).content.decode()
    assert "a second person decides" in waiting
    assert "gate only observes" not in text(lead)
    signed_in("bo", "compliance_lead", "demo")
    (asked_for,) = list_approvals()
    approve(approval=asked_for.id, actor=Actor("bo", USER))
    rule = "frequency.tencent_tccc"
    assert lead.post(address, {"act": "choice", "rule": rule, "on": "on", "reason": "平台"}).status_code == 302
    page = re.sub(r">\s+|\s+<", lambda gap: gap[0].strip(), text(lead))
    for phrase in ("only observes", ">80<", rule, "adopted", "投诉多"):
        assert phrase in page
    for wrong in ({"act": "nothing"}, {"act": "cap", "name": "L01", "cap": "-1", "key": "channel", "reason": "x"}):
        assert lead.post(address, wrong).status_code == 422


def test_a_new_line_is_enforced_from_the_page_with_its_proposed_cap(lead: Client) -> None:
    calls = {"L01": {"days": 28, "busiest": 260, "whole": True}}
    portraits.store_beside("demo", line_usage.FILE, {"counted": "2026-11-25", "last": {}, "calls": calls})
    page = text(lead)
    assert "only observed" in page.partition("<h2>New lines")[0]
    address = f"{HOME}change/?name=L01&enforce=on&cap=260"
    assert f'href="{address.replace("&", "&amp;")}#part_cap"' in page
    form = text(lead, address)
    assert ('value="260"' in form, 'value="L01"' in form) == (True, True)
    sent = {"act": "cap", "key": "channel", "name": "L01", "cap": "260", "enforce": "on", "reason": "满30天"}
    assert lead.post(f"{HOME}change/", sent).status_code == 302
    content = text(lead)
    assert "260 · refuses" in content
    assert "name=L01" not in content


def test_caps_and_what_was_set_stand_on_pages(lead: Client, home: Path) -> None:
    lines = [f"M{one:03},启用" for one in range(60)]
    (home / "lines.csv").write_text("\n".join(["线路编号,状态", *lines, ""]))
    import_sheet(kind="lines", path=home / "lines.csv", enterprise="demo", actor=BOSS)
    for cap in range(52):
        policy = PolicyValues("channel", "L01", {"cap": cap + 1000, "white_list": False}, "试")
        gate_policies.apply_policy(enterprise="demo", policy=policy, actor=BOSS)
    page = re.sub(r">\s+|\s+<", lambda gap: gap[0].strip(), text(lead))
    caps = page.partition("<h2>New lines")[0]
    assert ("M048<" in caps, "M049<" in caps) == (True, False)
    assert (">1051<" in page, ">1002<" in page, ">1001<" in page) == (True, True, False)
    assert f'href="{HOME}?caps=2"' in page
    page = re.sub(r">\s+|\s+<", lambda gap: gap[0].strip(), text(lead, f"{HOME}?caps=2&settings=2"))
    caps = page.partition("<h2>New lines")[0]
    assert ("M059<" in caps, "M048<" in caps) == (True, False)
    assert (">1001<" in page, ">1002<" in page) == (True, False)


def test_what_the_gate_has_not_been_told_is_said(lead: Client, home: Path) -> None:
    cap = {"act": "cap", "key": "channel", "name": "L01", "cap": "80", "reason": "投诉多"}
    feed.feed()
    place = feed.snapshot_folder()
    place.rename(home / "elsewhere")
    place.write_text("in the way", encoding="utf-8")
    answer = lead.post(f"{HOME}change/", cap)
    assert answer.status_code == 302
    place.unlink()
    (home / "elsewhere").rename(place)
    page = text(lead)
    assert "Set; the gate has not been notified yet." in page
    assert "The gate does not apply all of this yet" in page
    feed.feed()
    assert "The gate does not apply all of this yet" not in text(lead)
    (home / "lines.csv").write_text("线路编号,状态\nL01,启用\nL77,启用\n")
    import_sheet(kind="lines", path=home / "lines.csv", enterprise="demo", actor=BOSS)
    assert "The gate does not apply all of this yet" in text(lead), "it refuses calls of a line it has not heard of"


def test_the_decisions_are_masked_and_of_the_enterprise_alone(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    content = text(lead, f"{HOME}decisions/?day={DAY}")
    assert "139****9001" in content
    assert "the cap is reached" in content
    assert "(cap)" not in content, "the code stands in the journal, the API and the switch's answer"
    assert "/e/demo/rules/rectification.frequency.after/" in content
    assert "13900139" not in content
    assert "139****9002" not in content
    refused = text(lead, f"{HOME}decisions/?day={DAY}&reason=refused&callee=13900139001")
    assert "139****9001" in refused
    assert "139****9000" not in refused
    assert "No decision matches" in text(lead, f"{HOME}decisions/?day=2026-11-24")
    assert "139****9001" in text(lead)  # the last ones stand on the first page too
    assert "139****9001" in text(lead, f"{HOME}decisions/")
    monkeypatch.setenv("NIANJIAN_TODAY", "2026-11-26")  # who names no day sees today alone
    assert "Nothing has been asked today." in text(lead)
    page = text(lead, f"{HOME}decisions/")
    assert ("No decision matches" in page, 'value="2026-11-26"' in page) == (True, True)
    assert "139****9001" in text(lead, f"{HOME}decisions/?day={DAY}")


def test_a_page_reads_no_more_of_the_journal_than_it_may(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "LINES", 2)  # the newest line is another enterprise's
    page = text(lead, f"{HOME}decisions/")
    assert "The newest 2 lines of the journal, which all enterprises share, were searched" in page
    assert "The newest 2 lines of the journal, which all enterprises share, were searched" in text(lead)
    (further,) = re.findall(r'href="([^"]*until=[^"]*)"', page)
    assert further == f"{HOME}decisions/?until={asked.NOON + 1}"
    assert "139****9000" not in page
    monkeypatch.setattr(check, "LINES", 3)
    assert "139****9000" in text(lead, further)
    assert "Search further back" not in text(lead, further)


def test_the_decisions_stand_on_pages(lead: Client, home: Path) -> None:
    journal = Journal(files.decisions_folder(home), "p2")
    journal.open(asked.NOON)
    for one in range(1100):
        request = asked.request(enterprise="demo", call_id=f"many-{one}", channel=f"K{one}")
        journal.note(request, Verdict(allow=True, reason="allow", decision_id=f"m{one}"), 1, asked.NOON + 1 + one)
    journal.close()
    page = text(lead, f"{HOME}decisions/?page=2")
    assert "K1049" in page
    assert "K1000" in page
    assert "K999<" not in page
    last = text(lead, f"{HOME}decisions/?page=20")
    assert "K100<" in last
    assert "page=21" not in last
    assert "There are older ones" in last


def test_the_parts_of_a_long_day_are_offered(lead: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "since=" not in lead.get(f"{HOME}decisions/?day={DAY}").content.decode()
    monkeypatch.setattr("nianjian.engines.gate.decision_search.PART", 100)
    page = lead.get(f"{HOME}decisions/?day={DAY}").content.decode()
    links = re.findall(r'href="([^"]+journal[.]csv[^"]+since=\d+)">Part \d<', page)
    assert links
    answers = [lead.get(html.unescape(one)) for one in (f"{HOME}decisions/journal.csv?day={DAY}", *links)]
    bodies = [b"".join(one.streaming_content).decode("utf-8-sig") for one in answers]  # type: ignore[attr-defined]
    calls = [row["call_id"] for body in bodies for row in csv.DictReader(io.StringIO(body))]
    assert calls == ["'=c0", "'=c1"]


def test_a_days_journal_is_a_file_without_numbers_and_formulas(lead: Client) -> None:
    answer = lead.get(f"{HOME}decisions/journal.csv?day={DAY}")
    assert answer.headers["content-disposition"] == f'attachment; filename="gate-demo-{DAY}.csv"'
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body)))
    assert [(row["callee"], row["allow"], row["reason"], row["call_id"]) for row in rows] == [
        ("139****9000", "True", "allow", "'=c0"),
        ("139****9001", "False", "cap", "'=c1"),
    ]
    assert (rows[1]["counter"], rows[1]["used"]) == ("caller_callee:95013001>139****9001", "3")
    assert "13900139" not in body
