"""What may become of a difference, and when a run has passed. Pure."""

from collections.abc import Mapping
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.states import State

OPEN: Final = "open"
EXPLAINED: Final = "explained"  # stays as it is, with its cause
SETTLED: Final = "settled"  # filed or corrected: the next run must not find it
STATES: Final = (OPEN, EXPLAINED, SETTLED)

NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    OPEN: (),
    EXPLAINED: ("owner", "cause"),
    SETTLED: ("owner", "cause", "action"),
}


def check(state: str, said: Mapping[str, str]) -> None:
    """Refuse a state without its owner, cause or action; ``reconcile_state_unknown``, ``reconcile_said_missing``."""
    if state not in NEEDS:
        raise NianjianError("reconcile_state_unknown", state=state, states=", ".join(STATES))
    missing = [name for name in NEEDS[state] if not said.get(name, "").strip()]
    if missing:
        raise NianjianError("reconcile_said_missing", state=state, fields=", ".join(missing))


def verdict(*, compared: int, unclear: int, open_: int, allowed: int) -> State:
    """Passed with at most ``allowed`` open differences; nothing compared, or something unclear, is never passed."""
    if open_ > allowed:
        return State.FAILED
    return State.PASSED if compared and not unclear else State.NOT_PROVED
