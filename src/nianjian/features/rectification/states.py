"""The steps of a case and which may be done when. Pure.

Locating and isolating come in either order: the guide names the location first, good practice contains first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from nianjian.engines.kernel.errors import NianjianError

OPENED: Final = "opened"
LOCATED: Final = "located"
ISOLATED: Final = "isolated"
MEASURED: Final = "measured"
REPORTED: Final = "reported"
SUBMITTED: Final = "submitted"
CLOSED: Final = "closed"
STEPS: Final = (OPENED, LOCATED, ISOLATED, MEASURED, REPORTED, SUBMITTED, CLOSED)

#: Step -> what must have been done before.
AFTER: Final[Mapping[str, tuple[str, ...]]] = {
    OPENED: (),
    LOCATED: (OPENED,),
    ISOLATED: (OPENED,),
    MEASURED: (ISOLATED,),
    REPORTED: (LOCATED, MEASURED),
    SUBMITTED: (REPORTED,),
    CLOSED: (SUBMITTED,),
}


def state(done: Collection[str]) -> str:
    """How far a case is: the last of the steps that are done."""
    return max((step for step in STEPS if step in done), key=STEPS.index, default=OPENED)


def missing(step: str, done: Collection[str]) -> tuple[str, ...]:
    """Which steps must be done before ``step``."""
    return tuple(one for one in AFTER[step] if one not in done)


def check(case: str, step: str, done: Collection[str]) -> None:
    """``rectify_closed``: nothing is added to a closed case; ``rectify_step_early``: other steps come first."""
    if CLOSED in done:
        raise NianjianError("rectify_closed", case=case)
    if lacking := missing(step, done):
        raise NianjianError("rectify_step_early", case=case, step=step, first=lacking[0])
