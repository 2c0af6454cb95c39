"""What hangs together with a row on a day: numbers, lines, teams, seats, people and complaints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q

from nianjian.platform.registers import kinds
from nianjian.platform.registers.rows.filters import BEGINS, WHOLE
from nianjian.platform.registers.rows.own import names
from nianjian.platform.registers.rows.query import Sight, rows
from nianjian.platform.registers.versions.row import Version

SHOWN: Final = 10
SHORTEST: Final = 3  # digits of a root


@dataclass(frozen=True, slots=True)
class Link:
    """Rows of ``kind`` that match; ``field`` and ``text`` find the same ones in the list, or ``team`` does."""

    kind: str
    match: Q
    field: str = ""
    text: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbours of one kind, the first few of ``total``."""

    link: Link
    rows: tuple[Version, ...]
    total: int


def neighbours(kind: str, sight: Sight, row: Any) -> list[Group]:  # noqa: ANN401 -- a row of any register
    """Return the groups that are not empty, as far as the reader may see them."""
    found = []
    for link in LINKS.get(kind, _none)(sight, row):
        if link.kind not in kinds.kinds() or not sight.sees(link.kind):
            continue
        every = rows(link.kind, sight).filter(link.match)
        first = tuple(every.defer("extra", "reason")[: SHOWN + 1])
        if first:
            total = len(first) if len(first) <= SHOWN else every.order_by().count()
            found.append(Group(link, first[:SHOWN], total))
    return found


def _none(sight: Sight, row: Any) -> Iterator[Link]:  # noqa: ANN401 -- the same
    del sight, row
    return iter(())


def _of_number(sight: Sight, row: Any) -> Iterator[Link]:  # noqa: ANN401 -- the same
    del sight
    if row.gateway:
        yield Link("lines", Q(gateway=row.gateway), "gateway", WHOLE + row.gateway)
    yield Link("seats", Q(display__startswith=row.root), "display", row.root + BEGINS)
    yield Link("complaints", Q(complained__startswith=row.root), "complained", row.root + BEGINS)


def _of_line(sight: Sight, row: Any) -> Iterator[Link]:  # noqa: ANN401 -- the same
    yield from _team(sight, row.team)
    if row.gateway:
        yield Link("numbers", Q(gateway=row.gateway), "gateway", WHOLE + row.gateway)
    yield Link("complaints", Q(line_id=row.line_id), "line_id", WHOLE + row.line_id)


def _of_team(sight: Sight, row: Any) -> Iterator[Link]:  # noqa: ANN401 -- the same
    called = names(sight.enterprise, row.team_id)
    for kind in ("lines", "seats", "staff"):
        yield Link(kind, Q(team__in=called), team=row.team_id)
    yield Link("complaints", Q(team_id__in=called), team=row.team_id)


def _of_seat(sight: Sight, row: Any) -> Iterator[Link]:  # noqa: ANN401 -- the same
    yield from _team(sight, row.team)
    yield from _number(row.display)
    person = Q(seat_id=row.seat_id)
    yield Link("staff", person | Q(staff_id=row.staff_id) if row.staff_id else person)


def _of_person(sight: Sight, row: Any) -> Iterator[Link]:  # noqa: ANN401 -- the same
    yield from _team(sight, row.team)
    match = Q(pk__in=())
    if row.seat_id:
        match |= Q(seat_id=row.seat_id)
    if row.staff_id:
        match |= Q(staff_id=row.staff_id)
    yield Link("seats", match)


def _of_complaint(sight: Sight, row: Any) -> Iterator[Link]:  # noqa: ANN401 -- the same
    yield from _team(sight, row.team_id)
    if row.line_id:
        yield Link("lines", Q(line_id=row.line_id))
    yield from _number(row.complained)


def _team(sight: Sight, called: str | None) -> Iterator[Link]:
    """A team by its id; where no team has that id, by its name."""
    if called:
        by_id = Q(key=called)
        known = rows("teams", sight).filter(by_id).exists()
        yield Link("teams", by_id if known else Q(name=called))


def _number(display: str | None) -> Iterator[Link]:
    """Roots that a displayed number begins with."""
    if display:
        roots = [display[:end] for end in range(SHORTEST, len(display) + 1)]
        yield Link("numbers", Q(root__in=roots))


LINKS: Final[dict[str, Callable[[Sight, Any], Iterator[Link]]]] = {
    "numbers": _of_number,
    "lines": _of_line,
    "teams": _of_team,
    "seats": _of_seat,
    "staff": _of_person,
    "complaints": _of_complaint,
}
