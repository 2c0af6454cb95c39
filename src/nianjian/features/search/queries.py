"""Search over everything that a reader may open at an enterprise: each kind of thing is declared once.

A kind says which permission it asks for, how it is found and how a hit is written. Every read takes a few rows of an
index, so its cost does not grow with the registers. Whoever sees a team's rows alone finds these alone: neither a hit
nor a count tells of others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from functools import cached_property, lru_cache, partial
from itertools import chain, product
from typing import Any, Final, cast

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext as _

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.complaints import STATES
from nianjian.engines.paper.texts.dossier import ITEMS
from nianjian.engines.paper.texts.platform import ROLES
from nianjian.engines.paper.texts.portrait import LEVELS
from nianjian.engines.paper.texts.rectification import STEPS
from nianjian.engines.paper.texts.registers import NAMES as REGISTERS
from nianjian.engines.paper.words import CHINESE, ENGLISH, mark, strip_zero_width, words
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.complaints.queries import ticket_facts
from nianjian.features.complaints.states import state_of
from nianjian.features.dossier.kinds import KNOWN
from nianjian.features.dossier.operations.checklist import due_season
from nianjian.features.rectification.queries import list_cases
from nianjian.features.registers import presenters
from nianjian.platform.accounts.access import list_accessible_enterprises, permissions
from nianjian.platform.accounts.people import Person, PersonList
from nianjian.platform.accounts.query import Actor, Enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.registers import kinds, models
from nianjian.platform.registers.columns import Sheet
from nianjian.platform.registers.prefixes import Folded, filter_by_prefix, fold_case, fold_text
from nianjian.platform.registers.queries import ReadScope, list_versions_by_id, team_names
from nianjian.platform.registers.versions import Version, current_versions
from nianjian.platform.web import menu
from nianjian.platform.web.access import at
from nianjian.platform.web.language import current

# Rows of registers and tickets: by the beginning of a code, by a name, and by the last four digits of a number.
#
# Each query takes a few rows of an index; which of them the reader may see is decided by the registers' own reads.

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

    def load(self, keys: set[str]) -> None:
        """Read the names of these teams."""
        if missing := keys - self._names.keys():
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


def find_rows(book: Book, reader: Reader, search: SearchText) -> tuple[Hit, ...]:
    """The rows that fit, as far as the reader may see them; a row that an earlier version fits is shown as of today."""
    scope, teams = reader.scope, reader.teams
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
    spans = _standing(book, scope).filter(key__in=keys).values_list("key", "valid_from", "pk")[:SCANNED]
    last = {key: pk for key, _begun, pk in sorted(spans, key=lambda one: (one[1] or date.min, one[2]))}
    by_key: dict[str, Any] = {}
    for row in list_versions_by_id(book.kind, scope, [pk for _key, _begun, pk in spans]):  # in the order of their days
        best = by_key.get(row.key)
        if best is None or not (best.valid_from or scope.day) <= scope.day <= (best.valid_to or scope.day):
            by_key[row.key] = row
    return [
        (by_key[key], by_key[key].pk == last[key] and (by_key[key].valid_to or scope.day) < scope.day)
        for key in keys
        if key in by_key
    ]


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


# What a search asks and answers, and how well a text fits: pure, no database and no words of any kind of thing.

MOST: Final = 5  # hits of a kind
LONGEST: Final = 64  # signs of a search that are looked at
READ: Final = 1000  # signs of what was typed that are read
SHORTEST: Final = 2  # what is shorter finds pages alone
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
TAIL: Final = re.compile(r"[0-9]{4}")
LONG_NUMBER: Final = re.compile(r"\+?[0-9][0-9 -]{6,}")


class Fit(IntEnum):
    """How a text fits, the best first."""

    EXACT = 0
    BEGINNING = 1
    WORD = 2  # one of its words begins so
    PART = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found: its code, its name, one fact, and where it stands."""

    fit: Fit
    code: str
    name: str
    fact: str
    address: str


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The best hits of one kind; ``title`` in the reader's language, ``icon``: a symbol of ``icons.svg``.

    ``more``: that others of the kind fit, too.
    """

    kind: str
    title: str
    icon: str
    hits: tuple[Hit, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class SearchText:
    """A search without signs that nobody sees, in plain width; ``folded``: as texts are compared.

    ``forms``: as it may be stored: in plain width, and as it was typed where that is something else.
    """

    plain: str
    folded: str = field(repr=False)
    forms: tuple[str, ...] = field(repr=False)

    @property
    def tail(self) -> str:
        """Four digits, the last of a number; "": it is not that."""
        return self.plain if TAIL.fullmatch(self.plain) else ""

    @property
    def is_long_number(self) -> bool:
        """Whether it is as long as a telephone number, by which nobody is found."""
        return LONG_NUMBER.fullmatch(self.plain) is not None


def read_search(text: str) -> SearchText:
    """Read what somebody typed."""
    visible = strip_zero_width(CONTROL.sub(" ", text[:READ]))
    plain, typed = _clean(unicodedata.normalize("NFKC", visible)), _clean(visible)
    return SearchText(plain, fold_text(plain), tuple(dict.fromkeys((plain, typed))))


def _clean(text: str) -> str:
    return " ".join(text.split())[:LONGEST].strip()


def measure_fit(search: SearchText, *texts: str | None) -> Fit | None:
    """How well the best of the texts fits; None: none does, though all words together may stand in them."""
    folded = [fold_text(text) for text in texts if text]
    fits = [fit for text in folded if (fit := _fit(search.folded, text)) is not None]
    if fits:
        return min(fits)
    whole, words = "\n".join(folded), search.folded.split()
    return Fit.PART if len(words) > 1 and all(word in whole for word in words) else None


def _fit(term: str, text: str) -> Fit | None:
    place = text.find(term)
    if place <= 0:
        return None if place < 0 else Fit.EXACT if text == term else Fit.BEGINNING
    while place > 0:
        if not text[place - 1].isalnum():
            return Fit.WORD
        place = text.find(term, place + 1)
    return Fit.PART


def choose_best(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """The first few and one more, which tells that there are more; of equal ones the shorter and the smaller code."""
    return tuple(sorted(hits, key=lambda hit: (hit.fit, len(hit.code), hit.code, hit.name))[: MOST + 1])


CASES: Final = 500  # the newest ones, which are looked through
ENTERPRISES: Final = 1000
LANGUAGES: Final = {"zh-hans": CHINESE, "en": ENGLISH}


@dataclass(frozen=True)
class Reader:
    """Who searches where; ``team``: whose rows alone the reader may see."""

    actor: Actor
    enterprise: Enterprise
    team: str | None

    @property
    def code(self) -> str:
        """The enterprise's code."""
        return self.enterprise.code

    @property
    def scope(self) -> ReadScope:
        """The reader's sight of the registers."""
        return ReadScope(self.code, clock.today(), self.team)

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """What the reader may do there."""
        return permissions(self.actor, self.code)

    @cached_property
    def teams(self) -> TeamTitles:
        """Names of teams, read once a search."""
        return TeamTitles(self.code)


Find = Callable[[Reader, SearchText], tuple[Hit, ...]]
PageLabels = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing: ``title``: message id; ``act``: what one must be allowed to find it."""

    name: str
    title: str
    icon: str
    act: Permission
    find: Find


def search(reader: Reader, text: SearchText) -> list[HitGroup]:
    """What fits, by kind, at most `MOST` of each; the kind with the best hit first. Short texts find pages alone."""
    if len(text.plain) < SHORTEST:
        if text.plain:
            return _group(PAGES, _find_pages(reader, text))
        pages = tuple(_build_page(Fit.PART, address, labels) for address, labels in _menu_pages(reader).items())
        return _group(PAGES, pages, len(pages))
    groups = [
        group for kind in KINDS if kind.act in reader.permissions for group in _group(kind, kind.find(reader, text))
    ]
    return sorted(groups, key=lambda group: group.hits[0].fit)


def _group(kind: Kind, hits: tuple[Hit, ...], most: int = MOST) -> list[HitGroup]:
    title = gettext(kind.title)
    group = HitGroup(kind.name, title[:1].upper() + title[1:], kind.icon, hits[:most], len(hits) > most)
    return [group] if hits else []


def _find_materials(reader: Reader, text: SearchText) -> tuple[Hit, ...]:
    """Items of the package that is due next, by their names in both languages and what such papers are headed."""
    rules = {rule.key: rule for rule in _list_rules(reader)}
    fits = [
        (fit, name)
        for name, item in KNOWN.items()
        if item.rule in rules
        and (fit := measure_fit(text, rules[item.rule].id, *_names(ITEMS[name]), *item.titles)) is not None
    ]
    if not fits:
        return ()
    year = due_season(reader.code, clock.today())
    return choose_best(
        Hit(
            fit, rules[KNOWN[name].rule].id, words(current())(ITEMS[name]),
            gettext("data year {year}").format(year=year), reverse("dossier-item", args=[reader.code, year, name]),
        )
        for fit, name in fits
    )  # fmt: skip


@lru_cache(maxsize=256)
def _names(label: str) -> tuple[str, ...]:
    """A message in both languages."""
    return tuple(words(language)(label) for language in LANGUAGES.values())


def _list_rules(reader: Reader) -> Sequence[Rule]:
    """The rules of today: which ones there are and what they are called, no overlay changes."""
    return Rulebook.on(clock.today(), reader.enterprise.province or None).rules()


def _find_cases(reader: Reader, text: SearchText) -> tuple[Hit, ...]:
    cases = list_cases(reader.code).only("id", "notice", "causes", "state", "received")[:CASES]
    return choose_best(
        Hit(
            fit, case.notice, gettext("Rectification case: {cause}").format(cause=(case.causes or [case.received])[0]),
            gettext(STEPS[case.state]), reverse("rectify-one", args=[reader.code, case.pk]),
        )
        for case in cases
        if (fit := measure_fit(text, case.pk, case.notice, *case.causes)) is not None
    )  # fmt: skip


def _find_rules(reader: Reader, text: SearchText) -> tuple[Hit, ...]:
    chinese, _ = current() == CHINESE, words(current())
    return choose_best(
        Hit(
            fit, rule.id, rule.title_zh if chinese else rule.title_en, _(LEVELS[rule.level]),
            at("rules-one", reader.code, key=rule.key),
        )
        for rule in _list_rules(reader)
        if (fit := measure_fit(text, rule.id, rule.title_zh, rule.title_en, rule.key)) is not None
    )  # fmt: skip


def _find_people(reader: Reader, text: SearchText) -> tuple[Hit, ...]:
    _ = words(current())
    people = cast("list[Person]", PersonList(reader.code, text.plain)[: MOST + 1])
    return choose_best(
        Hit(
            Fit.PART if (fit := measure_fit(text, person.name, person.display_name)) is None else fit,
            person.name if person.display_name else "", person.display_name or person.name,
            presenters.DOT.join(dict.fromkeys(_(ROLES[one.role]) for one in person.roles)),
            at("people-one", reader.code, name=person.name),
        )
        for person in people
    )  # fmt: skip


#: What begins a piece of work, beside the pages of the menu: address, label, permission.
ACTIONS: Final = (
    ("complaints-new", mark("New ticket"), Permission.MANAGE_DATA),
    ("complaints-forwards", mark("Import a forward list"), Permission.MANAGE_DATA),
    ("data-import", mark("Import"), Permission.MANAGE_DATA),
)


def _find_pages(reader: Reader, text: SearchText) -> tuple[Hit, ...]:
    """Pages of the menu and the beginnings of work, by all their names in both languages."""
    return choose_best(
        _build_page(fit, address, labels)
        for address, labels in _menu_pages(reader).items()
        if (fit := measure_fit(text, *chain(*labels.values()))) is not None
    )


def _build_page(fit: Fit, address: str, labels: PageLabels) -> Hit:
    return Hit(fit, "", presenters.DOT.join(dict.fromkeys(labels[current()])), "", address)


def _menu_pages(reader: Reader) -> dict[str, PageLabels]:
    """Address -> its labels by language, of what the reader may open: a line and its first entry share an address."""
    by_address: dict[str, PageLabels] = {}
    for tag, language in LANGUAGES.items():
        with override(tag):
            frame = menu.Frame(menu.get_menu(), menu.Reader(reader.actor, reader.enterprise, reader.team))
            lines = [(link.address, link.label) for link in frame.pages]
            lines += [
                (reverse(route, args=[reader.code]), gettext(label))
                for route, label, act in ACTIONS
                if act in reader.permissions
            ]
            for address, label in lines:
                by_address.setdefault(address, {}).setdefault(language, []).append(label)
    return by_address


def _find_enterprises(reader: Reader, text: SearchText) -> tuple[Hit, ...]:
    """The reader's enterprises, for whom there are several."""
    own = list_accessible_enterprises(reader.actor, limit=ENTERPRISES)
    return choose_best(
        Hit(fit, one.code, one.name, one.province, reverse("overview", args=[one.code]))
        for one in (own if len(own) > 1 else ())
        if (fit := measure_fit(text, one.code, one.name)) is not None
    )


PAGES: Final = Kind("pages", mark("pages"), "page", Permission.READ_OWN, _find_pages)


def _build_kinds() -> Iterable[Kind]:
    for book in BOOKS:
        yield Kind(book.kind, REGISTERS[book.kind], book.icon, Permission.READ_OWN, partial(find_rows, book))
    yield Kind("materials", mark("materials"), "page", Permission.READ, _find_materials)
    yield Kind("cases", mark("rectification cases"), "work", Permission.READ, _find_cases)
    yield Kind("people", mark("people"), "people", Permission.PEOPLE, _find_people)
    yield PAGES
    yield Kind("rules", mark("rules"), "rules", Permission.READ, _find_rules)
    yield Kind("enterprises", mark("enterprises"), "enterprise", Permission.READ_OWN, _find_enterprises)


KINDS: Final = tuple(_build_kinds())
