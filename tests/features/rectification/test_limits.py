"""What a case is not given: days to come, windows that end before they begin, texts without end."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.support.bad_channel import PDF
from tests.support.fixtures import Import

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.approvals.operations import approve
from nianjian.features.rectification import evidence, operations, reports
from nianjian.features.rectification.storage import Notice, paper_content
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.query import acts

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

TODAY = date(2026, 5, 20)


@pytest.fixture
def case(demo: str, load: Import, anna: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "run"))
    load("lines", "线路编号,状态", ("L1", "在用"))
    return operations.open_case(enterprise=demo, notice=Notice(TODAY), paper=None, actor=anna).id


def fails(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(NianjianError) as caught:
        act()
    assert caught.value.code == code


TERMS: dict[str, Any] = {"enterprise": "demo", "key": "line", "cap": None, "reason": "r", "end": "e"}


def test_days_of_which_nothing_is_known_locate_and_measure_nothing(case: str, anna: Actor, bo: Actor) -> None:
    ahead = clock.today() + timedelta(days=1)
    for act in (locate_of, partial(reports.locate.enqueue, enterprise="demo")):
        fails("rectify_day_ahead", partial(act, case=case, first=None, last=ahead, actor=anna))
    order = operations.request_isolation(case=case, channel="L1", actor=anna, **TERMS)
    approve(approval=order.approval, actor=bo)
    day = clock.today()
    for act in (evidence.measure_figures, partial(reports.count_figures.enqueue, enterprise="demo")):
        for first, last in ((ahead, None), (None, day - timedelta(days=1)), (day, None)):
            fails("rectify_days_reversed", partial(act, case=case, first=first, last=last, actor=anna))
    assert {one.step for one in operations.get_case_detail(case=case, actor=anna).steps if one.done} == {
        "opened",
        "isolated",
    }


def locate_of(*, case: str, first: date | None, last: date | None, actor: Actor) -> object:
    return evidence.locate_cause(enterprise="", case=case, first=first, last=last, actor=actor)


def test_what_is_written_has_an_end_and_a_paper_s_date_is_corrected(case: str, anna: Actor) -> None:
    long = Notice(TODAY, None, "x" * 121)
    fails("rectify_text_long", lambda: operations.open_case(enterprise="demo", notice=long, paper=None, actor=anna))
    fails("rectify_text_long", lambda: watch(anna, licence="x" * 81))
    fails("rectify_channel_missing", lambda: operations.request_isolation(case=case, channel=" ", actor=anna, **TERMS))
    paper = paper_content("test.pdf", PDF)
    kind, about = "test_report", {"issuer": "I", "scope": "线路L1"}

    def attach(dated: date, number: str = "N1") -> Any:
        return operations.add_paper(case=case, kind=kind, paper=paper, actor=anna, **about, number=number, dated=dated)

    fails("rectify_text_long", lambda: attach(TODAY, "x" * 121))
    fails("rectify_day_ahead", lambda: attach(clock.today() + timedelta(days=1)))
    first = attach(TODAY)
    assert attach(TODAY) == first
    assert attach(TODAY - timedelta(days=3)).id == first.id
    (stored,) = operations.get_case_detail(case=case, actor=anna).papers
    assert stored.dated == TODAY - timedelta(days=3)
    steps = [one.step for one in operations.get_case_detail(case=case, actor=anna).events]
    assert steps == ["opened", "paper_added", "paper_corrected"]
    assert [one.verb for one in acts(enterprise="demo", newest=1)] == ["rectify.paper_corrected"]


def watch(actor: Actor, **changes: Any) -> None:
    said = {
        "case": None,
        "licence": "浙B2-20080101",
        "source": "省管局来函",
        "since": None,
        "until": None,
        "year": None,
    }
    operations.change_watch_list(enterprise="demo", actor=actor, **said | changes)


def test_a_watched_licence_is_carried_into_the_next_season(demo: str, anna: Actor) -> None:
    watch(anna, since=date(2026, 6, 1))
    fails("rectify_watched_already", lambda: watch(anna, since=date(2026, 6, 2)))
    for year, count in ((2025, 0), (2026, 1), (2027, 1)):
        assert len(operations.list_watched_licences(enterprise=demo, year=year, actor=anna)) == count
    watch(anna, until=date(2027, 9, 1))
    assert len(operations.list_watched_licences(enterprise=demo, year=2026, actor=anna)) == 1
    assert len(operations.list_watched_licences(enterprise=demo, year=2027, actor=anna)) == 0
