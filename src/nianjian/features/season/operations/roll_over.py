"""A new season from the last one: what is taken over, what is not and why, who does what, who is watched more closely.

Doing it again takes over only what is new; nothing that stands in the new season is touched.
"""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.archives.query import refuse_closed
from nianjian.features.dossier import materials
from nianjian.features.dossier.operations import checklist
from nianjian.features.rectification import operations as rectification
from nianjian.features.season.notes import query as notes
from nianjian.features.season.notes import service
from nianjian.features.season.operations.season_facts import get_season_facts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit.record import record

Json = dict[str, Any]
YEARLY: Final = "yearly"  # of one season only
EXPIRED: Final = "expired"
UNCONFIRMED: Final = "unconfirmed"


def roll_over(*, enterprise: str, year: int, actor: Actor) -> Json:
    """Begin the season of data year ``year`` from that of the year before; what was taken over, and what was not.

    ``role_missing``, ``season_year_wrong``, ``season_no_plan`` where no template names a day. A paper that is taken
    over waits for a person again, also one that has expired in the meantime, which is named.
    """
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    plan = get_season_facts(enterprise, year, clock.today()).plan
    if plan is None:
        raise NianjianError("season_no_plan", year=year)
    with transaction.atomic():
        taken = checklist.reuse(enterprise=enterprise, year=year, actor=actor)
        owners = _owners(enterprise, year, {one.task for one in plan.tasks}, actor)
        if taken or owners:
            told = {"year": year, "items": taken, "tasks": owners}
            record(verb="season.rolled_over", enterprise=enterprise, actor=actor, data=told)
    return {
        "year": year,
        "taken": taken,
        "owners": owners,
        "left": _left(enterprise, year),
        "watched": rectification.list_watched_licences(enterprise=enterprise, year=year, actor=actor),
        "routine": rectification.update_routine(enterprise=enterprise, done=None, day=None, actor=actor),
    }


def _owners(enterprise: str, year: int, planned: set[str], actor: Actor) -> list[str]:
    """Tasks that get the owner of the year before, where nobody is named yet."""
    old, new = notes.list_notes_by_task(enterprise, year - 1), notes.list_notes_by_task(enterprise, year)
    found = []
    for task, said in sorted(old.items()):
        if task in planned and said.owner and not (task in new and new[task].owner):
            service.assign(enterprise=enterprise, year=year, task=task, owner=said.owner, actor=actor)
            found.append(task)
    return found


def list_papers_left_behind(*, enterprise: str, year: int, actor: Actor) -> list[Json]:
    """Papers of the year before that are no ready papers of this season, each with its ``state`` here now.

    ``role_missing``. Nothing is taken over by asking.
    """
    require(actor, enterprise, Act.READ)
    found = _left(enterprise, year)
    if not found:
        return []
    states = {line.item: line.state.value for line in checklist.list_items(enterprise, year, actor)}
    return [one | {"state": states.get(one["item"], "")} for one in found]


def _left(enterprise: str, year: int) -> list[Json]:
    """Papers of the year before that are no ready papers of this season, each with the reason."""
    today, more = clock.today(), checklist.list_further_items(enterprise)
    found = []
    for line in materials.list_items(enterprise, year - 1, on=today, robots=True, further=more):
        old = line.newest
        if old is None:
            continue
        over = old.valid_until is not None and old.valid_until < today
        reason = EXPIRED if over else YEARLY if line.item in checklist.YEARLY else ""
        reason = reason or (UNCONFIRMED if old.confirmed_at is None else "")
        if reason:
            until = None if old.valid_until is None else old.valid_until.isoformat()
            found.append({"item": line.item, "reason": reason, "valid_until": until})
    return found
