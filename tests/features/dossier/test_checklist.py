"""The checklist: files come in with their check, people confirm or send back, a year later what holds is taken over."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.features.dossier.conftest import code_of, keep_paper
from tests.support.fixtures import Import
from tests.support.seats import enter_human_seat

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.approvals import operations
from nianjian.features.dossier import materials
from nianjian.features.dossier.materials import Place
from nianjian.features.dossier.operations import arrivals, checklist
from nianjian.features.dossier.operations.overrulings import list_explained
from nianjian.features.dossier.states import DONE, MaterialState, Verdict
from nianjian.features.rulebook import operations as overlay
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts
from nianjian.platform.rulebook import optional_items
from nianjian.platform.vault import blobs

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
YEAR = 2026
ARTICLES = Place("demo", YEAR, "articles")


@pytest.fixture
def keep(demo: str, anna: Actor) -> Callable[..., int]:
    def keep(
        body: bytes = b"%PDF-1", verdict: Verdict = Verdict.NEEDS_PERSON, place: Place = ARTICLES, **file: Any
    ) -> int:
        params: dict[str, Any] = {
            "code": demo,
            "year": place.year,
            "actor": anna,
            "verdict": verdict,
            "confirmed": False,
        }
        return keep_paper(place.item, body, **params, **file)

    return keep


def _states(on: date | None = None) -> dict[str, MaterialState]:
    return {one.item: one.state for one in checklist.list_items("demo", YEAR, Actor("root"), on)}


def _confirm(actor: Actor, number: int, **days: Any) -> object:
    return checklist.confirm(enterprise="demo", year=YEAR, item="articles", number=number, actor=actor, **days)


def test_a_person_confirms_and_the_paper_has_its_own_days(keep: Callable[..., int], anna: Actor) -> None:
    assert keep() == 1
    assert _states()["articles"] is MaterialState.TO_CONFIRM
    _confirm(anna, 1, valid_until=date(2027, 3, 1))
    assert _states(date(2027, 3, 1))["articles"] is MaterialState.READY
    assert _states(date(2027, 3, 2))["articles"] is MaterialState.EXPIRED
    reversed_days = {"effective_on": date(2027, 1, 2), "valid_until": date(2027, 1, 1)}
    assert code_of(lambda: _confirm(anna, 1, **reversed_days)) == "dossier_days_reversed"


def test_whom_the_list_does_not_cover_must_be_explained(keep: Callable[..., int], anna: Actor) -> None:
    findings = [
        {"code": "people_missing", "weight": "ask", "page": None, "values": {"count": 61}},
        {"code": "people_few", "weight": "ask", "page": None, "values": {"people": 3, "wanted": 20}},
    ]
    keep(report={"fields": {}, "findings": findings})
    with pytest.raises(NianjianError) as refused:
        _confirm(anna, 1, explanation=" ")
    assert refused.value.code == "dossier_explanation_missing"
    assert refused.value.findings == ({"code": "people_missing", "count": 61},)
    assert _states()["articles"] is MaterialState.TO_CONFIRM
    _confirm(anna, 1, explanation="61 人为外包派遣，协议见附件")
    (explained,) = list_explained(materials.get_version("demo", YEAR, "articles", 1))
    assert (explained.finding, explained.text, explained.by) == (
        "people_missing",
        "61 人为外包派遣，协议见附件",
        str(anna),
    )


def test_a_paper_with_blanks_is_bound_but_ready_only_once_somebody_says_why(
    keep: Callable[..., int], anna: Actor
) -> None:
    findings = [{"code": "claim_blank", "weight": "ask", "page": None, "values": {"fields": "office.address"}}]
    keep(report={"fields": {}, "findings": findings})
    _confirm(anna, 1)
    assert _states()["articles"] is MaterialState.BLANK
    assert "articles" in materials.list_unready_items("demo", YEAR, on=clock.today())[0]
    assert not checklist.is_complete(checklist.list_items("demo", YEAR, anna))
    _confirm(anna, 1, explanation="盖章前手填")
    assert _states()["articles"] is MaterialState.READY


def test_a_generated_paper_that_is_brought_in_stays_what_it_is_and_is_not_reused(
    keep: Callable[..., int], anna: Actor
) -> None:
    findings = [{"code": "filing_missing", "weight": "stop", "page": None, "values": {}}]
    keep(report={"fields": {"run": "R1"}, "findings": findings}, verdict=Verdict.NOT_READY)
    assert keep(report={"findings": []}) == 1, "the same bytes"
    assert code_of(lambda: _confirm(anna, 1)) == "dossier_not_ready"
    keep(b"%PDF-2", report={"fields": {"run": "R1"}})
    _confirm(anna, 2)
    assert checklist.reuse(enterprise="demo", year=YEAR + 1, actor=anna) == []


def test_only_the_newest_version_counts(keep: Callable[..., int], anna: Actor) -> None:
    keep()
    _confirm(anna, 1)
    assert keep(b"%PDF-2") == 2
    assert _states()["articles"] is MaterialState.TO_CONFIRM
    assert code_of(lambda: _confirm(anna, 1)) == "dossier_version_old"
    assert code_of(lambda: _confirm(anna, 3)) == "dossier_version_unknown"


def test_what_was_sent_back_does_not_come_again(keep: Callable[..., int], anna: Actor) -> None:
    keep()
    give: dict[str, Any] = {"enterprise": "demo", "year": YEAR, "item": "articles", "number": 1, "actor": anna}
    assert code_of(lambda: checklist.send_back(**give, reason=" ")) == "dossier_reason_missing"
    checklist.send_back(**give, reason="看不清")
    assert _states()["articles"] is MaterialState.RETURNED
    assert code_of(keep) == "dossier_version_returned"
    assert keep(b"%PDF-2") == 2


def test_the_same_content_is_the_same_version_and_leaves_no_file(keep: Callable[..., int]) -> None:
    assert keep() == keep() == 1
    assert len(list(blobs.blobs())) == 1


def test_the_same_content_is_judged_by_what_is_known_now(keep: Callable[..., int], anna: Actor) -> None:
    assert keep(verdict=Verdict.NOT_READY) == 1
    assert code_of(lambda: _confirm(anna, 1)) == "dossier_not_ready"
    assert keep(verdict=Verdict.READY) == 1, "the register was filled meanwhile"
    (act,) = acts(enterprise="demo", verb="dossier.checked_again")
    assert (act.data["before"], act.data["verdict"]) == ("not_ready", "ready")
    _confirm(anna, 1)
    assert keep(verdict=Verdict.NOT_READY) == 1
    assert materials.get_version("demo", YEAR, "articles", 1).verdict == Verdict.READY, "a person stands for it"
    assert len(list(acts(enterprise="demo", verb="dossier.checked_again"))) == 1


def test_what_two_people_overruled_stays_when_it_is_found_again(keep: Callable[..., int]) -> None:
    turned = {"code": "scan_turned", "weight": "stop", "page": 1, "values": {"degrees": 180}}
    answer = {"reason": "正的", "approved_by": "user:bo"}
    keep(verdict=Verdict.NOT_READY, report={"fields": {}, "findings": [{**turned, "answer": answer}]})
    keep(verdict=Verdict.NOT_READY, report={"fields": {"dated": "2026-01-01"}, "findings": [turned]})
    row = materials.get_version("demo", YEAR, "articles", 1)
    assert (row.verdict, materials.read_report(row)["findings"][0]["answer"]) == ("needs_person", answer)


def test_of_two_who_sort_one_file_the_second_finds_it_gone(demo: str, anna: Actor) -> None:
    arrivals.store_file(enterprise=demo, year=YEAR, name="a.pdf", content=b"%PDF-1", actor=anna)
    (one,), (other,) = (
        arrivals.list_waiting_files(enterprise=demo, year=YEAR, actor=anna, most=1) for _person in range(2)
    )
    arrivals.record_decision(row=one, item="articles", actor=anna)
    assert code_of(lambda: arrivals.record_decision(row=other, item="licence", actor=anna)) == "dossier_arrival_unknown"
    assert code_of(lambda: arrivals.record_cut(row=other, papers=(), leave="", actor=anna)) == "dossier_arrival_unknown"
    assert [act.data["item"] for act in acts(enterprise=demo, verb="dossier.sorted")] == ["articles"]


def test_only_the_algorithm_filing_may_not_apply(demo: str, anna: Actor, load: Import, tmp_path: Path) -> None:
    assert _states()["algorithm_filing"] is MaterialState.MISSING, "an empty register rules no robot out"
    enter_human_seat(demo, tmp_path)
    assert _states()["algorithm_filing"] is MaterialState.NOT_APPLICABLE
    load("seats", "坐席编号,类型,报备日期", ("X1", "", "2026-02-01"))
    assert _states()["algorithm_filing"] is MaterialState.MISSING, "nobody knows what kind of seat it is"
    load("seats", "坐席编号,类型,报备日期", ("X1", "人工", "2026-02-01"))
    assert _states()["algorithm_filing"] is MaterialState.NOT_APPLICABLE
    load("seats", "坐席编号,类型,报备日期", ("R1", "机器人", "2026-02-01"))
    assert _states()["algorithm_filing"] is MaterialState.MISSING
    give: dict[str, Any] = {"enterprise": demo, "year": YEAR, "actor": anna}
    checklist.not_applicable(**give, item="algorithm_filing", reason="不具有舆论属性")
    assert _states()["algorithm_filing"] is MaterialState.NOT_APPLICABLE
    checklist.not_applicable(**give, item="algorithm_filing", reason="")
    assert _states()["algorithm_filing"] is MaterialState.MISSING
    assert code_of(lambda: checklist.not_applicable(**give, item="articles", reason="无")) == "dossier_item_required"


def test_last_years_papers_are_taken_over_and_wait_for_a_person(
    keep: Callable[..., int], anna: Actor, demo: str
) -> None:
    for item in ("articles", "audit_report", "shareholders"):
        place = Place(demo, YEAR - 1, item)
        keep(f"%PDF-{item}".encode(), place=place)
        if item != "shareholders":
            checklist.confirm(**asdict(place), number=1, actor=anna)
    assert checklist.reuse(enterprise=demo, year=YEAR, actor=anna) == ["articles"]
    assert checklist.reuse(enterprise=demo, year=YEAR, actor=anna) == []
    (line,) = [one for one in checklist.list_items(demo, YEAR, anna) if one.item == "articles"]
    assert (line.state, line.newest and line.newest.reused_from) == (MaterialState.TO_CONFIRM, YEAR - 1)


def test_what_the_overview_counts_is_what_the_list_shows(keep: Callable[..., int], anna: Actor, demo: str) -> None:
    day = date(2027, 2, 1)

    def counted() -> tuple[int, bool]:
        unready, begun = materials.list_unready_items(demo, YEAR, on=day)
        listed = {one.item for one in materials.list_items(demo, YEAR, on=day, robots=True) if one.state not in DONE}
        assert unready == listed
        return len(unready), begun

    assert counted() == (13, False)
    keep()
    assert counted() == (13, True)
    _confirm(anna, 1, valid_until=date(2027, 1, 1))
    assert counted() == (13, True), "not valid on that day"
    _confirm(anna, 1, valid_until=date(2027, 3, 1))
    assert counted() == (12, True)
    keep(b"%PDF-2", Verdict.NOT_READY)
    assert counted() == (13, True), "the newest counts"
    checklist.not_applicable(enterprise=demo, year=YEAR, item="algorithm_filing", reason="无", actor=anna)
    assert counted() == (12, True)


def test_what_the_province_asks_for_besides_is_an_item_like_any_other(
    keep: Callable[..., int], demo: str, anna: Actor, bo: Actor
) -> None:
    before = _states()
    assert "protection_grade" not in before, "what some provinces ask for is told, not asked"
    request = overlay.request_overlay(
        key="materials.optional", value='["等保", "本地承诺"]', province="浙江", enterprise=demo,
        valid_from=clock.today(), valid_to=None, reason="省局通知", actor=anna,
    )  # fmt: skip
    operations.approve(approval=request.id, actor=bo)
    assert set(_states()) - set(before) == {"protection_grade"}
    assert _states()["protection_grade"] is MaterialState.MISSING
    assert optional_items.hinted(checklist.get_rulebook(demo)) == ["本地承诺"], "no item stands for it"
    assert checklist.list_requirements(checklist.get_rulebook(demo))["protection_grade"].seals[:1] == ("cover_seal",)
    place = Place(demo, YEAR, "protection_grade")
    number = keep(place=place)
    checklist.confirm(enterprise=demo, year=YEAR, item=place.item, number=number, actor=anna)
    assert _states()["protection_grade"] is MaterialState.READY
    assert materials.list_unready_items(demo, YEAR, on=clock.today(), further=("protection_grade", "access_agreement"))[
        0
    ] >= {"access_agreement"}
