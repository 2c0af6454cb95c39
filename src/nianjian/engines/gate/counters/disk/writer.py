"""Group commit: records of one loop turn and all that come while the disk works are one batch, one sync."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from nianjian.engines.gate.counters.disk.segments import Record, Segments

LOG: Final = logging.getLogger(__name__)
Heard = Callable[[bool], None]


class Writer:
    """Writes batches in a thread, one at a time, and tells who waits whether they are on the disk.

    After a failure nothing is written before `renew` has begun a new segment: what a disk that has erred holds of the
    last batch is not known, so that batch counts on the disk at most, and its answers were refusals.
    """

    def __init__(self, segments: Segments) -> None:
        """``segments`` are opened and begun by the owner."""
        self._segments = segments
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="gate-journal")
        self._records: list[Record] = []
        self._waiting: list[Heard] = []
        self._flying: list[Heard] = []
        self._busy: asyncio.Future[object] | None = None
        self._asked = False
        self.batch = 1  # the one that is being filled
        self.broken = False
        self.syncs = 0

    def put(self, record: Record) -> int:
        """Write it with the batch that is being filled; that batch's number. A broken writer drops it."""
        if not self.broken:
            self._records.append(record)
            if not self._asked and self._busy is None:
                self._asked = True
                asyncio.get_running_loop().call_soon(self._flush)
        return self.batch

    def wait(self, batch: int, heard: Heard) -> None:
        """Call ``heard`` when the batch is on the disk (True) or lost (False); it must be flying or being filled."""
        waiting = self._waiting if batch == self.batch else self._flying
        waiting.append(heard)

    def renew(self, records: list[Record]) -> asyncio.Future[object] | None:
        """Begin a new segment with ``records``; None while the disk works."""
        if self._busy is not None:
            return None
        return self._work(lambda: self._segments.begin(records), [])

    def drop(self, names: list[int]) -> None:
        """Remove segments, when the disk is free."""
        self._thread.submit(self._segments.drop, names)

    async def close(self, last: list[Record]) -> None:
        """Write what is open and ``last``, then give everything back."""
        await self._idle()
        if not self.broken:
            self._records += last
            self._flush()
            await self._idle()
        self._thread.shutdown(wait=True)
        self._segments.close()

    async def _idle(self) -> None:
        while (busy := self._busy) is not None:
            await asyncio.wait([busy])
            await asyncio.sleep(0)  # its callbacks come first

    def _flush(self) -> None:
        self._asked = False
        if self._busy is not None or not self._records:
            return
        records, self._records = self._records, []
        waiting, self._waiting = self._waiting, []
        self.batch += 1
        self.syncs += 1
        self._work(lambda: self._segments.append(records), waiting)

    def _work(self, work: Callable[[], object], waiting: list[Heard]) -> asyncio.Future[object]:
        self._flying = waiting
        self._busy = asyncio.get_running_loop().run_in_executor(self._thread, work)
        self._busy.add_done_callback(self._landed)
        return self._busy

    def _landed(self, done: asyncio.Future[object]) -> None:
        waiting, self._flying, self._busy = self._flying, [], None
        error = done.exception()
        if error is None:
            self.broken = False
            self._tell(waiting, kept=True)
            self._flush()
            return
        if not self.broken:
            LOG.error("the lease journal cannot be written: %s; calls that need it are refused", error)
        self.broken = True
        self._records.clear()
        waiting += self._waiting
        self._waiting = []
        self.batch += 1
        self._tell(waiting, kept=False)

    def _tell(self, waiting: list[Heard], *, kept: bool) -> None:
        for heard in waiting:
            try:
                heard(kept)
            except Exception:
                LOG.exception("an answer could not be given")
