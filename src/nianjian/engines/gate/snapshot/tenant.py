"""What the gate knows of one enterprise: numbers, channels, purposes, caps and lists of one generation."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from nianjian.engines.gate import question
from nianjian.engines.gate.policy import Cap, Channel, Policy, Purpose, Slot
from nianjian.engines.gate.question import Request
from nianjian.engines.gate.snapshot.lists import OPEN, NumberList
from nianjian.engines.kernel.numbers import Shape, normalise, printed

UNNAMED: Final = "unnamed"  # the purpose of a call whose switch names none
OTHER: Final = "other"  # a purpose that nobody described
REFUSING: Final = "refusing"
"""In an enterprise's JSON: why its questions cannot be decided (code and values); not there: they can."""
_VAGUE: Final = frozenset({UNNAMED, OTHER})
MOST: Final = 50_000  # texts remembered; they come from outside, so there must be an end


@dataclass(frozen=True, slots=True)
class FiledNumber:
    """One dated row of a root. Days are counted from 1970-01-01, included; None: open.

    ``first`` and ``last``: the row's own span in the register; ``since``/``until`` the approved validity.
    """

    root: str
    length: int
    filed: bool
    outbound: bool
    first: int | None = None
    last: int | None = None
    filed_on: int | None = None
    since: int | None = None
    until: int | None = None
    purpose: str = ""

    def stands(self, day: int) -> bool:
        """Whether the register's row is the one of that day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class OpenChannel:
    """A channel and the days on which it is in use, as (first, last) pairs."""

    channel: Channel
    days: tuple[tuple[int | None, int | None], ...]

    def on(self, day: int) -> bool:
        """Whether calls may leave on it that day."""
        return any((a is None or a <= day) and (b is None or day <= b) for a, b in self.days)


@dataclass(frozen=True, slots=True)
class CallPath:
    """A display number, a channel and a purpose that went together in a minute (counted from 1970-01-01).

    ``slots``: the call's counters where they depend on its channel alone, else none.
    """

    minute: int
    display: str
    channel: Channel
    purpose: Purpose
    isolated: bool
    slots: tuple[Slot, ...] = ()


class Tenant:
    """All look-ups of one enterprise; nothing here changes but the memory of texts already read."""

    def __init__(self, data: Mapping[str, Any], refused: Iterable[NumberList], consented: Iterable[NumberList]) -> None:
        """``data``: the enterprise's JSON of the snapshot. ``consented``: the register's list before a built one."""
        purposes = [_parse_purpose(one) for one in data["purposes"]]
        self.lines = {one["name"]: _parse_channel(one) for one in data["channels"]}
        self.policy = Policy(
            enterprise=data["enterprise"],
            version=data["version"],
            enforce=data["enforce"],
            caps=tuple(Cap(**one) for one in data["caps"]),
            channels={name: line.channel for name, line in self.lines.items()},
            purposes={one.name: one for one in purposes},
            tolerance=data.get("at_tolerance"),
        )
        self.refused, self.consented = tuple(refused), tuple(consented)
        self.named: Container[int] = _join_lists(self.refused)
        """Callees that a do-not-call list names at all, for whatever purpose and time."""
        self.problem: str = data.get(REFUSING, {}).get("code", "")
        """Why the feed could not tell of the enterprise, an error's code; then it has no number that is filed."""
        self.isolated_displays = frozenset[str](data["isolated_displays"])
        self.isolated_teams = frozenset[str](data.get("isolated_teams", ()))
        self.enforced_displays = frozenset[str](data.get("enforced_displays", ()))
        """Displayed numbers, and below teams, whose own cap or isolation acts on observing lines, too."""
        self.enforced_teams = frozenset[str](data.get("enforced_teams", ()))
        self.observes_unknown: bool = data.get("observes_unknown", False)
        """Whether lines that the register does not know are looked on at, too: nobody has enforced any line yet."""
        self.unfiled_purpose_allowed: bool = data["unfiled_purpose"] == "allow"
        self.words = [(one["name"], tuple(one["words"])) for one in data["purposes"]]
        self._unnamed: str = data["unnamed"]
        self._numbers = [FiledNumber(**one) for one in data["numbers"]]
        # by channel, which is one of the register: slots of the channel alone, and all caps where there are others
        self._slots: dict[str, tuple[tuple[Slot, ...], tuple[Cap, ...]]] = {}
        self._displays: dict[str, tuple[str, tuple[FiledNumber, ...]]] = {}
        self._resolved: dict[str, Purpose] = {}
        self._fits: dict[tuple[str, str], bool] = {}
        self._ways: dict[tuple[str, str, str], CallPath] = {}
        self.way = self._ways.get
        """The way that calls with these texts (display number, channel, purpose) last went; it holds for its minute."""

    def remember(self, display: str, channel: str, purpose: str, way: CallPath) -> None:
        """Remember it."""
        if len(self._ways) >= MOST:
            self._ways.clear()
        self._ways[display, channel, purpose] = way

    def display(self, text: str) -> tuple[str, tuple[FiledNumber, ...]]:
        """A display number's canonical text, and the rows of the longest root that fits it; none: not filed."""
        entry = self._displays.get(text)
        if entry is None:
            if len(self._displays) >= MOST:
                self._displays.clear()
            entry = self._displays[text] = self._look(text)
        return entry

    def _look(self, text: str) -> tuple[str, tuple[FiledNumber, ...]]:
        number = normalise(text)
        own = number.shape in _OWN_DIGITS
        digits = str(number.value) if own and number.value is not None else printed(number.shape, number.value)
        fitting = [one for one in self._numbers if len(digits) == one.length and digits.startswith(one.root)]
        longest = max((len(one.root) for one in fitting), default=0)
        return digits or text, tuple(one for one in fitting if len(one.root) == longest)

    def purpose(self, text: str) -> Purpose:
        """What a call is for: the purpose of that name, else the one whose words stand in the text, else `OTHER`.

        Where several fit, one that needs consent goes first.
        """
        purpose = self._resolved.get(text)
        if purpose is None:
            if len(self._resolved) >= MOST:
                self._resolved.clear()
            purposes = self.policy.purposes
            purpose = self._resolved[text] = purposes.get(self._find_purpose(text), purposes[OTHER])
        return purpose

    def _find_purpose(self, text: str) -> str:
        plain = text.strip().casefold()
        if not plain:
            return self._unnamed
        if plain in self.policy.purposes:
            return plain
        names = self._described(plain)
        return min(names, key=lambda name: not self.policy.purposes[name].needs_consent, default=OTHER)

    def _described(self, plain: str) -> list[str]:
        return [name for name, words in self.words if any(word in plain for word in words)]

    def right_for(self, filed: FiledNumber, text: str) -> bool:
        """Whether the number was filed for a call with this purpose.

        True where the call names none, or what it names stands in the filed 用途, by its words or literally.
        """
        if not filed.purpose:
            return self.unfiled_purpose_allowed
        pair = (filed.purpose, text)
        fits = self._fits.get(pair)
        if fits is None:
            if len(self._fits) >= MOST:
                self._fits.clear()
            plain, purpose = text.strip().casefold(), self.purpose(text).name
            filed_text = filed.purpose.casefold()
            literal = bool(plain) and plain in filed_text
            described = purpose != OTHER and purpose in self._described(filed_text)
            fits = self._fits[pair] = purpose == UNNAMED or literal or described
        return fits

    def observes(self, request: Request) -> bool:
        """Whether the gate looks on at this call: the whole enterprise, or a new line (试运行).

        A line that the register does not know is refused once a line is enforced, and looked on at before. What a case
        or a person has enforced about the displayed number or the team acts on both all the same.
        """
        if not self.policy.enforce:
            return True
        line = self.lines.get(request.channel)
        if not (self.observes_unknown if line is None else line.channel.observing):
            return False
        team = ("" if line is None else line.channel.team) or request.team
        return team not in self.enforced_teams and self.display(request.display)[0] not in self.enforced_displays

    def is_refused(self, callee: int, second: int, purpose: Purpose) -> bool:
        """Whether a do-not-call list names the callee, for everything or for this purpose.

        A call that names no purpose, or one that nobody described, is refused by any entry.
        """
        for one in self.refused:
            if not one.places(callee):
                continue
            for entry in one.holding(callee, second):
                if not entry or entry == purpose.name or purpose.name in _VAGUE:
                    return True
        return False

    def has_consent(self, callee: int, second: int, purpose: str) -> bool:
        """Whether a consent to this purpose ("": to any) is on file and neither expired nor withdrawn.

        The register decides on the numbers that it names for the purpose, a built list on the rest: so a withdrawal
        written into the register beats the list.
        """
        for one in self.consented:
            named = False
            for start, end, of in one.spans(callee):
                if not purpose or one.purposes[of] == purpose:
                    if start <= second and (second < end or end == OPEN):
                        return True
                    named = True
            if named:
                return False
        return False

    def slots(
        self, request: Request, display: str, callee: int, channel: Channel, purpose: Purpose
    ) -> tuple[Slot, ...]:
        """The counters of a call, in the order of the policy; ``display`` and ``callee`` as they were read.

        The register's team of the channel goes before the one that the switch names.
        """
        fixed, open_caps = self._counted(channel)
        if not open_caps:
            return fixed
        called = question.number_text(callee)
        values = {
            "channel": channel.name,
            "display": display,
            "callee": called,
            "caller_callee": f"{display}>{called}",
            "team": channel.team or request.team,
            "purpose": purpose.name,
        }
        return tuple([Slot(cap, values[cap.key]) for cap in open_caps if not cap.only or cap.only == values[cap.key]])

    def fixed(self, channel: Channel) -> tuple[Slot, ...]:
        """The counters of every call on the channel where nothing else of a call is counted; none where it is."""
        fixed, open_caps = self._counted(channel)
        return () if open_caps else fixed

    def _counted(self, channel: Channel) -> tuple[tuple[Slot, ...], tuple[Cap, ...]]:
        entry = self._slots.get(channel.name)
        if entry is None:
            caps = [cap for cap in self.policy.caps if cap.key != "channel" or cap.only in {"", channel.name}]
            fixed = tuple(Slot(cap, channel.name, f"channel:{channel.name}") for cap in caps if cap.key == "channel")
            entry = self._slots[channel.name] = (fixed, () if len(fixed) == len(caps) else tuple(caps))
        return entry


class _AnyList:
    """Whatever stands in one of several lists."""

    def __init__(self, lists: tuple[NumberList, ...]) -> None:
        self._lists = lists

    def __contains__(self, callee: object) -> bool:
        return any(callee in one for one in self._lists)


def _join_lists(lists: tuple[NumberList, ...]) -> Container[int]:
    """The lists as one; small ones as a set, which answers fastest."""
    few = [one.few for one in lists]
    return frozenset[int]().union(*(one for one in few if one is not None)) if None not in few else _AnyList(lists)


def consent_subject(purpose: Purpose, text: str) -> str:
    """What a consent must be to: the purpose, or the very words where nobody described it."""
    return text.strip().casefold() if purpose.name == OTHER else purpose.name


# Shapes whose digits may begin with a root of one's own; of a landline the 0 stays before them.
_OWN_DIGITS: Final = frozenset(
    {Shape.SHORT, Shape.SHORT_LONG, Shape.SHORT_OR_LANDLINE, Shape.SHORT_OR_OTHER, Shape.OTHER}
)


def _parse_channel(data: Mapping[str, Any]) -> OpenChannel:
    days = tuple((first, last) for first, last in data["days"])
    return OpenChannel(Channel(data["name"], data["team"], data["isolated"], data.get("observing", False)), days)


def _parse_purpose(data: Mapping[str, Any]) -> Purpose:
    hours = tuple((start, end) for start, end in data["hours"])
    return Purpose(data["name"], data["needs_consent"], hours, data["hours_rule"], data["fail_open"])
