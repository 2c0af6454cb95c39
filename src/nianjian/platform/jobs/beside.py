"""A verb of this program as a process beside this one: started, started again when it ends, gone when this one goes.

Loads nothing of Django, so that the gate's process can keep one.
"""

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Final

LOG: Final = logging.getLogger(__name__)
IDLE: Final = 1.0
PATIENCE: Final = 10.0  # seconds that the process gets to end its step
SLOWEST: Final = 30.0  # seconds before a process that ends at once is started again
TAKEN: Final = 3  # exit code of a verb that has said that another process has what it needs


class Beside:
    """``nianjian WORDS… --parent PID``: the verb ends itself when that process is gone."""

    def __init__(self, *words: str, taken: Callable[[], None] | None = None) -> None:
        """``words`` name the verb and its options; ``taken`` is called, once, when it ends with `TAKEN` for good."""
        self._words = words
        self._taken = taken
        self._closing = Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Start it; this returns at once."""
        self._keeper.start()

    def stop(self) -> None:
        """End it, if it was started; what takes too long is broken off, and the next process begins that work again."""
        self._closing.set()
        if self._keeper.ident is None:
            return
        process = self._process
        if process is not None:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
        self._keeper.join(PATIENCE)

    def _keep(self) -> None:
        pause = IDLE
        while not self._closing.is_set():
            began = time.monotonic()
            command = [sys.executable, "-m", "nianjian", *self._words, "--parent", str(os.getpid())]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 -- this program itself
            if self._closing.is_set():
                self._process.terminate()
            code = self._process.wait()
            if self._closing.is_set():
                return
            if code == TAKEN and self._taken is not None:
                self._taken()
                return
            pause = IDLE if time.monotonic() - began > SLOWEST else min(pause * 2, SLOWEST)
            LOG.error("%s ended with code %s and is started again in %.0f s", self._words[0], code, pause)
            self._closing.wait(pause)
