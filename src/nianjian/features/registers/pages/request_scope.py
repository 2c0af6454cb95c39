"""From a request to what its reader may see, and on which day."""

from __future__ import annotations

from datetime import date

from django.http import Http404

from nianjian.engines.kernel import clock
from nianjian.platform.accounts import access
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers import queries
from nianjian.platform.registers import queries as query
from nianjian.platform.registers.queries import ReadScope
from nianjian.platform.registers.versions import Version
from nianjian.platform.web.access import Request


def sight(request: Request, kind: str = "") -> ReadScope:
    """Return the reader's sight; 404 for a kind that does not exist for this reader.

    Who sees all may look through a team's eyes (``team``); a day that cannot be read is today.
    """
    team = request.team
    if team is None and queries.has_team_scope(kind):
        team = request.GET.get("team", "").strip() or None
    found = ReadScope(request.enterprise.code, clock.asked_day(request.GET.get("as_at", "")), team)
    if kind and not found.sees(kind):
        raise Http404
    return found


def told_day(seen: ReadScope) -> date | None:
    """Return the day as an address tells it on: today needs no telling."""
    return None if seen.day == clock.today() else seen.day


def get_version_or_404(request: Request, kind: str, key: str) -> Version:
    """Return the version of a row that a write goes on from; 404 if there is none."""
    found = query.find_latest_version(kind, sight(request, kind), key)
    if found is None:
        raise Http404
    return found


def may(request: Request, act: Act) -> bool:
    """Whether the reader may do this here."""
    return access.may(request.actor, request.enterprise.code, act)
