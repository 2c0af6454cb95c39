"""Every Python process with this folder on its path plays another moment: `tests/support/moving.py` names it in a file.

The program reads the clock in one module, so that module's two readings of it are all that is moved, by whole seconds.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from nianjian.engines.kernel import clock

SECONDS = Path(os.environ["TEST_CLOCK_SECONDS"])
_now, _milliseconds = clock.now, clock.milliseconds


def _seconds() -> int:
    return int(SECONDS.read_text(encoding="ascii"))


def _moved_now() -> datetime:
    return _now() + timedelta(seconds=_seconds())


def _moved_milliseconds() -> int:
    return _milliseconds() + _seconds() * 1000


clock.now, clock.milliseconds = _moved_now, _moved_milliseconds
