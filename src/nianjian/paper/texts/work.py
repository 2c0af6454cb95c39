"""Sentences for long work and imports from the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "job_unknown": mark("there is no work {job}"),
    "job_over": mark("the work {job} is over already"),
    "job_lost": mark("the work {job} was taken over by another worker"),
    "job_broken_off": mark(
        "the worker ended in the middle of the work {job}, and it was not begun again: what had been written is"
        " complete, the rest was taken back. Look at the data page, then ask for it again"
    ),
    "job_fault": mark(
        "unexpected fault {kind} in the work {job}; the worker's log tells where."
        " Nothing of the step under way was kept"
    ),
    "sheet_has_faults": mark("{rows} rows of {file} have faults; nothing was written"),
    "account_closed": mark("the account of {user} was closed; its work is not done any more"),
}
