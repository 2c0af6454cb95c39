"""How a drill comes in, who plays what, and how fast it wants to be: looked at before anything begins."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints import one_click, operations
from nianjian.features.inspection.injects import ARRIVED, LONGEST, PLAYED, STEPS, THROWN
from nianjian.features.inspection.operations.checks.grounds import Json
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import may
from nianjian.platform.accounts.query import USER, Actor
from nianjian.platform.accounts.roles import Act

ONE_CLICK, FORWARD = "one_click", "12321"
SOURCES: Final = (ONE_CLICK, FORWARD)


@dataclass(frozen=True, slots=True)
class Planned:
    """``source``: how the complaint arrives; ``minutes``: step -> minutes after that; ``players``: role -> account."""

    source: str = ONE_CLICK
    minutes: Mapping[str, int] = field(default_factory=dict)
    players: Mapping[str, str] = field(default_factory=dict)
    thrown: Sequence[str] = ()

    def kept(self) -> Json:
        """As the chain and the job keep it."""
        return {
            "source": self.source,
            "minutes": dict(self.minutes),
            "players": {role: name for role, name in self.players.items() if name},
            "thrown": list(self.thrown),
        }


def checked(enterprise: str, planned: Planned) -> Planned:
    """The same, if it can be held.

    ``drill_source_unknown``, ``drill_minutes_wrong``: whole minutes, each step no earlier than the one before;
    ``drill_player_unknown``: an account that may not work on tickets here; ``drill_inject_unknown``.
    """
    if planned.source not in SOURCES:
        raise NianjianError("drill_source_unknown", source=planned.source[:40], sources=", ".join(SOURCES))
    steps = [step for step in STEPS if step != ARRIVED]
    if set(planned.minutes) - set(steps):
        raise NianjianError("drill_minutes_wrong", most=LONGEST)
    found = [planned.minutes.get(step, STEPS[step][1]) for step in steps]
    if found != sorted(found) or not 1 <= found[0] <= found[-1] <= LONGEST:
        raise NianjianError("drill_minutes_wrong", most=LONGEST)
    for role, name in planned.players.items():
        known = role in PLAYED and (not name or accounts.exists(name))
        if not known or (name and not may(Actor(name, USER), enterprise, Act.LOAD)):
            raise NianjianError("drill_player_unknown", player=name[:80])
    for one in planned.thrown:
        if one not in THROWN:
            raise NianjianError("drill_inject_unknown", inject=one[:40], injects=", ".join(THROWN))
    return planned


def open_ticket(*, enterprise: str, source: str, token: str, phone: str, actor: Actor) -> str:
    """Open the ticket as it would come, marked so that it counts nowhere; its number.

    A forward of 12321 (转办) is entered by who leads the drill, as a forward is entered by a person.
    """
    if source == ONE_CLICK:
        return one_click.open_drill_ticket(token=token, phone=phone, actor=actor)
    texts = {
        "source": FORWARD, "reference": f"drill-{secrets.token_hex(8)}", "complainant": phone,
        "category": one_click.OTHER, "content": one_click.DRILL, "drill": "是",
    }  # fmt: skip
    return operations.create_ticket(enterprise=enterprise, texts=texts, actor=actor)
