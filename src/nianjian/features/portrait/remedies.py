"""What helps a metric: at most three acts, each with what it would change, computed beforehand, and its last day."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.workdays import Season
from nianjian.engines.metrics import lights, revive
from nianjian.engines.metrics.frame import Basis
from nianjian.engines.metrics.lights import Limit
from nianjian.engines.metrics.metric import decimal_text
from nianjian.engines.metrics.result import Result
from nianjian.engines.metrics.simulate import MOVE_WARNINGS, Moves, simulate
from nianjian.engines.paper import figures, sections
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import Words
from nianjian.features.portrait import bases, causes
from nianjian.features.portrait.causes import Names

Json = Mapping[str, Any]

MOST: Final = 3
MONTH: Final = Decimal(365) / 12  # days
CALM: Final = frozenset({"green", "na", "yellow_explained"})
NUMBERS: Final = "number_consistency"
SCALE: Final = {"%": 100, "‱": 10_000}


@dataclass(frozen=True, slots=True)
class Remedy:
    """``label`` of its button, which leads to the page ``route`` with ``query``; ``last_day`` None: not known."""

    title: str
    effect: str
    label: str
    route: str
    last_day: date | None
    values: Mapping[str, str]
    query: Mapping[str, str]


@dataclass(frozen=True)
class _Case:
    portrait: Json
    metric: Json
    names: Names
    level: Fraction
    words: Words
    today: date

    @property
    def year(self) -> int:
        return int(self.portrait["period"]["from"][:4])

    @property
    def year_end(self) -> date:
        return Season("", self.year).year_end

    @cached_property
    def result(self) -> Result:
        return revive.result(self.portrait)

    @cached_property
    def state_day(self) -> date | None:
        """The last day on which seats and tickets still change the figures; a day that is over: none is left."""
        if self.today <= self.year_end:
            return self.year_end
        if self.portrait["period"].get("basis") != Basis.FILING:
            return self.year_end
        as_of = date.fromisoformat(self.portrait["period"]["as_of"])
        return bases.find_last_day_of_advice(self.portrait["enterprise"], self.year, as_of)

    @cached_property
    def filing_day(self) -> date | None:
        """The last day on which the report can be filed, with its papers."""
        return bases.find_last_filing_day(self.portrait["enterprise"], self.year, self.today)

    def value(self, numerator: int, denominator: int) -> str:
        """A rate as the metric tells it."""
        unit = str(self.metric["unit"])
        text = decimal_text(Fraction(numerator, denominator) if denominator else None, unit)
        return figures.amount_text(text, unit, self.metric.get("limit"))

    def is_over(self, numerator: int, denominator: int) -> bool:
        """Whether a rate would still meet the limit's condition."""
        scale = SCALE[str(self.metric["unit"])]
        limit = Limit(Decimal(str(self.metric["limit"])) / scale, str(self.metric["operator"]))
        return bool(denominator) and limit.met(numerator, denominator)

    def effect(self, moves: Moves) -> str:
        """What the metric would be after some steps."""
        after = simulate(self.result, moves).metric(self.metric["slug"])
        light = after.verdict.light.value
        figure = {"value": decimal_text(after.verdict.value, after.card.unit), "light": light}
        value = figures.amount_text(figures.proven(figure), str(self.metric["unit"]), self.metric.get("limit"))
        _ = self.words
        return _("then {value}, {light}").format(value=value, light=code_name("light", light, _))

    def channel(self, split: str, key: str) -> str:
        """Code and name of a channel."""
        name = self.names.get(split, {}).get(key, "")
        return f"{key} {name}" if name and name != key else key


def list_last_days(portrait: Json) -> dict[str, date | None]:
    """Step of a simulation -> the last day on which it can still change the figures; None: not known."""
    case = _Case(portrait, {}, {}, Fraction(0), str, clock.today())
    seats = ("open_seats", "cut_seats", "close_seats", "close_unfiled", "file_seats")
    return {
        "exclude_complaints": case.filing_day, "without_line": case.year_end, "close_tickets": case.state_day,
        **dict.fromkeys(seats, case.state_day), "move_line": case.year_end,
    }  # fmt: skip


def list_remedies(portrait: Json, metric: Json, names: Names, level: Fraction, _: Words) -> list[Remedy]:
    """The acts that still help, the best first; none for a metric that needs none. ``level``: `causes.get_level`."""
    unproven = metric["slug"] == NUMBERS and metric["light"] == "na" and not metric.get("declared")
    if metric["light"] in {"green", "na"} and not unproven:
        return []
    case = _Case(portrait, metric, names, level, _, clock.today())
    remedies = (one for one in _FINDERS[metric["slug"]](case) if one.last_day is None or case.today <= one.last_day)
    return list(islice(remedies, MOST))


def _for_complaints(case: _Case) -> Iterator[Remedy]:
    metric, _ = case.metric, case.words
    numerator, denominator = int(metric["numerator"]), int(metric["denominator"])
    if metric.get("limit") is None or not case.is_over(numerator, denominator):
        return
    channel = causes.find_named_channel(metric, case.level)
    if channel is not None:
        ranking, cause = channel
        fewer, rest = numerator - cause.count, denominator - cause.base
        text = _("{count} complaints came from here, {monthly} a month; without it {fewer} remain, {value}: {verdict}")
        verdict = _("still over the limit") if case.is_over(fewer, rest) else _("within the limit")
        effect = text.format(
            count=figures.count_text(cause.count), monthly=_monthly(case, cause.count),
            fewer=figures.count_text(fewer), value=case.value(fewer, rest), verdict=verdict,
        )  # fmt: skip
        key = str(cause.key)
        title = _("Stop new complaints: isolate {channel}").format(channel=case.channel(ranking.split, key))
        query = causes.build_isolation_query(ranking.split, key)
        yield Remedy(title, effect, _("Isolate"), causes.ISOLATE, case.year_end, {}, query)
    yield from _attach(case)
    nameless = [row for row in metric["splits"].get("line", ()) if row["key"] is None and row["numerator"]]
    if nameless:
        count = int(nameless[0]["numerator"])
        text = _("What proves not to concern your numbers is excluded by two persons; without all: {fewer}, {value}")
        effect = text.format(
            fewer=figures.count_text(numerator - count), value=case.value(numerator - count, denominator)
        )
        title = _("Check {count} complaints whose line is not known").format(count=figures.count_text(count))
        rows = {"class": "complaints", "line": "-"}
        yield Remedy(title, effect, _("Check them"), "portrait-rows", case.filing_day, _place(case), rows)


def _monthly(case: _Case, count: int) -> str:
    """How many of the year's complaints came in a month, so far."""
    first, last = (date.fromisoformat(case.portrait["period"][name]) for name in ("from", "as_of"))
    days = (min(last, case.year_end) - first).days + 1
    return f"{Decimal(count) * MONTH / days:.1f}"


def _attach(case: _Case) -> Iterator[Remedy]:
    """The paper that explains the light, where nothing but the limit makes it yellow."""
    metric, _ = case.metric, case.words
    kinds, on_file = metric.get("attachments_required") or (), metric.get("attachments") or ()
    others = [flag for flag in metric["flags"] if flag["code"] != "over_limit" and flag["light"] not in CALM]
    if metric["light"] != "yellow" or not kinds or on_file or others:
        return
    paper = _(" or ").join(code_name("attachment", kind, _) for kind in kinds)
    effect = _("then {light}; the figure stays").format(light=code_name("light", "yellow_explained", _))
    title = _("Put the paper on file: {paper}").format(paper=paper)
    yield Remedy(title, effect, _("Add the paper"), "portrait-attach", case.filing_day, _place(case), {})


def _place(case: _Case) -> dict[str, str]:
    return {"year": str(case.year), "slug": str(case.metric["slug"])}


def _for_tickets(case: _Case) -> Iterator[Remedy]:
    metric, _ = case.metric, case.words
    tickets, closed = int(metric["denominator"]), int(metric["numerator"])
    limit = case.result.metric(metric["slug"]).limit
    need = 0 if limit is None else lights.tickets_to_close(closed=closed, tickets=tickets, limit=limit)
    if not need:
        return
    title = _("Close {count} more tickets").format(count=figures.count_text(need))
    effect = _("{effect}; {all} are open").format(
        effect=case.effect(Moves(close_tickets=need)), all=figures.count_text(tickets - closed)
    )
    yield Remedy(title, effect, _("Go to the open tickets"), "complaints", case.state_day, {}, {})
    for split in ("team", "line"):
        if split not in metric["splits"]:
            continue
        ranking = causes.rank_causes(metric, split, case.level)
        top = next((cause for cause in ranking.causes if cause.key is not None and 0 < cause.count < need), None)
        first = ranking.causes[0] if ranking.causes and ranking.causes[0].key is not None else top
        if first is not None and first.count:
            count = min(first.count, tickets - closed)
            channel = case.channel(split, str(first.key))
            title = _("Begin with the {count} of {channel}").format(count=figures.count_text(count), channel=channel)
            rows = {"class": "open", split: str(first.key)}
            yield Remedy(
                title, case.effect(Moves(close_tickets=count)), _("View them"), "portrait-rows", case.state_day,
                _place(case), rows,
            )  # fmt: skip
            return


def _for_seats(case: _Case) -> Iterator[Remedy]:
    metric, _ = case.metric, case.words
    parts, limit = metric["components"], case.result.metric(metric["slug"]).limit

    def step(title: str, count: int, moves: Moves) -> Remedy:
        label = _(title).format(count=figures.count_text(count))
        where = {"kind": "seats"}
        return Remedy(label, case.effect(moves), _("Go to the seats"), "registers-list", case.state_day, where, {})

    if beyond := int(parts["unfiled_open"]):
        yield step(sections.STEPS["close_unfiled"], beyond, Moves(close_unfiled=beyond))
        yield step(sections.STEPS["file_seats"], beyond, Moves(file_seats=beyond))
    yield from _attach(case)
    filed, opened = int(parts["filed"]), int(parts["opened_and_filed"])
    if limit is None:
        return
    if more := lights.seats_to_open(filed=filed, opened=opened, limit=limit):
        yield step(sections.STEPS["open_seats"], more, Moves(open_seats=more))
    if less := lights.seats_to_cut(filed=filed, opened=opened, limit=limit):
        yield step(sections.STEPS["cut_seats"], less, Moves(cut_seats=less))


def _prove_numbers(case: _Case) -> Iterator[Remedy]:
    """What would prove the rate while it is not: calls, their displayed numbers, and whether they were answered."""
    metric, _, day = case.metric, case.words, case.filing_day
    parts, total = metric["components"], int(metric["denominator"])
    dark = int(parts.get("unknown", 0))
    if not total:
        effect = _("the rate is counted from the calls of the data year")
        title = _("Import call records that name the displayed number")
        yield Remedy(title, effect, _("Import"), "data", day, {}, {})
        return
    evasion, unknown = case.result.metric(NUMBERS).limits
    plain = int(parts.get("landline", 0)) + int(parts.get("mobile", 0))
    most = bisect_left(
        range(dark + 1), 1, key=lambda left: unknown.met(left, total) or evasion.met(plain + left, total)
    )
    if (need := dark - max(most - 1, 0)) > 0:
        text = _("{dark} of {total} calls name none; a light can be told once at most {most} are left")
        effect = text.format(
            dark=figures.count_text(dark), total=figures.count_text(total), most=figures.count_text(dark - need)
        )
        title = _("Name the displayed number of {count} more calls").format(count=figures.count_text(need))
        yield Remedy(title, effect, _("View them"), "portrait-rows", day, _place(case), {"class": "unknown"})
        lines = [row for row in metric["splits"].get("line", ()) if row["key"] is not None and row.get("unknown")]
        if lines:
            top = max(lines, key=lambda row: int(row["unknown"]))
            title = _("Begin with {channel}: {count} calls").format(
                channel=case.channel("line", str(top["key"])), count=figures.count_text(int(top["unknown"]))
            )
            effect = _("Import its call records again, from an export that has the displayed number")
            yield Remedy(title, effect, _("Import"), "data", day, {}, {})
    if untold := int(parts.get("answer_unknown", 0)):
        title = _("Say of {count} calls whether they were answered").format(count=figures.count_text(untold))
        effect = _("Import their call records again, from an export that has the time of the answer")
        yield Remedy(title, effect, _("Import"), "data", day, {}, {})


def _for_numbers(case: _Case) -> Iterator[Remedy]:
    metric, _ = case.metric, case.words
    if metric["light"] in {"insufficient", "na"}:
        yield from _prove_numbers(case)
    if all(flag["light"] in CALM for flag in metric["flags"] if flag["code"] == "evasion"):
        return
    for cause in causes.rank_causes(metric, "line", case.level).causes[:MOST] if "line" in metric["splits"] else ():
        if cause.key is None or not cause.count:
            continue
        text = _("Let {channel} display your own filed numbers")
        effect = [case.effect(Moves(move_line=cause.key)), *(_(sections.WARNINGS[code]) for code in MOVE_WARNINGS[1:3])]
        yield Remedy(
            text.format(channel=case.channel("line", cause.key)), _("; ").join(effect), _("Try it out"),
            "portrait-simulate", case.year_end, {"year": str(case.year)}, {"move_line": cause.key},
        )  # fmt: skip


_FINDERS: Final[Mapping[str, Callable[[_Case], Iterator[Remedy]]]] = {
    "complaint_rate": _for_complaints,
    "closing_rate": _for_tickets,
    "seat_vacancy": _for_seats,
    "number_consistency": _for_numbers,
}
