"""The 整改报告 as a paper for the authority, and its charts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from nianjian.engines.kernel.claims import Claim, Lack
from nianjian.engines.paper.charts import Chart, Limit, Picture, Point, Series, Share, ShareChart, figure_text
from nianjian.engines.paper.figures import DASH, amount_text, count_text, proven
from nianjian.engines.paper.official import Grid, OfficialPaper, Part, format_code
from nianjian.engines.paper.people import actor_text, actor_texts
from nianjian.engines.paper.texts.claims import BLANK, claim_text
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.texts.rectification import CHANCE_CELLS, CHANCE_SENTENCES, DIMENSIONS, STEPS
from nianjian.engines.paper.words import Words, words

Json = Mapping[str, Any]

GROUPS: Final = 15  # of a dimension; the case page has all of them
CHANCE_LIMITS: Final = tuple((Decimal(limit), limit) for limit in ("0.0001", "0.001", "0.01", "0.05"))


ChannelNames = Mapping[str, Mapping[str, str]]  # dimension -> code of a line or team -> its name in the register


def channel_text(dimension: str, code: str, names: ChannelNames) -> str:
    """Code and name of a channel; the code alone where the register has no name for it."""
    name = names.get(dimension, {}).get(code, "")
    return f"{code} {name}" if name and name != code else code


@dataclass(frozen=True, slots=True)
class ReportStamp:
    """``enterprise``: its name; ``authority``: the addressee; ``draft``: gaps stand; the audit chain's last entry.

    ``names``: of the channels, as the registers have them on the day of the location.
    """

    enterprise: str
    authority: str
    draft: bool
    seq: int
    digest: str
    names: ChannelNames = field(default_factory=dict)


def build_report(case: Json, tickets: Json, gaps: Sequence[Json], language: str, stamp: ReportStamp) -> OfficialPaper:
    """The report: what happened, cause, measures, before and after, who is responsible; statistics in annexes.

    ``case`` as the flow shows it, ``tickets``: the channel's tickets, ``gaps``: what is still open.
    """
    _ = words(language)
    measured = case.get("measured")
    parts = {"located": case.get("located"), "measured": measured}
    data = {name: part["snapshot"]["sha256"][:16] for name, part in parts.items() if part}
    rules = next((part["rulebook"]["version"] for part in parts.values() if part), "")
    obeyed = (claim_text(claim, _) for claim in order_claims(measured)) if measured else ()
    return OfficialPaper(
        title=_("Rectification report"),
        enterprise=stamp.enterprise,
        code=format_code(
            item="rectification", case=case["id"], **data, rules=rules, audit=f"{stamp.seq}-{stamp.digest[:16]}"
        ),
        addressee=stamp.authority or _("＿＿＿＿ Communications Administration"),
        draft=_("Draft: {count} open gaps").format(count=len(gaps)) if stamp.draft else "",
        opening=_("We report on the rectification as follows."),
        parts=(
            _notice(case, _),
            _cause(case.get("located"), stamp.names, _),
            Part(_("Measures taken"), (*_isolations(case["orders"], stamp.names, _), *obeyed)),
            _comparison(measured, stamp.names, _),
            _responsible(case["measures"], _),
            Part(_("Technical assessment"), _assessments(case["papers"], _)),
            *_gaps(gaps, stamp, _),
        ),
        closing=_("This is our report."),
        annexes=tuple(_annexes(case, tickets, stamp.names, _)),
        language=language,
    )


def _notice(case: Json, _: Words) -> Part:
    number = _(" ({number})").format(number=case["notice"]) if case["notice"] else ""
    due = _day(case["due_at"][:10], _) + (_(" (provisional)") if case["provisional"] else "")
    names = {"received": _day(case["received"], _), "number": number, "due": due}
    lines = [claim_text(Claim("notice_received", {}, (), names), _)]
    if case["causes"]:
        lines.append(_("The notice names: {causes}.").format(causes=_("; ").join(case["causes"])))
    return Part(_("Facts of the case"), tuple(lines))


def _cause(where: Json | None, names: ChannelNames, _: Words) -> Part:
    """Where the complaints come from, in words; the figures stand in the annexes."""
    if not where:
        located = Claim("complaints_compared", {}, [Lack("not_located", known=False)])
        return Part(_("Analysis of the cause"), (claim_text(located, _),))
    last = date.fromisoformat(where["to"]) - timedelta(days=1)
    names_of = {"first": _day(where["from"], _), "last": _day(last.isoformat(), _)}
    names_of["sources"] = _(", ").join(where["sources"])
    lines = [claim_text(Claim("complaints_compared", {"count": where["complaints"]}, (), names_of), _)]
    for one in where["named"]:
        groups = where["dimensions"][one["dimension"]]["groups"]
        group = next((group for group in groups if group["key"] == one["key"]), None)
        if group is not None:
            lines.append(_channel_sentence(group, one["dimension"], names, _))
    if not where["named"]:
        lines.append(none_named_text(where, _))
    return Part(_("Analysis of the cause"), tuple(lines))


def _channel_sentence(group: Json, dimension: str, names: ChannelNames, _: Words) -> str:
    values = {
        "kind": _(DIMENSIONS[dimension]), "key": channel_text(dimension, group["key"], names),
        "complaints": count_text(group["complaints"]), "answered": count_text(group["answered"]),
        "rate": _share(group["rate"]), "rest": _share(group["rest"]["rate"]),
        "chance": _(CHANCE_SENTENCES[chance_word(group["chance"])]),
    }  # fmt: skip
    return claim_text(Claim("channel_conspicuous", {}, (), values), _)


def _share(rate: str | None, limit: str | None = None) -> str:
    """A rate per ten thousand as the authority reads it, in per cent with four decimals.

    More only where rounding would hide on which side of a ``limit`` per ten thousand it lies.
    """
    if rate is None:
        return DASH
    figure = figure_text(Decimal(rate), None if limit is None else Decimal(limit)).replace(",", "")
    return f"{Decimal(figure).scaleb(-2):f} %"


def none_named_text(where: Json, _: Words) -> str:
    """What can be said where no channel is named: only with complaints and volume enough is none an answer."""
    groups = [group for one in where["dimensions"].values() for group in one["groups"]]
    enough = where["complaints"] and any(group["key"] is not None and not group["low_volume"] for group in groups)
    lacks = [] if enough else [Lack("complaints_few", known=False)]
    return claim_text(Claim("not_conspicuous", {"complaints": where["complaints"]}, lacks), _)


def chance_word(chance: str | None) -> str:
    """How likely chance alone is, as a key of `CHANCE_CELLS`; "" where a group is not compared."""
    if not chance:
        return ""
    value = Decimal(chance)
    return next((name for limit, name in CHANCE_LIMITS if value < limit), "likely")


def _isolations(orders: Sequence[Json], names: ChannelNames, _: Words) -> tuple[str, ...]:
    lines = []
    for order in orders:
        if not order["approved_at"]:
            continue
        isolates = order["kind"] == "isolate"
        by, second = actor_texts([order["proposed_by"], order["approved_by"]], _)
        values = {
            "when": _moment(order["approved_at"], _), "kind": _(DIMENSIONS[order["key"]]),
            "channel": channel_text(order["key"], order["channel"], names),
            "by": by, "second": second, "cap": order["cap"],
            "before": "" if order["cap_before"] is None else _(", instead of {cap} before").format(
                cap=order["cap_before"]), "reason": order["reason"].rstrip("。.;；"),
            "list": _(" and to call only callees on the white list") if order["white_list"] else "",
        }  # fmt: skip
        lines.append(claim_text(Claim("channel_isolated" if isolates else "isolation_ended", {}, (), values), _))
        if isolates and order["end"]:
            lines.append(_("It ends when: {end}.").format(end=order["end"].rstrip("。.;；")))
    return tuple(lines) or (claim_text(Claim("channel_isolated", {}, [Lack("not_isolated")]), _),)


def order_claims(measured: Json) -> tuple[Claim, Claim]:
    """Cap and white list of an isolation, as the calls since then show them.

    Without calls nothing is shown, nor while days lack their records; older measurements do not tell of these.
    """
    after, over = measured["after"], measured["over_cap"]
    channel = after["channel"]
    most = max([int(channel["most"]), *(int(attempts) for _day, attempts in over)])
    unrecorded = after.get("days_unrecorded")
    figures = {"most": most, "days": len(over), "cap": measured["cap"]}
    figures |= {"attempts": channel["attempts"], "unrecorded": unrecorded}
    lacks = [Lack("cap_exceeded", count=len(over))] if over else []
    untold: list[Lack] = []
    if not channel["attempts"]:
        untold = [Lack("calls_missing", known=False)]
    elif unrecorded is None:
        untold = [Lack("records_uncounted", known=False)]
    elif unrecorded:
        untold = [Lack("days_unrecorded", known=False, count=unrecorded)]
    lacks += untold
    callees = channel.get("callees_known") or 0
    off = callees - (channel.get("white_listed") or 0)
    listed = [Lack("off_white_list", count=off)] if off else []
    if callees < channel["attempts"] or not callees:
        listed.append(Lack("callees_untold", known=False))
    listed += untold
    return Claim("cap_kept", figures, lacks), Claim("white_list_kept", {"of": callees, "off": off}, listed)


def _comparison(measured: Json | None, names: ChannelNames, _: Words) -> Part:
    title = _("Before and after")
    if not measured:
        return Part(title, (claim_text(Claim("windows_counted", {}, [Lack("not_measured", known=False)]), _),))
    figures = {name: int(measured["that_day"][name]) for name in ("before", "after")}
    # A day of isolation without any call may lack its records.
    lacks = [] if any(figures.values()) else [Lack("calls_missing", known=False)]
    notes = (
        claim_text(Claim("windows_counted", {}, (), {"day": _day(measured["isolated"], _)}), _),
        claim_text(Claim("isolation_calls", figures, lacks), _),
        _("Both periods are counted from the same tables, by the portrait's own definitions."),
    )
    header = (_("Figure"), _("Before"), _("Since then"))
    rows = tuple(tuple(row) for row in measured_rows(measured, _, percent=True))
    charts = (days_chart(measured, names, _),) if _has_days(measured) else ()
    return Part(title, notes, (Grid(header, rows, shares=(4, 3, 3)),), charts)


def _responsible(measures: Sequence[Json], _: Words) -> Part:
    title = _("Responsible persons and dates")
    if not measures:
        return Part(title, (claim_text(Claim("measures_recorded", {}, [Lack("measures_missing")]), _),))
    header = (_("Measure"), _("Responsible"), _("Due"), _("Done"), _("Recurring"))
    rows = tuple(
        (one["text"], actor_text(one["owner"], _), one["due"], one["done_on"] or DASH,
         _("every {days} days").format(days=one["every"]) if one["every"] else DASH)
        for one in measures
    )  # fmt: skip
    return Part(title, grids=(Grid(header, rows, shares=(8, 3, 3, 3, 3)),))


def _assessments(papers: Sequence[Json], _: Words) -> tuple[str, ...]:
    """Who tested what and when."""
    claims = [
        Claim("assessed", {}, (), {
            "issuer": one["issuer"], "number": one["number"], "day": _day(one["dated"], _),
            "scope": one["scope"] or BLANK,
        })
        for one in papers
        if one["kind"] == "test_report" and one["dated"] and (one["titled"] or one["read_by"])
    ] or [Claim("assessed", {}, [Lack("test_report_missing")])]  # fmt: skip
    return tuple(claim_text(claim, _) for claim in claims)


def _gaps(gaps: Sequence[Json], stamp: ReportStamp, _: Words) -> tuple[Part, ...]:
    title = _("Still open") if stamp.draft else _("To explain")
    lines = tuple(
        f"{place}. {error_message(gap['code'], gap['values'], _)}{_('.')}" for place, gap in enumerate(gaps, 1)
    )
    return (Part(title, lines),) if lines else ()


def _annexes(case: Json, tickets: Json, names: ChannelNames, _: Words) -> Iterator[Part]:
    """Complaints by channel, the channel's complaints, the course of the case."""
    where = case.get("located")
    if where:
        pictures = {chart.name: chart for chart in case_charts(case, names, _)}
        method = _(
            "Rate: complaints over answered outbound calls. Chance: how likely so many complaints are if the channel"
            " were like all others; what stands out is decided for all channels together."
        )
        for dimension, breakdown in where["dimensions"].items():
            if any(group["key"] for group in breakdown["groups"]):
                chart = pictures.get(f"pareto-{dimension}")
                title = _("Complaints by {group}").format(group=_(DIMENSIONS[dimension]))
                table = _statistics(breakdown["groups"], dimension, names, _)
                charts = () if chart is None else (chart,)
                yield Part(title, (method, _top_text(breakdown, _) + _(".")), (table,), charts)
    if tickets["tickets"]:
        more = (_("Further complaints are listed in the system."),) if tickets["more"] else ()
        header = (
            _("Complaint"), _("Source"), _("Accepted"), _("Number complained of"), _("Line"), _("Calls"),
        )  # fmt: skip
        rows = tuple(tuple(_ticket(one, names, _)) for one in tickets["tickets"])
        yield Part(_("List of the channel's complaints"), more, (Grid(header, rows, shares=(4, 2, 4, 4, 3, 5)),))
    events = tuple((_moment(one["at"], _), _(STEPS.get(one["step"], one["step"]))) for one in case["events"])
    yield Part(_("Course of the case"), grids=(Grid((_("Time"), _("Step")), events, shares=(2, 5)),))


def _top_text(breakdown: Json, _: Words) -> str:
    share = figure_text(Decimal(breakdown["top_share"]))
    return _("The top {top} account for {share} %").format(top=breakdown["top"], share=share)


def _statistics(groups: Sequence[Json], dimension: str, channels: ChannelNames, _: Words) -> Grid:
    header = (
        _("Group"), _("Number of complaints"), _("Answered calls"), _("Rate"), _("Rate of the rest"), _("By chance"),
        _("Cumulated share"), _("Mark"),
    )  # fmt: skip
    names = ("key", "complaints", "answered", "rate", "rest", "chance", "share", "mark")
    rows = []
    for group in groups[:GROUPS]:
        row = group_row(group, dimension, channels, _)
        row["rate"] = DASH if dimension == "complainant" else _share(group["rate"])
        row["rest"] = _share(group["rest"]["rate"])
        rows.append(tuple(row[name] for name in names))
    right = (False, True, True, True, True, False, True, False)
    return Grid(header, tuple(rows), shares=(6, 4, 4, 4, 4, 5, 4, 5), right=right)


def _has_days(measured: Json) -> bool:
    return any(measured[part]["channel"]["by_day"] for part in ("before", "after"))


def _day(text: str, _: Words) -> str:
    day = date.fromisoformat(text)
    return _("{day} {month}/{year}").format(year=day.year, month=day.month, day=day.day)


def _moment(text: str, _: Words) -> str:
    return f"{_day(text[:10], _)}{_(' at ')}{text[11:16]}"


def location_content(where: Json | None, names: ChannelNames, _: Words) -> dict[str, Any] | None:
    """What a location found, in words and tables; None: nothing was located."""
    if not where:
        return None
    channels = [
        f"{_(DIMENSIONS[one['dimension']])} {channel_text(one['dimension'], one['key'], names)}"
        for one in where["named"]
    ]
    return {
        "window": _("{first} to {last} (end excluded), {count} complaints of {sources}").format(
            first=where["from"], last=where["to"], count=where["complaints"], sources=" + ".join(where["sources"]),
        ),
        "named": channels,
        "none_named": "" if channels else none_named_text(where, _),
        "method": _(
            "Rate: complaints per ten thousand answered outbound calls. Chance: exact one-sided test of a channel"
            " against all others; what stands out is decided for all channels together (Holm) at the level {level}."
        ).format(level=where["level"]),
        "tables": [
            {"title": _(DIMENSIONS[dimension]),
             "top": _top_text(breakdown, _),
             "rows": [group_row(one, dimension, names, _) for one in breakdown["groups"][:GROUPS]]}
            for dimension, breakdown in where["dimensions"].items() if any(one["key"] for one in breakdown["groups"])
        ],
    }  # fmt: skip


def group_row(one: Json, dimension: str, names: ChannelNames, _: Words) -> dict[str, str]:
    """A row of a dimension's table."""
    marks = [_("stands out")] * bool(one["named"]) + [_("low volume")] * bool(one["low_volume"])
    return {
        "key": _("not known") if one["key"] is None else channel_text(dimension, one["key"], names),
        "complaints": count_text(one["complaints"]),
        "answered": count_text(one["answered"]),
        "rate": DASH if dimension == "complainant" else amount_text(one["rate"], "‱"),
        "rest": amount_text(one["rest"]["rate"], "‱"),
        "chance": _(CHANCE_CELLS[chance_word(one["chance"])]),
        "share": amount_text(one["so_far"], "%"),
        "mark": " · ".join(marks),
    }


def measured_rows(measured: Json | None, _: Words, *, percent: bool = False) -> list[list[str]]:
    """(figure, before, since) of each figure, by the same method; ``percent``: the rate as the authority reads it."""
    if not measured:
        return []
    parts = (measured["before"], measured["after"])
    shares = [
        _with_light(part["evasion"], "%", _proven(part, _evasion_light(part)), part.get("evasion_limit"), _)
        for part in parts
    ]
    unrecorded = measured["after"].get("days_unrecorded")
    period = _("Period") + _(" ({number})").format(number=_("end excluded"))
    rows = [
        (period, [f"{part['from']} – {part['to']}" for part in parts]),
        (_("Number of days"), [count_text(part["days"]) for part in parts]),
        (_("Days without call records"), [count_text(part.get("days_unrecorded")) for part in parts]),
        (_("Number of complaints"), [count_text(part["complaints"]) for part in parts]),
        (_("Answered outbound calls"), [count_text(part["answered"]) for part in parts]),
        (_("Complaint rate"), [_rate(part, percent, _) for part in parts]),
        (_("Landline and mobile share"), shares),
        *_consistency(parts, _),
        (_("Complaints of the channel"), [count_text(part["channel"]["complaints"]) for part in parts]),
        (_("Attempts of the channel"), [count_text(part["channel"]["attempts"]) for part in parts]),
        (_("Most attempts of the channel on a day"), [count_text(part["channel"]["most"]) for part in parts]),
        (_("Share of calls to callees with a consent on file"), [_white_list(part["channel"]) for part in parts]),
        # None above the cap is an answer only where every day has its records.
        (_("Days above the cap"), [DASH, count_text(len(measured["over_cap"]) or (None if unrecorded else 0))]),
    ]
    if not measured["after"]["days"]:  # nothing is counted yet: a nought would be a result
        rows = [(label, [both[0], DASH]) for label, both in rows]
    return [[label, *both] for label, both in [*rows, *_gate(measured["gate"], _)]]


def _evasion_light(part: Json) -> str:
    """The light of the landline and mobile share alone.

    An older measurement has that of all displayed numbers only, which may be another's where the share is below its
    limit.
    """
    if "evasion_light" in part:
        return str(part["evasion_light"])
    light, share, limit = str(part["consistency_light"]), part["evasion"], part.get("evasion_limit")
    below = share is not None and limit is not None and Decimal(share) < Decimal(limit)
    return "insufficient" if below and light not in {"green", "na"} else light


def _consistency(parts: Sequence[Json], _: Words) -> list[tuple[str, list[str]]]:
    """The light of all displayed numbers, where others' short numbers or unknown ones make it another."""
    if all(_evasion_light(part) == part["consistency_light"] for part in parts):
        return []
    lights = [code_name("light", _proven(part, part["consistency_light"]), _) for part in parts]
    return [(_("All displayed numbers, with other short and unknown ones"), lights)]


def _proven(part: Json, light: str) -> str:
    """A light of a window; none is green while days lack their calls."""
    return "insufficient" if light == "green" and part.get("days_unrecorded") else light


def _rate(part: Json, percent: bool, _: Words) -> str:  # noqa: FBT001 -- as the caller has it
    light, limit = _proven(part, part["rate_light"]), part.get("rate_limit")
    rate = proven({"value": part["rate"], "light": light})
    if percent and rate is not None:
        return f"{_share(rate, limit)} · {code_name('light', light, _)}"
    return _with_light(rate, "‱", light, limit, _)


def _white_list(channel: Json) -> str:
    """Share and count; figures that an older program has counted have none."""
    if channel.get("white_list_share") is None:
        return DASH
    share = amount_text(channel["white_list_share"], "%")
    return f"{share} ({count_text(channel['white_listed'])} / {count_text(channel['callees_known'])})"


def _gate(gate: Json, _: Words) -> list[tuple[str, list[str]]]:
    """What the gate answered on the channel since the isolation, where it was asked at all."""
    if not gate["asked"]:
        return []
    rows = (
        (_("Attempts for which the gate was asked"), "asked"),
        (_("Allowed by the gate"), "allowed"),
        (_("Refused: above the cap"), "over_cap"),
        (_("Refused: not on the white list"), "not_on_white_list"),
        (_("Most allowed on a day"), "most"),
    )
    body = [(label, [DASH, count_text(gate[name])]) for label, name in rows]
    return [*body, (_("Share of white-listed callees at the gate"), [DASH, amount_text(gate["white_list_share"], "%")])]


def _with_light(value: str | None, unit: str, light: str, limit: str | None, _: Words) -> str:
    text = amount_text(proven({"value": value, "light": light}), unit, limit)
    return f"{text} · {code_name('light', light, _)}"


def _ticket(one: Json, names: ChannelNames, _: Words) -> list[str]:
    calls = ", ".join(call["call_id"] for call in one["calls"]) or DASH
    accepted = (one["accepted"] or DASH)[:16].replace("T", " ")
    line = channel_text("line", one["line"], names) if one["line"] else None
    cells = (one["id"], one["source"], accepted, one["complained"], line, calls)
    return [str(cell or DASH) for cell in cells]


BARS: Final = 12  # keys of a Pareto picture
#: (dimension, group of it) -> address of its complaints, "" for none.
Link = Callable[[str, Json], str]


def case_charts(case: Json, names: ChannelNames, _: Words, link: Link | None = None) -> list[Picture]:
    """One Pareto a dimension in which something stands out (else the lines), and the days of the channel."""
    charts: list[Picture] = []
    if located := case.get("located"):
        outliers = [one["dimension"] for one in located["named"]]
        keys = [name for name in ("display", "line", "team") if name in outliers] or ["line"]
        dimensions = [located["dimensions"][name] for name in keys]
        charts += [pareto_chart(breakdown, names, _, link) for breakdown in dimensions if breakdown["groups"]]
    if (measured := case.get("measured")) and _has_days(measured):
        charts.append(days_chart(measured, names, _))
    return charts


def pareto_chart(breakdown: Json, names: ChannelNames, _: Words, link: Link | None = None) -> ShareChart:
    """The largest groups, those that stand out in a colour of their own."""
    dimension = str(breakdown["dimension"])
    rows = []
    for group in breakdown["groups"][:BARS]:
        text = group_row(group, dimension, names, _)
        said = " · ".join(part for part in (text["complaints"], text["mark"]) if part)
        way = link(dimension, group) if link else ""
        rows.append(Share(text["key"], int(group["complaints"]), said, bool(group["named"]), way))
    name = _(DIMENSIONS[dimension])
    return ShareChart(f"pareto-{dimension}", _("Complaints by {group}").format(group=name), name, tuple(rows))


def days_chart(measured: Json, channels: ChannelNames, _: Words) -> Chart:
    """Attempts a day before the isolation and since, with the cap."""
    parts = {name: dict(measured[name]["channel"]["by_day"]) for name in ("before", "after")}
    days = [str(day) for name in parts for day in parts[name] if name == "before" or day not in parts["before"]]
    names = {"before": _("before the isolation"), "after": _("since the isolation")}
    series = tuple(
        Series(title, tuple(Point(parts[name].get(day), count_text(parts[name].get(day))) for day in days))
        for name, title in names.items()
    )
    limit = Limit(int(measured["cap"]), _("Limit {value}").format(value=count_text(int(measured["cap"]))))
    channel = channel_text(measured["key"], measured["channel"], channels)
    caption = _("Attempts a day on {channel}").format(channel=channel)
    return Chart("days", caption, _("day"), tuple(days), series, limit=limit)
