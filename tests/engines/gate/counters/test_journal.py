"""The lease journal: after a crash never below what was allowed, and after a clean stop exact.

A copy of the folder at any moment is what a crash at that moment would leave.
"""

import asyncio
import contextlib
import itertools
import resource
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from tests.support.gate_store import NOON, E, many, per_day, slot, take, until, windowed

from nianjian.engines.gate.counters.journal import Journal
from nianjian.engines.gate.counters.meters import DAY
from nianjian.engines.gate.counters.segments import Segments
from nianjian.engines.gate.policy import Cap
from nianjian.engines.kernel.errors import NianjianError

CAP = per_day(300)
NUMBERS = itertools.count()


@contextlib.asynccontextmanager
async def journal(folder: Path, *caps: Cap, moment: Callable[[], int] = lambda: NOON) -> AsyncIterator[Journal]:
    counters = Journal(folder, moment)
    await counters.start({E: caps})
    try:
        yield counters
    finally:
        await counters.stop()


def crash(folder: Path) -> Path:
    """What a crash now would leave; a segment whose days are over may go while the others are copied."""

    def copy(source: str, target: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            shutil.copy2(source, target)

    return Path(shutil.copytree(folder, folder.with_name(f"crash-{next(NUMBERS)}"), copy_function=copy))


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """No file can grow: real writes fail."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_one_process_without_a_crash_is_exact(tmp_path: Path) -> None:
    async with journal(tmp_path, CAP) as counters:
        assert await many(counters, 400, slot(CAP)) == 300
    async with journal(tmp_path, CAP) as counters:
        assert await many(counters, 7, slot(CAP, "other")) == 7
    async with journal(tmp_path, CAP) as counters:
        assert counters.used(E, slot(CAP, "other"), NOON) == 7, "a clean stop forfeits nothing"
        assert await many(counters, 400, slot(CAP, "other")) == 293
        assert await many(counters, 5, slot(CAP)) == 0


async def test_row_03_a_crash_forfeits_less_than_a_block(tmp_path: Path) -> None:
    folder, allowed = tmp_path / "j", 0
    for _ in range(40):
        async with journal(folder, CAP) as counters:
            allowed += await many(counters, 13, slot(CAP))
            folder = crash(folder)
    assert 300 - 40 * 9 <= allowed <= 300
    assert allowed < 40 * 13, "the cap was met"


async def test_an_answer_waits_until_its_mark_is_on_the_disk(tmp_path: Path) -> None:
    async with journal(tmp_path / "j", CAP) as counters:
        answers: list[bool] = []
        counters.take(E, (slot(CAP),), "a", NOON, lambda taken: answers.append(taken.allowed))
        assert answers == []
        await until(lambda: answers == [True])
        for number in range(9):
            counters.take(E, (slot(CAP),), str(number), NOON, lambda taken: answers.append(taken.allowed))
        assert len(answers) == 10, "the rest of the block needs no disk"
        async with journal(crash(tmp_path / "j"), CAP) as after:
            assert after.used(E, slot(CAP), NOON) == 10


async def test_a_small_cap_moves_one_by_one(tmp_path: Path) -> None:
    small = per_day(30)
    async with journal(tmp_path / "j", small) as counters:
        assert await many(counters, 17, slot(small)) == 17
        async with journal(crash(tmp_path / "j"), small) as after:
            assert await many(after, 40, slot(small)) == 13


async def test_waiting_calls_share_a_sync(tmp_path: Path) -> None:
    window = windowed(5, "sliding", 300)
    async with journal(tmp_path, window) as counters:
        await asyncio.gather(*(take(counters, slot(window, str(number))) for number in range(500)))
        assert counters.state()["syncs"] == 1


@pytest.mark.parametrize("window", ["calendar_day", "anchored", "sliding"])
async def test_other_windows_survive_a_crash_unit_by_unit(tmp_path: Path, window: str) -> None:
    cap = windowed(5, window, 3600, counts="answered" if window == "calendar_day" else "attempts")
    async with journal(tmp_path / "j", cap) as counters:
        for number in range(4):
            assert (await take(counters, slot(cap), call=str(number), now=NOON + number)).allowed
        counters.release(E, "1", NOON)
        await take(counters, slot(cap, "later"))  # the give-back is on the disk with it
        async with journal(crash(tmp_path / "j"), cap) as after:
            assert after.used(E, slot(cap), NOON + 10) == 3
            assert await many(after, 4, slot(cap), now=NOON + 10) == 2
            if window != "calendar_day":
                assert await many(after, 9, slot(cap), now=NOON + 3_600_010) == 5


async def test_a_call_is_settled_after_a_restart(tmp_path: Path) -> None:
    answered, attempts = windowed(1, "anchored", 3600, counts="answered"), windowed(9, "sliding", 60, name="all")
    async with journal(tmp_path / "j", answered, attempts) as counters:
        assert (await take(counters, slot(answered), slot(attempts), call="a")).allowed
        async with journal(crash(tmp_path / "j"), answered, attempts) as after:
            assert not (await take(after, slot(answered), slot(attempts))).allowed
            assert after.settle(E, "a", answered=False, now=NOON)
            assert not after.settle(E, "a", answered=False, now=NOON)
            assert after.used(E, slot(attempts), NOON) == 1
            assert (await take(after, slot(answered), slot(attempts))).allowed


@pytest.mark.parametrize("tail", [b"\x00", b"deadbeef 9 [", b"garbage\n", b"00000000 3 []\n"])
async def test_a_torn_tail_is_cut(tmp_path: Path, tail: bytes) -> None:
    async with journal(tmp_path / "j", CAP) as counters:
        assert await many(counters, 5, slot(CAP)) == 5
        torn = crash(tmp_path / "j")
    newest = max(torn.glob("*.journal"))
    newest.write_bytes(newest.read_bytes() + tail)
    async with journal(torn, CAP) as after:
        assert after.used(E, slot(CAP), NOON) == 10
        assert await many(after, 300, slot(CAP)) == 290


async def test_every_cut_of_the_last_batch_opens_and_none_loses_an_earlier_one(tmp_path: Path) -> None:
    async with journal(tmp_path / "j", CAP) as counters:
        await many(counters, 10, slot(CAP))
        before = max((tmp_path / "j").glob("*.journal")).stat().st_size
        await many(counters, 1, slot(CAP))
        image = crash(tmp_path / "j")
    name = max(image.glob("*.journal")).name
    whole = (image / name).read_bytes()
    for size in range(before, len(whole) + 1):
        again = tmp_path / f"cut-{size}"
        again.mkdir()
        (again / name).write_bytes(whole[:size])
        async with journal(again, CAP) as after:
            assert after.used(E, slot(CAP), NOON) == (20 if size == len(whole) else 10)


async def test_damage_in_the_middle_is_no_torn_tail(tmp_path: Path) -> None:
    async with journal(tmp_path / "j", CAP) as counters:
        for _ in range(4):
            await many(counters, 10, slot(CAP))
        image = crash(tmp_path / "j")
    newest = max(image.glob("*.journal"))
    lines = newest.read_bytes().split(b"\n")
    lines[1] = lines[1][:-2] + b"9]"
    newest.write_bytes(b"\n".join(lines))
    with pytest.raises(NianjianError, match="gate_journal_damaged"):
        await Journal(image, lambda: NOON).start({E: [CAP]})


async def test_two_processes_never_share_a_journal(tmp_path: Path) -> None:
    async with journal(tmp_path, CAP) as counters:
        with pytest.raises(NianjianError, match="gate_journal_taken"):
            await Journal(tmp_path, lambda: NOON).start({E: [CAP]})
        assert (await take(counters, slot(CAP))).allowed
    async with journal(tmp_path, CAP) as counters:
        assert (await take(counters, slot(CAP))).allowed


async def test_row_08_a_full_disk_refuses_and_comes_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    window = windowed(300, "sliding", 60)
    async with journal(tmp_path / "j", CAP, window) as counters:
        assert await many(counters, 3, slot(CAP)) == 3
        with full_disk():
            lost = await asyncio.gather(*(take(counters, slot(CAP), slot(window)) for _ in range(4)))
            assert [(one.allowed, one.unavailable) for one in lost] == [(False, True)] * 4
            assert await many(counters, 9, slot(CAP)) == 7, "the block on the disk is good still, no more"
            assert counters.state()["reason"] == "disk"
            counters.look()
            await asyncio.sleep(0.1)
            assert counters.state()["reason"] == "disk"
        assert counters.used(E, slot(CAP), NOON) == 10, "a call that was refused burns nothing"
        counters.look()
        await until(lambda: counters.state()["available"])
        assert await many(counters, 300, slot(CAP)) == 290
        async with journal(crash(tmp_path / "j"), CAP, window) as after:
            assert after.used(E, slot(CAP), NOON) == 300
    assert {record.levelname for record in caplog.records} == {"ERROR"}


def stands(folder: Path, day: int) -> bool:
    """The day's segment, and none older than two days, or three where calls came while the day's one was made."""
    names = sorted(int(path.stem) for path in folder.glob("*.journal"))
    return names[-1] == day + 1 and names[0] >= day - 2


async def test_row_22_a_day_begins_with_a_segment_and_old_ones_go(tmp_path: Path) -> None:
    wall = [NOON]
    async with journal(tmp_path / "j", CAP, moment=lambda: wall[0]) as counters:
        for day in range(6):
            wall[0] = NOON + day * DAY
            counters.look()
            await until(lambda day=day: stands(tmp_path / "j", day))
            assert await many(counters, 301, slot(CAP), now=wall[0]) == 300
            async with journal(crash(tmp_path / "j"), CAP, moment=lambda: wall[0]) as after:
                assert await many(after, 2, slot(CAP), now=wall[0]) == 0
                assert await many(after, 2, slot(CAP), now=wall[0] - DAY) == (2 if day == 0 else 0)


async def test_row_23_a_clock_that_fell_back_over_a_restart_is_refused(tmp_path: Path) -> None:
    async with journal(tmp_path, CAP) as counters:
        await many(counters, 3, slot(CAP))
    async with journal(tmp_path, CAP, moment=lambda: NOON - 2 * DAY) as counters:
        assert (await take(counters, slot(CAP), now=NOON - 2 * DAY)).unavailable
        assert counters.state()["reason"] == "clock"
    async with journal(tmp_path, CAP, moment=lambda: NOON - DAY) as counters:
        assert (await take(counters, slot(CAP), now=NOON - DAY)).allowed
        assert counters.used(E, slot(CAP), NOON) == 3


async def test_moments_that_a_switch_names_are_kept_over_a_crash_too(tmp_path: Path) -> None:
    window = windowed(2, "sliding", 60)
    old = NOON - 90 * DAY
    async with journal(tmp_path / "j", CAP, window) as counters:
        assert await many(counters, 300, slot(CAP), now=old) == 300
        assert await many(counters, 3, slot(window), now=old) == 2
        counters.look()
        async with journal(crash(tmp_path / "j"), CAP, window) as after:
            after.look()
            assert await many(after, 2, slot(CAP), now=old) == 0
            assert await many(after, 2, slot(window), now=old) == 0


async def test_a_given_back_call_whose_disk_fails_is_given_back_once(tmp_path: Path) -> None:
    async with journal(tmp_path, CAP) as counters:
        await many(counters, 10, slot(CAP))
        with full_disk():
            waiting = asyncio.ensure_future(take(counters, slot(CAP), call="a"))
            await asyncio.sleep(0)
            assert counters.release(E, "a", NOON)
            assert (await waiting).unavailable
        assert counters.used(E, slot(CAP), NOON) == 10


async def test_names_of_every_kind_are_read_back(tmp_path: Path) -> None:
    cap = per_day(5, name='频次 "day"\n\\')
    async with journal(tmp_path / "j", cap) as counters:
        await many(counters, 5, slot(cap, "中继\x00\n7"))
        async with journal(crash(tmp_path / "j"), cap) as after:
            assert after.used(E, slot(cap, "中继\x00\n7"), NOON) == 5


async def test_an_interrupted_compaction_counts_nothing_twice(tmp_path: Path) -> None:
    """The segment that replaces the others is there before they go."""
    window = windowed(9, "sliding", 3600)
    async with journal(tmp_path / "j", CAP, window) as counters:
        await many(counters, 5, slot(CAP), slot(window))
        image = crash(tmp_path / "j")
    saved = Segments.drop
    Segments.drop = lambda *_: None  # type: ignore[method-assign]
    try:
        async with journal(image, CAP, window):
            pass
    finally:
        Segments.drop = saved  # type: ignore[method-assign]
    assert len(list(image.glob("*.journal"))) > 1
    async with journal(image, CAP, window) as after:
        assert after.used(E, slot(window), NOON) == 5
        assert after.used(E, slot(CAP), NOON) == 10
