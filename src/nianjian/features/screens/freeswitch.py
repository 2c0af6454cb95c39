"""Today's calls of a FreeSWITCH, counted from the call records that it has posted (mod_json_cdr).

Both legs of a call are posted when each has ended; the call is counted by the leg that began it, as an import does:
that leg's id is what all others name. Written from documentation and source, never seen a real record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from nianjian.engines.intake.formats import freeswitch_json as form
from nianjian.engines.intake.formats.freeswitch_csv import HANGUP
from nianjian.engines.intake.formats.freeswitch_post import connecting_apps, parse_moment
from nianjian.features.screens import call_counts

# What leads from a called leg to the one that began the call, the surest first; as the import has it.
PARENTS: Final = ("call_uuid", "originating_leg_uuid", "originator", "bridge_uuid", "signal_bond")
# Signs that a leg was to be connected with another one.
CALLED: Final = (
    "bridge_uuid", "signal_bond", "originate_disposition", "bridge_hangup_cause", "last_bridge_hangup_cause"
)  # fmt: skip
CAUSES: Final = ("bridge_hangup_cause", "last_bridge_hangup_cause", "hangup_cause")


@dataclass(slots=True)
class Calls(call_counts.Calls):
    """The counts of the posted records."""

    def take(self, line: bytes) -> None:
        """Count a leg."""
        try:
            text = line.decode()
            cells: dict[str, str | None] = dict(zip(form.COLUMNS, form.parse(text), strict=True))
            called = cells["leg"] == "b" or any(cells[name] for name in CALLED) or bool(connecting_apps(text))
        except ValueError:
            self.damaged += 1
            return
        leg, began = cells["uuid"] or "", parse_moment(cells["start"])
        if not leg or began is None:
            self.damaged += 1
            return
        if self._today(began) and leg == _call(cells):
            self._count(leg, _outcome(cells, called=called))


def _call(cells: Mapping[str, str | None]) -> str | None:
    """The leg that began the call."""
    named = PARENTS if cells["leg"] == "b" else ("call_uuid",)
    return next((cells[name] for name in named if cells[name]), cells["uuid"])


def _outcome(cells: Mapping[str, str | None], *, called: bool) -> str:
    """What became of a call; ``called``: its leg is one to a callee, or was to be connected with one."""
    answer, end = parse_moment(cells["answer"]), parse_moment(cells["end"])
    answered = answer is not None and end is not None and answer < end
    if not called:
        return "switch" if answered else "undialled"
    if answered:
        return "answered"
    cause = next((cells[name] for name in CAUSES if cells[name]), None)
    return call_counts.RESULTS.get(HANGUP.get(cause or "", ""), "failed")
