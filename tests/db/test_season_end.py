"""From one season to the next: what is taken over; a closed season is read-only and stands as it stood."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nianjian.accounts.query import USER, Actor
from nianjian.accounts.service import add_user
from nianjian.audit.models import Entry
from nianjian.dossier.finding import Verdict
from nianjian.dossier.materials import service as materials
from nianjian.dossier.materials.service import File, Place
from nianjian.flows.season import acts, archive
from nianjian.flows.season.roll_over import roll_over
from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError
from nianjian.season.archives.model import Archive

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NIANJIAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv(clock.OVERRIDE, "2028-01-10")


def _paper(item: str, until: date | None, actor: Actor, *, confirmed: bool = True) -> None:
    place = Place("demo", 2026, item)
    file = File("a.pdf", "application/pdf", item.encode(), 1, Verdict.NEEDS_PERSON, {"fields": {}})
    number = materials.add(place=place, file=file, actor=actor).number
    if confirmed:
        materials.confirm(place=place, number=number, effective_on=None, valid_until=until, actor=actor)


def test_what_a_season_takes_over(demo: str, anna: Actor) -> None:
    _paper("articles", None, anna)
    _paper("business_licence", date(2027, 12, 31), anna)
    _paper("seat_table", None, anna)
    acts.assign(enterprise=demo, year=2026, task="items", owner="王工", actor=anna)
    told = roll_over(enterprise=demo, year=2027, actor=anna)
    assert (sorted(told["taken"]), told["owners"]) == (["articles", "business_licence"], ["items"])
    assert told["left"] == [
        {"item": "business_licence", "reason": "expired", "valid_until": "2027-12-31"},
        {"item": "seat_table", "reason": "yearly", "valid_until": None},
    ]
    before = Entry.objects.count()
    assert roll_over(enterprise=demo, year=2027, actor=anna)["taken"] == []
    assert Entry.objects.count() == before, "doing it twice changes nothing"


def _filed(demo: str, actor: Actor) -> None:
    for track in ("licence", "code_number"):
        given: dict[str, Any] = {"licence": None, "day": date(2027, 3, 1), "actor": actor}
        acts.submitted(enterprise=demo, year=2026, track=track, **given)


def test_a_closed_season_is_read_only(demo: str, operator: Actor) -> None:
    with pytest.raises(NianjianError, match="season_reports_open"):
        archive.close(enterprise=demo, year=2026, actor=operator)
    _filed(demo, operator)
    acts.assign(enterprise=demo, year=2026, task="items", owner="王工", actor=operator)
    told = archive.close(enterprise=demo, year=2026, actor=operator)
    assert [one["state"] for one in told["season"]["tracks"]] == ["filed", "filed"]
    assert told["package"] is None
    assert [one["verb"] for one in told["log"]["acts"]] == ["season.task_assigned", "season.filed", "season.filed"]
    (entry,) = Entry.objects.filter(verb="season.archived")
    assert told["sha256"] in entry.data
    for act in (
        lambda: _filed(demo, operator),
        lambda: acts.assign(enterprise=demo, year=2026, task="items", owner="x", actor=operator),
        lambda: archive.close(enterprise=demo, year=2026, actor=operator),
        lambda: roll_over(enterprise=demo, year=2026, actor=operator),
    ):
        with pytest.raises(NianjianError, match="season_archived"):
            act()
    add_user(name="insp", role="inspector", enterprises=[demo], actor=operator)
    seen = archive.archived(enterprise=demo, year=2026, actor=Actor("insp", USER))
    assert (seen["log"]["acts"], seen["log"]["count"]) == ([], 3), "whose acts they are is the chain's readers' matter"


def test_an_archive_that_was_changed_is_not_shown(demo: str, operator: Actor) -> None:
    _filed(demo, operator)
    archive.close(enterprise=demo, year=2026, actor=operator)
    row = Archive.objects.get()
    row.told = str(row.told).replace("filed", "fixed")
    row.save()
    with pytest.raises(NianjianError, match="season_archive_damaged"):
        archive.archived(enterprise=demo, year=2026, actor=operator)
    with pytest.raises(NianjianError, match="season_archive_unknown"):
        archive.archived(enterprise=demo, year=2025, actor=operator)
