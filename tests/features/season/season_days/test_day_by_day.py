"""A whole season day by day, from October to July, for three provinces and both templates, by the worker's own look.

Each day at 07:00 the worker looks what is due, twice; then it delivers, twice at each hour at which something may be
due; then people do what the case says; at night it is written down where everything stands. What was told to whom, when
it arrived, and every change of state is held against a table of plain text beside this file, one a case. The tables
were worked out from the rules with a calendar of the holidays of 2023 and 2024, not by the program.

Data year 2023 is chosen for its days: 31 March 2024 is a Sunday (the law's last day moves to Monday), February has 29
days, the Spring Festival is from 10 to 17 February with working days on 4 and 18 February, 30 June is a Sunday.
"""

from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest
from tests.features.season.season_days.stage import (
    CASES,
    DAY,
    FIRST,
    LAST,
    Clock,
    built,
    nothing_written,
    standing,
    told_at_once,
    told_since,
)

from nianjian.engines.kernel import clock
from nianjian.features.inbox import operations
from nianjian.features.season.reminders import enqueue_due_reminders
from nianjian.platform.notifications import delivery as speaking
from nianjian.platform.notifications.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.long]
HOURS = (time(7), time(8), time(8, 30), time(9))


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moment = Clock()
    monkeypatch.setattr(clock, "now", moment)
    return moment


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that reached the receivers."""
    texts = list[str]()

    def spoken(_kind: str, _address: str, _title: str, text: str, _mail: str) -> tuple[speaking.Outcome, str]:
        texts.append(text)
        return speaking.Outcome.SENT, ""

    monkeypatch.setattr(speaking, "send_text", spoken)
    return texts


def _walk(name: str, at: Clock) -> Iterator[str]:
    scenario, day, before = CASES[name], FIRST, dict[str, str]()
    built(name, scenario, at)
    while day <= LAST:
        newest = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        at.set(day, HOURS[0])
        count = enqueue_due_reminders()
        with nothing_written():
            assert enqueue_due_reminders() == 0
        for hour in HOURS:
            at.set(day, hour)
            operations.deliver_messages()
            with nothing_written():
                assert operations.deliver_messages() == 0
        lines = list(told_since(newest))
        assert sum(line.count("@") for line in lines) == count
        at.set(day, time(10))
        for act in scenario.acts.get(day, ()):
            act(name)
        at.set(day, time(23))
        now = standing(name, day)
        lines += [f"{what}: {how}" for what, how in now.items() if before.get(what) != how]
        yield from (f"{day} {line}" for line in told_at_once(lines))
        before, day = now, day + DAY


@pytest.mark.parametrize("name", CASES)
def test_every_change_and_every_reminder_is_as_the_table_says(name: str, at: Clock, heard: list[str]) -> None:
    table = (Path(__file__).parent / f"{name}.txt").read_text("utf-8").splitlines()
    expected = [line for line in table if line and not line.startswith("#")]
    assert list(_walk(name, at)) == expected
    lines = sum(len(text.splitlines()) - 1 for text in heard)
    assert lines == Message.objects.count(), "each text has a line a reminder, and the address"
