"""Counters in process: exact, all or none, and nothing is burnt by a refusal."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from tests.support.gate_store import NOON, OPENED, E, many, per_day, slot, take, windowed

from nianjian.engines.gate.counters import meters
from nianjian.engines.gate.counters.memory import Memory
from nianjian.engines.gate.counters.meters import DAY
from nianjian.engines.kernel.clock import ZONE

MINUTE = 60_000
MIDNIGHT = NOON + DAY // 2


async def started(moment: Callable[[], int] = lambda: NOON) -> Memory:
    """Counters that have begun; the test's end stops them."""
    memory = Memory(moment)
    OPENED.append(memory)
    await memory.start({})
    return memory


async def test_the_thirty_first_of_the_day_is_refused_until_midnight() -> None:
    memory = await started()
    thirty = slot(per_day(30))
    assert await many(memory, 30, thirty) == 30
    refused = await take(memory, thirty)
    assert (refused.allowed, refused.slot, refused.used, refused.limit) == (False, thirty, 30, 30)
    assert refused.retry_at == MIDNIGHT // 1000
    assert not (await take(memory, thirty, now=MIDNIGHT - 1)).allowed
    assert (await take(memory, thirty, now=MIDNIGHT)).allowed
    assert not (await take(memory, thirty, now=MIDNIGHT - 1)).allowed, "yesterday keeps its own count"


async def test_a_refused_call_burns_nothing() -> None:
    memory = await started()
    wide, narrow = slot(per_day(300)), slot(windowed(2, "sliding", 300), "13900000001")
    assert await many(memory, 5, wide, narrow) == 2
    assert (memory.used(E, wide, NOON), memory.used(E, narrow, NOON)) == (2, 2)


async def test_the_refusal_names_the_counter_that_opens_last() -> None:
    memory = await started()
    day, window = slot(per_day(1)), slot(windowed(1, "sliding", 300), "13900000001")
    await take(memory, window, day)
    refused = await take(memory, window, day)
    assert (refused.slot, refused.retry_at) == (day, MIDNIGHT // 1000)


async def test_an_allowed_call_names_the_fullest_counter() -> None:
    memory = await started()
    day, window = slot(per_day(300)), slot(windowed(3, "sliding", 300), "13900000001")
    taken = await take(memory, day, window)
    assert (taken.slot, taken.used, taken.limit) == (window, 1, 3)


async def test_an_anchored_window_begins_with_its_first_call() -> None:
    memory = await started()
    one = slot(windowed(2, "anchored", 60), "13900000001")
    assert (await take(memory, one)).allowed
    assert (await take(memory, one, now=NOON + MINUTE - 1)).allowed
    refused = await take(memory, one, now=NOON + MINUTE - 1)
    assert refused.retry_at == (NOON + MINUTE) // 1000
    assert await many(memory, 3, one, now=NOON + MINUTE) == 2
    assert not (await take(memory, one, now=NOON + 2 * MINUTE - 1)).allowed


async def test_a_sliding_window_lets_one_in_when_one_leaves() -> None:
    memory = await started()
    one = slot(windowed(2, "sliding", 60), "13900000001")
    await take(memory, one)
    await take(memory, one, now=NOON + 30_000)
    refused = await take(memory, one, now=NOON + MINUTE - 1)
    assert (refused.used, refused.retry_at) == (2, (NOON + MINUTE) // 1000)
    assert await many(memory, 2, one, now=NOON + MINUTE) == 1
    assert (await take(memory, one, now=NOON + 90_000)).allowed


@pytest.mark.parametrize("window", ["calendar_day", "anchored", "sliding"])
async def test_a_pending_call_counts_until_it_was_not_answered(window: str) -> None:
    memory = await started()
    one = slot(windowed(1, window, 3600, counts="answered"), "13900000001")
    attempts = slot(per_day(10))
    await take(memory, one, attempts, call="a")
    assert not (await take(memory, one, attempts)).allowed
    assert memory.settle(E, "a", answered=False, now=NOON)
    assert not memory.settle(E, "a", answered=False, now=NOON)
    assert (memory.used(E, one, NOON), memory.used(E, attempts, NOON)) == (0, 1)
    await take(memory, one, attempts, call="b")
    assert memory.settle(E, "b", answered=True, now=NOON)
    assert not (await take(memory, one, attempts)).allowed


@pytest.mark.parametrize("window", ["calendar_day", "anchored", "sliding"])
async def test_a_release_counts_once(window: str) -> None:
    memory = await started()
    one = slot(windowed(2, window, 3600), "13900000001")
    await take(memory, one, call="a")
    await take(memory, one, call="b")
    assert [memory.release(E, "a", NOON) for _ in range(2)] == [True, False]
    assert not memory.release("other", "b", NOON)
    assert memory.used(E, one, NOON) == 1
    assert await many(memory, 3, one) == 1


async def test_a_call_goes_back_to_the_day_on_which_it_was_counted() -> None:
    memory = await started()
    one = slot(per_day(300))
    for call, now in (("a", NOON), ("b", NOON), ("c", MIDNIGHT)):
        await take(memory, one, call=call, now=now)
    assert memory.release(E, "a", MIDNIGHT)
    assert (memory.used(E, one, NOON), memory.used(E, one, MIDNIGHT)) == (1, 1)


async def test_a_lower_cap_holds_at_once_and_resets_nothing() -> None:
    memory = await started()
    old = per_day(300)
    memory.policy(E, [old])
    assert await many(memory, 120, slot(old)) == 120
    new = replace(old, limit=30, epoch=2)
    memory.policy(E, [new])
    refused = await take(memory, slot(new))
    assert (refused.allowed, refused.used, refused.limit) == (False, 120, 30)
    assert not (await take(memory, slot(old))).allowed, "a question of the older policy meets the newer limit"
    memory.policy(E, [replace(old, limit=121, epoch=3)])
    assert await many(memory, 3, slot(replace(old, limit=121, epoch=3))) == 1


async def test_a_limit_of_nothing_has_no_next_chance() -> None:
    memory = await started()
    for window in ("calendar_day", "anchored", "sliding"):
        refused = await take(memory, slot(windowed(0, window, 60, name=window)))
        assert (refused.allowed, refused.retry_at) == (False, None)


async def test_a_clock_that_falls_back_within_a_window_opens_nothing() -> None:
    memory = await started()
    for window in ("anchored", "sliding"):
        one = slot(windowed(2, window, 300, name=window), "13900000001")
        assert await many(memory, 2, one) == 2
        for back in (1, MINUTE, 400_000, 3_600_000):
            assert not (await take(memory, one, now=NOON - back)).allowed


async def test_a_clock_more_than_a_day_behind_is_an_alarm(caplog: pytest.LogCaptureFixture) -> None:
    wall = [NOON]
    memory = await started(lambda: wall[0])
    one = slot(per_day(300))
    assert (await take(memory, one)).allowed
    for back, available in ((DAY, True), (2 * DAY, False), (3 * DAY, False), (DAY, True), (0, True)):
        wall[0] = NOON - back
        memory.look()
        assert memory.state()["available"] is available
        taken = await take(memory, one, now=wall[0])
        assert (taken.allowed, taken.unavailable) == (available, not available)
        if available:  # a switch names a moment before: nor does the counter of that day let anybody in
            await take(memory, one, now=wall[0] - DAY)
    assert [record.levelname for record in caplog.records] == ["ERROR"]


async def test_what_is_over_is_forgotten_and_what_counts_is_not() -> None:
    wall = [NOON]
    memory = await started(lambda: wall[0])
    day, short = slot(per_day(1)), slot(windowed(1, "sliding", 60), "13900000001")
    long = slot(windowed(1, "anchored", 30 * 86_400, name="month"), "13900000001")
    await take(memory, day, short, long, call="a")
    for hours in (1, 2, 11, 12, 40):
        wall[0] = NOON + hours * 3_600_000
        for _ in range(3):
            memory.look()
        assert not (await take(memory, long, now=wall[0])).allowed
    assert memory.state()["keys"] == 1
    assert (await take(memory, day, short, now=wall[0])).allowed


async def test_of_many_days_the_oldest_is_forgotten() -> None:
    memory = await started()
    one = slot(per_day(300))
    for day in range(402):
        await take(memory, one, now=NOON + day * DAY)
    assert [memory.used(E, one, NOON + day * DAY) for day in (0, 1, 400, 401)] == [0, 1, 1, 1]


async def test_what_takes_again_holds_while_its_meter_does_and_its_units_go_back() -> None:
    now = [NOON]
    memory = await started(lambda: now[0])
    three = slot(per_day(3))
    await take(memory, three)
    again, counter = memory.again(E, three)
    assert [again(counter, name, NOON) for name in "abc"] == [(2, 3), (3, 3), None]
    assert again(counter, "d", MIDNIGHT) is None
    assert memory.unused(E, three, NOON)
    assert memory.used(E, three, NOON) == 2
    now[0] = NOON + 3 * DAY
    for _ in range(2):
        memory.look()
    now[0] = NOON
    assert again(counter, "e", NOON) is None, "its meter is forgotten: nobody else would see the unit"


# Days begin at midnight in Shanghai, whatever the machine's zone; windows end where the arithmetic says.


def at(text: str, zone: str = "Asia/Shanghai") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-01T23:59:59.999", "2026-03-01"),
        ("2026-03-02T00:00:00.000", "2026-03-02"),
        ("2026-12-31T23:59:59.999", "2026-12-31"),
        ("2027-01-01T00:00:00.000", "2027-01-01"),
        ("2028-02-29T12:00:00.000", "2028-02-29"),
    ],
)
def test_the_day_turns_at_midnight_in_shanghai(moment: str, day: str) -> None:
    assert meters.day_name(meters.day_number(at(moment))) == day


def test_eight_in_the_morning_by_shanghai_is_no_border() -> None:
    assert meters.day_number(at("2026-03-02T07:59:59")) == meters.day_number(at("2026-03-02T08:00:01"))
    assert meters.day_number(at("2026-03-01T16:00:00", "UTC")) == meters.day_number(at("2026-03-02T00:00:00"))


def test_no_day_since_1992_is_longer_or_shorter_than_another() -> None:
    """The fixed offset holds as long as the zone's own table has no summer time."""
    for year in range(1992, 2035):
        for month in range(1, 13):
            moment = datetime(year, month, 1, tzinfo=ZONE)
            number = meters.day_number(int(moment.timestamp() * 1000))
            assert meters.day_name(number) == moment.date().isoformat()
            assert meters.day_end(number - 1) == int(moment.timestamp() * 1000)


def test_seconds_are_never_too_early() -> None:
    assert [meters.whole_seconds(moment) for moment in (1000, 1001, 1999, 2000)] == [1, 2, 2, 2]


@pytest.mark.parametrize(("limit", "block"), [(300, 10), (30, 1), (31, 1), (60, 2), (1, 1), (0, 1), (5000, 50)])
def test_blocks_are_small_where_every_token_counts(limit: int, block: int) -> None:
    assert meters.token_block(per_day(limit)) == block
