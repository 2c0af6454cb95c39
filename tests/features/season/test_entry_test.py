"""The test of the entry: planned, passed or failed, each result with its picture."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.support.people import signed_in

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.season.documents import SeasonTask
from nianjian.features.season.operations import read_picture, record_entry_test
from nianjian.features.season.queries import summarize_season
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.models import Entry
from nianjian.platform.audit.query import acts

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
TODAY = date(2027, 3, 16)
PNG = b"\x89PNG\r\n\x1a\nrest"


@pytest.fixture(autouse=True)
def _home(home: object, keys: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.OVERRIDE, TODAY.isoformat())


def _find_task(actor: Actor) -> SeasonTask:
    season = summarize_season(enterprise="demo", year=2026, today=TODAY, actor=actor)
    return next(one for one in season.tasks if one.task == "entry_test")


def _record(result: str, actor: Actor, name: str = "登录页.png", day: date = TODAY) -> int:
    return record_entry_test(
        enterprise="demo", year=2026, result=result, day=day, note="登录并打开年报表", name=name, content=PNG,
        actor=actor,
    )  # fmt: skip


def test_a_test_is_planned_fails_and_passes_with_a_picture_each(demo: str, operator: Actor) -> None:
    assert _find_task(operator).figures == {"outcome": "planned", "pictures": []}
    failed = _record("failed", operator)
    task = _find_task(operator)
    assert (task.figures["outcome"], task.finished, task.note) == ("failed", False, "登录并打开年报表")
    assert task.figures["pictures"] == [
        {"picture": failed, "name": "登录页.png", "result": "failed", "day": "2027-03-16"}
    ]
    _record("failed", operator)
    again, _first = (one.data for one in acts(enterprise="demo", verb="season.task_failed"))
    assert again["day"] == "2027-03-16", "each test that failed stands in the chain with its day"
    passed = _record("passed", operator)
    task = _find_task(operator)
    assert (task.figures["outcome"], task.state, task.done_on) == ("passed", "done", TODAY)
    assert [one["picture"] for one in task.figures["pictures"]] == [passed, failed]
    assert read_picture(enterprise="demo", picture=failed, actor=operator)[1] == PNG
    verbs = list(Entry.objects.filter(verb__startswith="season.task").order_by("seq").values_list("verb", flat=True))
    assert verbs == ["season.task_failed", "season.task_failed", "season.task_done"]


def test_a_result_without_a_picture_or_before_the_year_is_over_is_refused_whole(demo: str, operator: Actor) -> None:
    with pytest.raises(NianjianError, match="entry_test_picture"):
        _record("passed", operator, name="说明.docx")
    with pytest.raises(NianjianError, match="attachment_type_refused"):
        _record("passed", operator, name="说明.pdf")
    assert _find_task(operator).figures["outcome"] == "planned", "nothing of it was kept"
    with pytest.raises(NianjianError, match="season_day_early"):
        _record("passed", operator, day=date(2026, 12, 31))
    assert _find_task(operator).figures["outcome"] == "planned"
    _record("passed", operator, day=date(2027, 1, 1))
    assert _find_task(operator).done_on == date(2027, 1, 1)


def test_the_page_keeps_and_shows_it(demo: str) -> None:
    client = signed_in("olga", "data_officer", demo)
    fields = {"year": "2026", "result": "failed", "day": "2027-03-16", "note": "口令过期"}
    picture = SimpleUploadedFile("登录页.png", PNG, "image/png")
    saved = client.post("/e/demo/season/entry-test/", fields | {"picture": picture}, follow=True)
    assert saved.redirect_chain[0][1] == 302
    page = saved.content.decode()  # the task of the test, whichever task is open first
    assert "登录页.png" in page
    assert "未通过" in page
