"""What registers tell the gate: filed numbers, channels with their days, and the rows of its lists."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max

from nianjian.engines.gate import question
from nianjian.engines.gate.snapshot import files as form
from nianjian.engines.gate.snapshot.lists import OPEN
from nianjian.engines.gate.snapshot.tenant import OTHER, Tenant, consent_subject
from nianjian.engines.kernel.clock import ZONE
from nianjian.platform.registers import models
from nianjian.platform.registers.versions import Version, current_versions

CHUNK: Final = 2000
MOST_PURPOSES: Final = 255
NO_TEAMS: Final[Mapping[str, Sequence[datetime]]] = {}
_EPOCH: Final = date(1970, 1, 1)
_DAY: Final = timedelta(days=1)

Row = tuple[int, int, int, int]
"""(key, first second, second no longer in it, number of the purpose)."""


def to_epoch_day(of: date | None) -> int | None:
    """Days since 1970-01-01."""
    return None if of is None else (of - _EPOCH).days


def list_numbers(enterprise: str) -> list[dict[str, Any]]:
    """Every dated row of every root, in a fixed order."""
    entries = [
        {
            "root": row.root,
            "length": row.total_length or len(row.root),
            "filed": row.filing == "filed",
            "outbound": row.outbound is True,
            "first": to_epoch_day(row.valid_from),
            "last": to_epoch_day(row.valid_to),
            "filed_on": to_epoch_day(row.filed_on),
            "since": to_epoch_day(row.valid_since),
            "until": to_epoch_day(row.valid_until),
            "purpose": row.purpose or "",
        }
        for row in current_versions(models.Number, enterprise).iterator(chunk_size=CHUNK)
        if row.root
    ]
    return sorted(entries, key=lambda one: (one["root"], one["first"] or 0))


def list_channels(
    enterprise: str, isolated: set[str], isolated_teams: Mapping[str, Sequence[datetime]] = NO_TEAMS,
    *, known_at: datetime | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Lines as channels: the team as its id, and the days on which calls may leave on them.

    ``isolated_teams``: team -> when two persons approved its isolation. A line that was the team's then stays so,
    whatever the register says since: an import, which one person makes, takes no line out of an isolation.
    ``known_at``: as the registers stood at that moment, None: now.
    """
    teams = current_versions(models.Team, enterprise, known_at=known_at).filter(valid_to=None)
    by_name = {row.name: row.team_id for row in teams.exclude(name=None)}
    team_ids = {row.team_id for row in teams}
    channels: dict[str, dict[str, Any]] = {}
    for row in current_versions(models.Line, enterprise, known_at=known_at).iterator(chunk_size=CHUNK):
        if not row.line_id:
            continue
        team = row.team if row.team in team_ids else by_name.get(row.team, row.team)
        one = channels.setdefault(row.line_id, {"name": row.line_id, "team": "", "isolated": False, "days": []})
        if row.valid_to is None or not one["team"]:
            one["team"] = team or ""
        first = max((of for of in (row.valid_from, row.opened_on) if of is not None), default=None)
        last_open = None if row.closed_on is None else row.closed_on - _DAY  # on the day it is closed it no longer is
        last = min((of for of in (row.valid_to, last_open) if of is not None), default=None)
        if row.state != "stopped" or row.closed_on is not None:  # stopped, but when is not known: never open
            one["days"].append([to_epoch_day(first), to_epoch_day(last)])
    by_line = _map_isolated_lines(enterprise, isolated_teams)
    for name, one in channels.items():
        one["team"] = by_line.get(name, one["team"])
        one["isolated"] = name in isolated or one["team"] in isolated_teams
    return [channels[name] for name in sorted(channels)]


def _map_isolated_lines(enterprise: str, isolated_teams: Mapping[str, Sequence[datetime]]) -> dict[str, str]:
    """Line -> the isolated team whose it was when the isolation was approved; of several the first approved."""
    by_line: dict[str, str] = {}
    for at in sorted({at for moments in isolated_teams.values() for at in moments}):
        for line in list_channels(enterprise, set(), known_at=at):
            if at in isolated_teams.get(line["team"], ()):
                by_line.setdefault(line["name"], line["team"])
    return by_line


MODELS: Final[dict[str, type[Version]]] = {form.CONSENTS: models.Consent, form.DO_NOT_CALL: models.DoNotCall}


def fingerprint_list(kind: str, enterprise: str) -> str:
    """Changes whenever the register of a list does: rows come, are superseded, or are erased."""
    rows = MODELS[kind]._default_manager.filter(enterprise_id=enterprise)  # noqa: SLF001 -- the manager of any model
    totals = rows.aggregate(last=Max("pk"), gone=Max("superseded_at"), count=Count("pk"))
    return "" if not totals["count"] else f"{totals['last']}.{totals['gone']}.{totals['count']}"


def digest_purposes(tenant: Tenant) -> str:
    """sha256 of the purposes and words by which an enterprise's texts are read: a list read by others lies."""
    text = json.dumps([[one.name, one.needs_consent] for one in tenant.policy.purposes.values()] + [tenant.words])
    return hashlib.sha256(text.encode()).hexdigest()


class Purposes:
    """Numbers for the purposes of one list, in the order in which they are met; 0 is none."""

    def __init__(self, tenant: Tenant, kind: str) -> None:
        self._tenant, self._kind = tenant, kind
        self._numbers: dict[str, int] = {"": 0}
        self._read: dict[str, int] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """By number."""
        return tuple(self._numbers)

    def of(self, text: str | None) -> int:
        """The number of what a row names; one too many counts as none.

        Of purposes that nobody described a consent covers its own words only, a refusal everything.
        """
        text = (text or "").strip()
        number = self._read.get(text)
        if number is None:
            purpose = self._tenant.purpose(text)
            name = consent_subject(purpose, text)
            if not text or (purpose.name == OTHER and self._kind == form.DO_NOT_CALL):
                name = ""
            if name not in self._numbers and len(self._numbers) < MOST_PURPOSES:
                self._numbers[name] = len(self._numbers)
            number = self._read[text] = self._numbers.get(name, 0)
        return number


def iterate_rows(kind: str, enterprise: str, purposes: Purposes) -> Iterator[Row]:
    """The rows of a list as the register believes them."""
    if kind == form.DO_NOT_CALL:
        refused = current_versions(models.DoNotCall, enterprise).order_by().values_list("number", "scope", "valid_to")
        for number, scope, last in refused.iterator(chunk_size=CHUNK):
            end = to_epoch_seconds(_midnight(last, after=True), OPEN)
            yield question.number_key(number or ""), 0, end, purposes.of(scope)
        return
    columns = ("number", "purpose", "obtained_at", "expires_at", "withdrawn_at", "valid_from", "valid_to")
    rows = current_versions(models.Consent, enterprise).order_by().values_list(*columns).iterator(chunk_size=CHUNK)
    for number, purpose, obtained, expires, withdrawn, first, last in rows:
        start = max(to_epoch_seconds(obtained, 0), to_epoch_seconds(_midnight(first), 0))
        end = min(
            to_epoch_seconds(expires, OPEN),
            to_epoch_seconds(withdrawn, OPEN),
            to_epoch_seconds(_midnight(last, after=True), OPEN),
        )
        yield question.number_key(number or ""), start, max(start, end), purposes.of(purpose)


def _midnight(of: date | None, *, after: bool = False) -> datetime | None:
    if of is None:
        return None
    return datetime.combine(of + _DAY if after else of, datetime.min.time(), ZONE)


def to_epoch_seconds(of: datetime | None, missing: int) -> int:
    """Epoch seconds that fit a column; a moment is reached when its second is over, so fractions are cut."""
    if of is None:
        return missing
    return min(max(int(of.astimezone(UTC).timestamp()), 0), OPEN - 1)
