"""Search over everything that a reader may open at an enterprise: each kind of thing is declared once.

A kind says which permission it asks for, how it is found and how a hit is written. Every read takes a few rows of an
index, so its cost does not grow with the registers. Whoever sees a team's rows alone finds these alone: neither a hit
nor a count tells of others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import chain
from typing import Final, cast

from django.urls import reverse
from django.utils.translation import gettext, override

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.dossier import ITEMS
from nianjian.engines.paper.texts.platform import ROLES
from nianjian.engines.paper.texts.portrait import LEVELS
from nianjian.engines.paper.texts.rectification import STEPS
from nianjian.engines.paper.texts.registers import NAMES as REGISTERS
from nianjian.engines.paper.words import CHINESE, ENGLISH, mark, words
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.kinds import KNOWN
from nianjian.features.dossier.operations.checklist import due_season
from nianjian.features.rectification.queries import list_cases
from nianjian.features.registers import presenters
from nianjian.features.search.books import BOOKS, Book, TeamTitles, find_rows
from nianjian.features.search.hits import (
    MOST,
    SHORTEST,
    Fit,
    Hit,
    HitGroup,
    SearchText,
    choose_best,
    measure_fit,
)
from nianjian.platform.accounts.access import list_accessible_enterprises, permissions
from nianjian.platform.accounts.people import Person, PersonList
from nianjian.platform.accounts.query import Actor, Enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.registers.queries import ReadScope
from nianjian.platform.web import menu
from nianjian.platform.web.access import at
from nianjian.platform.web.language import current

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
        pages = tuple(_list_pages(reader))
        return _group(PAGES, pages, len(pages))
    groups = [
        group for kind in KINDS if kind.act in reader.permissions for group in _group(kind, kind.find(reader, text))
    ]
    return sorted(groups, key=lambda group: group.hits[0].fit)


def _group(kind: Kind, hits: tuple[Hit, ...], most: int = MOST) -> list[HitGroup]:
    title = gettext(kind.title)
    group = HitGroup(kind.name, title[:1].upper() + title[1:], kind.icon, hits[:most], len(hits) > most)
    return [group] if hits else []


def _find_book(book: Book, reader: Reader, text: SearchText) -> tuple[Hit, ...]:
    return find_rows(book, text, reader.scope, reader.teams)


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
    found = list_cases(reader.code).only("id", "notice", "causes", "state", "received")[:CASES]
    return choose_best(
        Hit(
            fit, case.notice, gettext("Rectification case: {cause}").format(cause=(case.causes or [case.received])[0]),
            gettext(STEPS[case.state]), reverse("rectify-one", args=[reader.code, case.pk]),
        )
        for case in found
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
    found = cast("list[Person]", PersonList(reader.code, text.plain)[: MOST + 1])
    return choose_best(
        Hit(
            Fit.PART if (fit := measure_fit(text, person.name, person.display_name)) is None else fit,
            person.name if person.display_name else "", person.display_name or person.name,
            presenters.DOT.join(dict.fromkeys(_(ROLES[one.role]) for one in person.roles)),
            at("people-one", reader.code, name=person.name),
        )
        for person in found
    )  # fmt: skip


#: What begins a piece of work, beside the pages of the menu: address, label, permission.
ACTIONS: Final = (
    ("complaints-new", mark("New ticket"), Permission.MANAGE_DATA),
    ("complaints-forwards", mark("Import a forward list"), Permission.MANAGE_DATA),
    ("data-import", mark("Import"), Permission.MANAGE_DATA),
)


def _list_pages(reader: Reader) -> Iterator[Hit]:
    for address, labels in _menu_pages(reader).items():
        yield _build_page(Fit.PART, address, labels)


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
    found: dict[str, PageLabels] = {}
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
                found.setdefault(address, {}).setdefault(language, []).append(label)
    return found


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
        yield Kind(book.kind, REGISTERS[book.kind], book.icon, Permission.READ_OWN, partial(_find_book, book))
    yield Kind("materials", mark("materials"), "page", Permission.READ, _find_materials)
    yield Kind("cases", mark("rectification cases"), "work", Permission.READ, _find_cases)
    yield Kind("people", mark("people"), "people", Permission.PEOPLE, _find_people)
    yield PAGES
    yield Kind("rules", mark("rules"), "rules", Permission.READ, _find_rules)
    yield Kind("enterprises", mark("enterprises"), "enterprise", Permission.READ_OWN, _find_enterprises)


KINDS: Final = tuple(_build_kinds())
