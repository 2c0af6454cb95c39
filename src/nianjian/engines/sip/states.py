"""The states of a call: (state, event) -> (next state, actions). What is not listed changes nothing. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CALLING, PROCEEDING, CANCELLING, UP, LEAVING, DONE = "calling", "proceeding", "cancelling", "up", "leaving", "done"
Step = tuple[str, tuple[str, ...]]

_EARLY: Final[Mapping[tuple[str, str], Step]] = {
    step: turn
    for early in (CALLING, PROCEEDING)
    for step, turn in (
        ((early, "challenge"), (CALLING, ("ack_old", "invite_again"))),
        ((early, "final"), (DONE, ("ack_old", "say_final"))),
        ((early, "2xx"), (UP, ("note_answer", "ack_new", "talk"))),
        ((early, "1xx"), (PROCEEDING, ("note_progress",))),
    )
}
TABLE: Final[Mapping[tuple[str, str], Step]] = {
    **_EARLY,
    (CALLING, "timer_a"): (CALLING, ("resend",)),  # doubling, until any 1xx; not over a reliable transport
    (CALLING, "icmp"): (DONE, ("say_unreachable",)),
    (CALLING, "lost"): (DONE, ("say_unreachable",)),  # a connection that has ended; nothing comes over it any more
    (PROCEEDING, "lost"): (DONE, ("say_unreachable",)),
    (CANCELLING, "lost"): (DONE, ("say_unanswered",)),
    **{(state, "lost"): (DONE, ("say_answered",)) for state in (UP, LEAVING)},
    (CALLING, "limit"): (DONE, ("say_silent",)),  # nothing may be cancelled before a 1xx
    (PROCEEDING, "limit"): (CANCELLING, ("cancel",)),
    (CANCELLING, "timer"): (CANCELLING, ("resend_cancel",)),
    (CANCELLING, "final"): (DONE, ("ack_old", "say_unanswered")),
    (CANCELLING, "challenge"): (DONE, ("ack_old", "say_unanswered")),
    (CANCELLING, "2xx"): (LEAVING, ("note_answer", "ack_new", "bye")),  # it crossed the CANCEL
    (CANCELLING, "give_up"): (DONE, ("say_unanswered",)),
    (UP, "2xx"): (UP, ("ack_again",)),  # the ACK was lost
    (UP, "bye_in"): (DONE, ("say_answered",)),
    (UP, "heard"): (LEAVING, ("bye",)),
    (UP, "hold_over"): (LEAVING, ("bye",)),
    (LEAVING, "2xx"): (LEAVING, ("ack_again",)),
    (LEAVING, "timer"): (LEAVING, ("resend_bye",)),
    (LEAVING, "bye_asked"): (LEAVING, ("bye_again",)),  # with credentials
    (LEAVING, "bye_in"): (DONE, ("say_answered",)),
    (LEAVING, "bye_ok"): (DONE, ("say_answered",)),
    (LEAVING, "give_up"): (DONE, ("say_answered",)),
    **{(state, "overdue"): (DONE, ("say_overdue",)) for state in (CALLING, PROCEEDING, CANCELLING, UP, LEAVING)},
    (DONE, "1xx"): (DONE, ("cancel_late",)),  # it was given up before it could be cancelled
    (DONE, "final"): (DONE, ("ack_old",)),  # the reply was repeated
    (DONE, "2xx"): (DONE, ("ack_late",)),
}


def after(state: str, event: str) -> Step:
    """The next state, and what is done on the way."""
    return TABLE.get((state, event), (state, ()))
