"""The menu: seven lines, the settings and one's own account, and which page stands under which of them.

Each feature declares its `Entry`s beside its addresses; `nianjian.doors.site.menu` puts them together with the
lines. Side, sub navigation, path, settings menu and the bar of a phone are all read from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, cast

from django.conf import settings
from django.urls import ResolverMatch, reverse
from django.utils.http import urlencode
from django.utils.module_loading import import_string
from django.utils.translation import gettext

from nianjian.engines.paper.words import mark
from nianjian.platform.accounts import access
from nianjian.platform.accounts.query import Actor, Enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.web.access import at

ENTERPRISE: Final = mark("Enterprise")
CONNECTIONS: Final = mark("Connections")
RETENTION: Final = mark("Retention")
MACHINE: Final = mark("This installation")
GROUPS: Final = (ENTERPRISE, CONNECTIONS, RETENTION, MACHINE)  # of the settings, in their order
ME: Final = "{me}"  # in a query: the reader's own name


class Place(StrEnum):
    """A line of the menu, or what stands apart from the lines."""

    TODAY = "today"
    COMPLAINTS = "complaints"
    PORTRAIT = "portrait"
    DOSSIER = "dossier"
    INSPECTION = "inspection"
    RECTIFICATION = "rectification"
    DATA = "data"
    SETTINGS = "settings"
    ACCOUNT = "account"


class Scope(StrEnum):
    """What the address of an entry is about."""

    HERE = "here"  # an enterprise
    BOTH = "both"  # an enterprise or, at a twin, the installation: `access.anywhere`
    INSTALLATION = "installation"
    PERSON = "person"  # whoever reads it; the frame keeps the enterprise that was last open


OF_ENTERPRISE: Final = frozenset({Scope.HERE, Scope.BOTH})
OF_NONE: Final = frozenset({Scope.BOTH, Scope.INSTALLATION, Scope.PERSON})


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of the sub navigation, or of the settings, with the pages that stand under it.

    ``label``: message id; "" for pages that stand directly under their line. ``route``: name of its address, for which
    ``needs`` names what the address holds besides the enterprise: taken from the page's own address, unless the entry
    ``follows`` no other page, else from ``find`` (None: nothing there, so the entry is not shown). ``front``: the
    address of the same without ``needs``. ``empty``: the page that says that nothing is there. ``pages``: names of the
    addresses below it; NAME stands for NAME-… too, unless another entry names that. ``values`` and ``query``: the part
    of such addresses that belongs to this entry.
    """

    place: Place
    label: str
    route: str
    act: Permission = Permission.READ
    pages: tuple[str, ...] = ()
    scope: Scope = Scope.HERE
    group: str = ""
    needs: tuple[str, ...] = ()
    follows: bool = True
    find: Callable[[str], Mapping[str, Any] | None] | None = None
    front: str = ""
    empty: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)

    def __hash__(self) -> int:
        """By what tells entries apart."""
        return hash((self.place, self.label, self.route))


@dataclass(frozen=True, slots=True)
class Below:
    """Pages of one feature that stand under the entry of another, named by its route."""

    route: str
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the side. ``short``: its word in the bar of a phone, "" where it has none; ``urgent``: a red count.

    ``count`` None: not known at once; the route ``counted`` tells it once the page is there.
    """

    place: Place
    group: str
    label: str
    icon: str
    short: str = ""
    count: Callable[[Reader], int | None] | None = None
    urgent: bool = False
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is shown; ``here``: the page stands there; ``counted``: the address that tells its count, or ""."""

    label: str
    address: str
    here: bool = False
    icon: str = ""
    short: str = ""
    count: int = 0
    urgent: bool = False
    counted: str = ""


@dataclass(frozen=True)
class Reader:
    """Who looks at which page: all that the menu depends on. ``team``: whose rows alone the reader may see."""

    actor: Actor
    enterprise: Enterprise | None
    team: str | None = None
    match: ResolverMatch | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)  # what the page itself has counted, by line or label

    @property
    def code(self) -> str:
        """The enterprise in the frame, or `access.EVERYWHERE`."""
        return self.enterprise.code if self.enterprise else access.EVERYWHERE

    @cached_property
    def roles(self) -> frozenset[str]:
        """What the reader is at the enterprise in the frame."""
        return access.roles(self.actor.name, self.code)

    @cached_property
    def here(self) -> frozenset[Permission]:
        """What the reader may do there."""
        return access.permissions(self.actor, self.code)

    @cached_property
    def everywhere(self) -> frozenset[Permission]:
        """What the reader may do in the whole installation."""
        return access.permissions(self.actor, access.EVERYWHERE) if self.code else self.here

    def may(self, entry: Entry) -> bool:
        """Whether the reader may open the entry, and there is an enterprise if it needs one."""
        match entry.scope:
            case Scope.PERSON:
                return self.actor.scopes is None
            case Scope.INSTALLATION:
                return entry.act in self.everywhere
            case Scope.BOTH:
                return entry.act in self.here
            case _:
                return bool(self.code) and entry.act in self.here


class Menu:
    """The lines and entries of a program."""

    def __init__(self, lines: Sequence[Line], declared: Sequence[Entry | Below]) -> None:
        self.lines = tuple(lines)
        below: dict[str, tuple[str, ...]] = {}
        for one in declared:
            if isinstance(one, Below):
                below[one.route] = (*below.get(one.route, ()), *one.pages)
        #: The word of each line, and of what stands apart.
        self.words: Mapping[Place, str] = {
            **{line.place: line.label for line in self.lines},
            Place.SETTINGS: mark("Settings"),
            Place.ACCOUNT: mark("My account"),
        }
        self.entries = tuple(one for one in declared if isinstance(one, Entry))
        self._names = {
            one: [
                page.replace("_", "-")
                for page in (one.route, one.front, one.empty, *one.pages, *below.get(one.route, ()))
                if page
            ]
            for one in self.entries
        }

    def find_entry(self, match: ResolverMatch | None, query: Mapping[str, str], me: str = "") -> Entry | None:
        """Return the entry under which an address stands: the longest name wins, then what it shares besides."""
        if match is None or not match.url_name:
            return None
        name = match.url_name.removesuffix("-here").replace("_", "-")
        best: tuple[tuple[int, int], Entry] | None = None
        for entry in self.entries:
            if entry.scope not in (OF_ENTERPRISE if "code" in match.kwargs else OF_NONE):
                continue
            shared = _count_shared(entry, match, query, me)
            length = max((len(page) for page in self._names[entry] if f"{name}-".startswith(f"{page}-")), default=0)
            if length and shared is not None and (best is None or (length, shared) > best[0]):
                best = (length, shared), entry
        return best[1] if best else None

    def list_entries(self, reader: Reader, place: Place) -> list[Entry]:
        """The entries of a line that the reader may open, in their order."""
        return [one for one in self.entries if one.place is place and reader.may(one)]


def _count_shared(entry: Entry, match: ResolverMatch, query: Mapping[str, str], me: str) -> int | None:
    """How much of the address is this entry's own; None: it is not this entry's."""
    if any(match.kwargs.get(name) != value for name, value in entry.values.items()):
        return None
    if match.url_name == entry.route and any(query.get(name) != _fill(text, me) for name, text in entry.query.items()):
        return None
    if match.url_name != entry.route and entry.query:
        return None
    return len(entry.values) + len(entry.query)


def _fill(text: str, me: str) -> str:
    return me if text == ME else text


def get_menu() -> Menu:
    """Return the menu of the site, which the setting ``MENU`` names."""
    return cast("Menu", import_string(settings.MENU))


class Frame:
    """The menu as one reader sees it on one page."""

    def __init__(self, menu: Menu, reader: Reader) -> None:
        self._menu, self._reader = menu, reader
        strange = reader.match is not None and "code" in reader.match.kwargs and not reader.code  # refused at the door
        self.entry = None if strange else menu.find_entry(reader.match, reader.query, reader.actor.name)
        self._answers: dict[Callable[[str], Mapping[str, Any] | None], Mapping[str, Any] | None] = {}

    @property
    def place(self) -> str:
        """The line of the page, or ""."""
        return self.entry.place if self.entry else ""

    @cached_property
    def groups(self) -> list[tuple[str, list[Link]]]:
        """The lines of the side in their groups, without those that the reader may not open."""
        by_group: dict[str, list[Link]] = {}
        for line in self._menu.lines if self._reader.code else ():
            if address := self._find_front(line.place):
                by_group.setdefault(gettext(line.group), []).append(self._build_line(line, address))
        return list(by_group.items())

    @cached_property
    def bar(self) -> list[Link]:
        """The lines that stand in the bar of a phone."""
        return [link for _group, links in self.groups for link in links if link.short]

    @property
    def in_bar(self) -> bool:
        """Whether the page's line stands in the bar of a phone."""
        return any(link.here for link in self.bar)

    @cached_property
    def gear(self) -> str:
        """The address of the settings: the first that the reader may open."""
        return self._find_front(Place.SETTINGS)

    @cached_property
    def sub(self) -> list[Link]:
        """The sub navigation of the page's line; none where there is nothing to choose."""
        if self.entry is None or self.entry.place is Place.SETTINGS:
            return []
        links = [link for _entry, link in self._list_links(self.entry.place)]
        return links if len(links) > 1 else []

    @cached_property
    def settings(self) -> list[tuple[str, list[Link]]]:
        """The settings menu in its groups, on pages of the settings."""
        if self.entry is None or self.entry.place is not Place.SETTINGS:
            return []
        by_group: dict[str, list[Link]] = {group: [] for group in GROUPS}
        for entry, link in self._list_links(Place.SETTINGS):
            by_group[entry.group if self._reader.code else MACHINE].append(link)
        return [(gettext(group), links) for group, links in by_group.items() if links]

    @property
    def pages(self) -> Iterator[Link]:
        """Every page of the menu that the reader may open, the front of each line first."""
        for place, word in self._menu.words.items():
            if address := self._find_front(place):
                yield Link(gettext(word), address)
            yield from (link for _entry, link in self._list_links(place))

    @cached_property
    def path(self) -> list[Link]:
        """What stands above the page: its line, and its entry; neither of them where it is that page itself."""
        entry, match = self.entry, self._reader.match
        if entry is None or match is None or entry.place is Place.TODAY:
            return []
        front = self._find_front(entry.place)
        own = match.url_name in {entry.route, f"{entry.route}-here", entry.front, entry.empty}
        links = []
        first = own and self._is_front(entry)
        if front and (not first or entry.place is Place.SETTINGS):
            links.append(Link(gettext(self._menu.words[entry.place]), front))
        if entry.label and not own and (address := self._find_address(entry)) not in {front, ""}:
            links.append(Link(gettext(entry.label), address))
        return links

    def _build_line(self, line: Line, address: str) -> Link:
        short = gettext(line.short) if line.short else ""
        count = self._reader.counts.get(line.place)
        if count is None:
            count = line.count(self._reader) if line.count else 0
        counted = reverse(line.counted, args=[self._reader.code]) if count is None else ""
        here = self.place == line.place
        return Link(gettext(line.label), address, here, line.icon, short, count or 0, line.urgent, counted)

    def _list_links(self, place: Place) -> Iterator[tuple[Entry, Link]]:
        for entry in self._menu.list_entries(self._reader, place):
            address = self._find_address(entry) if entry.label else ""
            if address:
                count = self._reader.counts.get(entry.label, 0)
                yield entry, Link(gettext(entry.label), address, entry == self.entry, count=count)

    def _is_front(self, entry: Entry) -> bool:
        """Whether its line leads to this entry."""
        entries = self._menu.list_entries(self._reader, entry.place)
        return next((other for other in entries if other.front), entries[0] if entries else None) == entry

    def _find_front(self, place: Place) -> str:
        """The address to which a line leads: its front, else its first entry that the reader may open."""
        for entry in sorted(self._menu.list_entries(self._reader, place), key=lambda entry: not entry.front):
            if entry.front:
                return reverse(entry.front, kwargs=self._code(entry))
            if not entry.needs:
                return self._find_address(entry)
        return ""

    def _find_address(self, entry: Entry) -> str:
        """The address of an entry, with what it needs; "" where that is not there."""
        match, values = self._reader.match, dict[str, Any](entry.values)
        if entry.needs:
            follows = (
                match and (entry.follows or entry == self.entry) and all(one in match.kwargs for one in entry.needs)
            )
            kwargs = match.kwargs if match and follows else self._ask(entry)
            if kwargs is None:
                instead = entry.front or entry.empty
                return reverse(instead, kwargs=self._code(entry)) if instead else ""
            values |= {name: kwargs[name] for name in entry.needs}
        if entry.scope is Scope.BOTH:
            return at(entry.route, self._reader.code, **values)
        address = reverse(entry.route, kwargs={**self._code(entry), **values})
        query = {name: _fill(text, self._reader.actor.name) for name, text in entry.query.items()}
        return f"{address}?{urlencode(query)}" if query else address

    def _code(self, entry: Entry) -> dict[str, str]:
        return {"code": self._reader.code} if entry.scope is Scope.HERE else {}

    def _ask(self, entry: Entry) -> Mapping[str, Any] | None:
        if entry.find is None:
            return None
        if entry.find not in self._answers:
            self._answers[entry.find] = entry.find(self._reader.code)
        return self._answers[entry.find]
