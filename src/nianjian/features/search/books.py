"""Rows of registers and tickets: by the beginning of a code, by a name, and by the last four digits of a number.

Each query takes a few rows of an index; which of them the reader may see is decided by the registers' own reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.complaints import STATES
from nianjian.features.complaints.queries import ticket_facts
from nianjian.features.complaints.states import state_of
from nianjian.features.registers import presenters
from nianjian.features.search.hits import MOST, Fit, Hit, SearchText, choose_best, measure_fit
from nianjian.platform.registers import kinds, models
from nianjian.platform.registers.columns import Sheet
from nianjian.platform.registers.prefixes import Folded, filter_by_prefix, fold_case, fold_text
from nianjian.platform.registers.queries import ReadScope, list_versions_by_id, team_names
from nianjian.platform.registers.versions import Version, current_versions

CANDIDATES: Final = 20  # rows that one index gives
OF_TEAM: Final = 500  # the same for who sees a team's rows alone
SCANNED: Final = 2000  # rows whose names are looked through for a part; of more, names are found by their beginning
SHORTEST_ROOT: Final = 3
NAME_LENGTH: Final = 40
Facts = Callable[[Any, "TeamTitles"], tuple[str | None, ...]]


@dataclass(frozen=True, slots=True)
class Book:
    """How the rows of a register are found and written.

    ``codes``: columns that are found by their beginning, the first is the one that is shown. ``name``: a column whose
    parts are looked for. ``tail``: the index of a number's last four digits. ``team``: the column that names the team;
    ``shared``: a team's own may name none. ``facts``: what stands behind code and name.
    """

    kind: str
    facts: Facts
    icon: str = "registers"
    codes: tuple[str, ...] = ()
    name: str = ""
    tail: str = ""
    team: str = ""
    shared: bool = False


class TeamTitles:
    """Names of the teams that rows name, read once for all of them."""

    def __init__(self, enterprise: str) -> None:
        self._enterprise = enterprise
        self._names: dict[str, str] = {}

    def load(self, wanted: set[str]) -> None:
        """Read the names of these teams."""
        if missing := wanted - self._names.keys():
            rows = current_versions(models.Team, self._enterprise).filter(key__in=missing).values_list("key", "name")
            self._names |= dict.fromkeys(missing, "") | {key: name or "" for key, name in rows}

    def __call__(self, team: str | None) -> str:
        """Code and name; "" where no team is named."""
        return " ".join(filter(None, (team, self._names.get(team or "", ""))))


def _choice(row: Any, kind: str, field: str) -> str:  # noqa: ANN401 -- a row of any register
    return presenters.value(getattr(row, field), presenters.sheet_of(kind).by_field(field))


def _ticket_facts(row: Any, _teams: TeamTitles) -> tuple[str | None, ...]:  # noqa: ANN401 -- the same
    state = _(STATES[state_of(ticket_facts(row)).value])
    arrived = f"{row.arrived_at.astimezone(clock.ZONE):%Y-%m-%d}" if row.arrived_at else ""
    return _("Drill") if row.drill else "", state, arrived


BOOKS: Final = (
    Book("lines", lambda row, teams: (row.carrier, teams(row.team)), "gate", ("key",), "name", team="team"),
    Book("teams", lambda row, _teams: (_choice(row, "teams", "kind"),), "people", ("key",), "name"),
    Book("numbers", lambda row, _teams: (_choice(row, "numbers", "filing"), row.carrier), codes=("key",)),
    Book("seats", lambda row, teams: (_choice(row, "seats", "kind"), teams(row.team)), codes=("key",), team="team"),
    Book(
        "staff", lambda row, teams: (_choice(row, "staff", "person"), teams(row.team)), "person", ("staff_id",),
        team="team", shared=True,
    ),
    Book(
        "complaints", _ticket_facts, "complaints", ("key", "reference"), tail="complainant_tail", team="team_id",
        shared=True,
    ),
    Book("consents", lambda row, _teams: (row.purpose,), tail="number_tail"),
    Book("do-not-call", lambda row, _teams: (row.source,), tail="number_tail"),
)  # fmt: skip
BY_KIND: Final[Mapping[str, Book]] = {book.kind: book for book in BOOKS}


def find_rows(book: Book, search: SearchText, scope: ReadScope, teams: TeamTitles) -> tuple[Hit, ...]:
    """The rows that fit, as far as the reader may see them; a row that an earlier version fits is shown as of today."""
    if not scope.sees(book.kind):
        return ()
    tails = set(_list_tails(book, search, scope))
    chosen = {*tails, *_list_candidates(book, search, scope)}
    if not chosen:
        return ()
    fits: dict[str, Fit] = {}
    newest: dict[str, int] = {}  # of what a number's last digits found
    for row in list_versions_by_id(book.kind, scope, sorted(chosen)):
        fits[row.key] = min(_measure(book, row, search), fits.get(row.key, Fit.PART))
        if row.pk in tails:
            newest[row.key] = max(row.pk, newest.get(row.key, 0))
    best = sorted(fits, key=lambda key: (fits[key], key in newest, -newest.get(key, 0), len(key), key))[: MOST + 1]
    rows = _list_today(book, scope, best)
    if book.team:
        teams.load({team for row, _over in rows if (team := getattr(row, book.team))})
    hits = tuple(_build_hit(book, fits[row.key], row, scope.enterprise, teams, over=over) for row, over in rows)
    return hits if tails else choose_best(hits)


def _list_today(book: Book, scope: ReadScope, keys: list[str]) -> list[tuple[Any, bool]]:
    """Each key's version of the day, else the last, of those that the reader may see; and whether it is over.

    That a row is over is said by its last version alone, if the reader may see that: it may go on with another team.
    """
    known = _standing(book, scope).filter(key__in=keys).values_list("key", "valid_from", "pk")[:SCANNED]
    last = {key: pk for key, _begun, pk in sorted(known, key=lambda one: (one[1] or date.min, one[2]))}
    shown: dict[str, Any] = {}
    for row in list_versions_by_id(book.kind, scope, [pk for _key, _begun, pk in known]):  # in the order of their days
        if row.key not in shown or not _holds(shown[row.key], scope.day):
            shown[row.key] = row
    return [
        (shown[key], shown[key].pk == last[key] and (shown[key].valid_to or scope.day) < scope.day)
        for key in keys
        if key in shown
    ]


def _holds(row: Version, day: date) -> bool:
    return (row.valid_from or day) <= day <= (row.valid_to or day)


def _measure(book: Book, row: Any, search: SearchText) -> Fit:  # noqa: ANN401 -- a row of any register
    """Of a row that was found by a number's last digits or by a root, its number begins what was asked for."""
    fit = measure_fit(search, *(getattr(row, column) for column in (*book.codes, book.name) if column))
    return Fit.BEGINNING if fit is None else fit


def _build_hit(book: Book, fit: Fit, row: Any, enterprise: str, teams: TeamTitles, *, over: bool) -> Hit:  # noqa: ANN401 -- the same
    sheet: Sheet = presenters.sheet_of(book.kind)
    code, name = presenters.name(row, sheet), str(getattr(row, book.name) or "") if book.name else ""
    facts = [*book.facts(row, teams)]
    if book.kind == "complaints":
        name = str(row.category or "")
        facts.append(presenters.value(row.complainant, sheet.by_field("complainant")))
        address = reverse("complaints-one", kwargs={"code": enterprise, "ticket": row.key})
    else:
        address = presenters.address(enterprise, book.kind, row.key)
    if over:
        facts.append(_("no longer in use"))
    return Hit(fit, code, name[:NAME_LENGTH], presenters.DOT.join(filter(None, facts))[: 2 * NAME_LENGTH], address)


def _list_tails(book: Book, search: SearchText, scope: ReadScope) -> list[int]:
    """What ends so, the newest first."""
    if not (book.tail and search.tail):
        return []
    rows = _standing(book, scope).filter(**{book.tail: search.tail}).order_by("-pk")
    return list(rows.values_list("pk", flat=True)[: _limit(scope)])


def _limit(scope: ReadScope) -> int:
    """How many rows an index gives: of what others own, most are left out again."""
    return CANDIDATES if scope.team is None else OF_TEAM


def _list_candidates(book: Book, search: SearchText, scope: ReadScope) -> Iterator[int]:
    most = _limit(scope)
    for part in _list_parts(book, scope):
        for column, form in product(filter(None, (*book.codes, book.name)), search.forms):
            yield from filter_by_prefix(part, column, form).values_list("pk", flat=True)[:most]
        if book.kind == "numbers" and search.plain.isdecimal():  # a displayed number goes on behind its root
            roots = [search.plain[:end] for end in range(SHORTEST_ROOT, len(search.plain))]
            yield from part.filter(key__in=roots).values_list("pk", flat=True)[:most]
        if book.name:
            rows = filter_by_prefix(part, book.codes[0], "").values_list("pk", book.codes[0], book.name)[:SCANNED]
            fits = [(fit, pk) for pk, *texts in rows if (fit := measure_fit(search, *texts)) is not None]
            yield from (pk for _fit, pk in sorted(fits)[:most])


def _standing(book: Book, scope: ReadScope) -> QuerySet[Version]:
    model = kinds.register(book.kind).model
    return model._default_manager.filter(enterprise_id=scope.enterprise, superseded_at=None)  # noqa: SLF001 -- the manager of any model


def _list_parts(book: Book, scope: ReadScope) -> Iterator[QuerySet[Version]]:
    """The rows that are looked through: all, or those that name the reader's team, and those that name none."""
    rows = _standing(book, scope)
    if scope.team is None or not book.team:
        yield rows if book.kind != "teams" or scope.team is None else rows.filter(key=scope.team)
        return
    names = team_names(scope.enterprise, scope.team)
    for name in sorted({*map(fold_case, names), *map(fold_text, names)}):
        yield rows.alias(own=Folded(book.team)).filter(own=name)
    if book.shared:
        yield rows.alias(own=Folded(book.team)).filter(own__isnull=True)
