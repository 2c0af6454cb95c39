"""Many calls, each begun some time after the one before, so many at once at most. In a thread of its own.

The caller's thread writes what each call saw and may end all of them: what it does between raises what it raises.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.sip.agent import LINGER, Trunk, connected, only_secure, words
from nianjian.engines.sip.call_trace import Plan, Seen, Via
from nianjian.engines.sip.secure import NEEDED, SecureError

TICK: Final = 0.25  # seconds between two looks whether to end
CONNECT: Final = 10.0  # seconds for TCP or TLS to connect


@dataclass(frozen=True, slots=True)
class Pace:
    """``apart``: seconds between the beginnings of two calls; ``at_once``: so many at the same time at most."""

    apart: float = 1.0
    at_once: int = 4
    linger: float = LINGER


@dataclass(slots=True)
class _Work:
    """What both threads share."""

    calls: Sequence[tuple[Via, Plan]]
    pace: Pace
    seen: queue.SimpleQueue[tuple[int, Seen]] = field(default_factory=queue.SimpleQueue)
    fault: list[BaseException] = field(default_factory=list)
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    stopped: bool = False
    loop: asyncio.AbstractEventLoop | None = None
    task: asyncio.Task[None] | None = None


def run(
    calls: Sequence[tuple[Via, Plan]],
    *,
    pace: Pace,
    took: Callable[[int, Seen], None],
    tick: Callable[[], None] = lambda: None,
    rest: Callable[[int, Seen], None] = lambda _place, _seen: None,
) -> None:
    """Place the calls; ``took(place, seen)`` for each that is over, in that order, ``tick()`` in between.

    Where one of them raises, calls that last are cancelled properly before it goes on; ``rest(place, seen)`` for those
    that had begun by then: they have rung somewhere.
    """
    work = _Work(calls, pace)
    thread = threading.Thread(target=_thread, args=(work,), daemon=True)
    thread.start()
    left = len(calls)
    try:
        while left:
            try:
                place, seen = work.seen.get(timeout=TICK)
            except queue.Empty:
                tick()
                if not thread.is_alive() and work.seen.empty():
                    break
                continue
            left -= 1
            took(place, seen)
    finally:
        work.stopped = left > 0  # before its loop is asked for: one that begins only now sees it
        if left and work.loop is not None and work.task is not None:
            with suppress(RuntimeError):  # its loop has ended meanwhile: nothing lasts
                work.loop.call_soon_threadsafe(work.task.cancel)
        thread.join()
        if left:
            _left(work, rest)
    if work.fault:
        raise work.fault[0]


def _left(work: _Work, rest: Callable[[int, Seen], None]) -> None:
    while not work.seen.empty():
        place, seen = work.seen.get()
        if seen.call_id:
            rest(place, seen)


def _thread(work: _Work) -> None:
    try:
        asyncio.run(_all(work))
    except asyncio.CancelledError:
        return
    except BaseException as fault:  # noqa: BLE001 -- the caller's thread raises it
        work.fault.append(fault)


async def _all(work: _Work) -> None:
    work.loop, work.task = asyncio.get_running_loop(), asyncio.current_task()
    if work.stopped:
        return
    free = asyncio.Semaphore(work.pace.at_once)
    trunks: dict[Via, Trunk] = {}
    tasks = []
    try:
        for place, (via, plan) in enumerate(work.calls):
            await free.acquire()
            tasks.append(asyncio.create_task(_one(work, place, trunks, via, plan)))
            tasks[-1].add_done_callback(lambda _done: free.release())
            if place + 1 < len(work.calls):
                await asyncio.sleep(work.pace.apart)
        await asyncio.wait(tasks)  # not `gather`: where this task is cancelled, the calls go on to their proper end
        for task in tasks:
            task.result()
    except asyncio.CancelledError:
        work.stopped = True
        for trunk in trunks.values():
            trunk.stop()
        if tasks:
            await asyncio.wait(tasks)
        raise
    finally:
        for trunk in trunks.values():
            await trunk.close(work.pace.linger)
        await asyncio.sleep(0)  # closed sockets are taken down in the loop's next turn


async def _one(work: _Work, place: int, trunks: dict[Via, Trunk], via: Via, plan: Plan) -> None:
    begun = clock.milliseconds()
    try:
        async with work.opening:
            if not work.stopped and (via not in trunks or trunks[via].closed):
                trunks[via] = await connected(via, min(CONNECT, plan.wait / 1000))
        seen = Seen(plan.number, "", end="stopped") if work.stopped else await trunks[via].dial(plan)
    except SecureError as fault:
        seen = Seen(plan.number, "", end="unreachable", begun=begun, fault=words(fault), tls=fault.kind)
    except (OSError, TimeoutError) as fault:
        seen = Seen(plan.number, "", end="unreachable", begun=begun, fault=words(fault))
    if seen.mute and not work.stopped and await only_secure(via):
        seen.tls = NEEDED
    work.seen.put((place, seen))
