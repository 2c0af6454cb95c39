"""The 整改报告: its texts, its charts and its PDF; `rectification_word` writes the same as a Word file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import manimgx_fonts_cjk
import vl_convert

from nianjian.engines.paper import charts as draw
from nianjian.engines.paper.figures import DASH, amount_text, count_text, rulebook_text, snapshot_text
from nianjian.engines.paper.pictures import Chart
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.texts.rectification import DIMENSIONS, PAPERS, STEPS
from nianjian.engines.paper.typeset import typeset
from nianjian.engines.paper.words import CHINESE, Words, words

Json = Mapping[str, Any]

GROUPS: Final = 15  # of a dimension; the case page has all of them


@dataclass(frozen=True, slots=True)
class ReportStamp:
    """``enterprise``: its name; ``draft``: gaps stand; the audit chain's last number and hash."""

    enterprise: str
    draft: bool
    seq: int
    digest: str


def report_content(case: Json, tickets: Json, gaps: list[Json], language: str, stamp: ReportStamp) -> dict[str, Any]:
    """``case`` as the flow shows it, ``tickets``: annex of the channel's tickets, ``gaps``: what is still open."""
    _ = words(language)
    title = _("Rectification report")
    return {
        "lang": "zh" if language == CHINESE else "en",
        "title": title,
        "draft": _("Draft: {count} gaps are open").format(count=len(gaps)) if stamp.draft else "",
        "enterprise": f"{stamp.enterprise} ({case['enterprise']})",
        "head": _head(case, _),
        "located": location_content(case.get("located"), _),
        "isolated": [_order(one, _) for one in case["orders"] if one["approved_at"]],
        "measured": measured_rows(case.get("measured"), _),
        "notes": _notes(case.get("measured"), _),
        "measures": [_measure(one, _) for one in case["measures"]],
        "papers": [_paper(one, _) for one in case["papers"]],
        "tickets": [_ticket(one, _) for one in tickets["tickets"]],
        "tickets_more": _("Further complaints stand in the system.") if tickets["more"] else "",
        "gaps": [error_message(gap["code"], gap["values"], _) for gap in gaps],
        "history": [
            [one["at"][:16].replace("T", " "), _(STEPS.get(one["step"], one["step"]))] for one in case["events"]
        ],
        "provenance": _provenance(case, stamp, _),
        "foot": f"{case['id']}   {_('Audit chain')} {stamp.seq} · {stamp.digest[:16]}",
        "words": _headings(_) | {"gaps": _("Still open") if stamp.draft else _("To be explained")},
    }


def _headings(_: Words) -> dict[str, str]:
    return {
        "notice": _("1 The notice"), "located": _("2 Where the complaints come from"),
        "isolated": _("3 Technical isolation"), "measured": _("4 Before and since"),
        "measures": _("5 Corrective measures"), "papers": _("6 Papers"),
        "tickets": _("Annex A: complaints of the channel"), "history": _("Annex B: course of the case"),
        "provenance": _("Annex C: where the figures come from"),
        "named": _("Stands out beyond chance:"), "nobody": _("No channel stands out beyond chance."),
        "group": _("Group"), "complaints": _("Number of complaints"), "answered": _("Answered calls"),
        "rate": _("Rate"),
        "rest": _("Rate of the rest"), "chance": _("Chance"), "share": _("Cumulated share"), "mark": _("Mark"),
        "figure": _("Figure"), "before": _("Before"), "after": _("Since then"),
        "text": _("Measure"), "owner": _("Owner"), "due": _("Due"), "done": _("Done"), "every": _("Repeated"),
        "kind": _("Paper"), "issuer": _("Issuer"), "number": _("Report number"), "dated": _("Date"),
        "sha256": "SHA-256",
        "id": _("Complaint"), "source": _("Source"), "accepted": _("Accepted"),
        "complained": _("Complained number"),
        "line": _("Line"), "calls": _("Calls"), "page": _("page"), "none": _("none"),
    }  # fmt: skip


def _head(case: Json, _: Words) -> list[list[str]]:
    due = case["due_at"][:16].replace("T", " ")
    lines = [
        [_("Notice"), case["notice"] or DASH],
        [_("Received on"), case["received"]],
        [_("Due"), f"{due}{' · ' + _('provisional') if case['provisional'] else ''}"],
        [_("Causes named"), "；".join(case["causes"]) or DASH],
    ]
    return [[label, str(text)] for label, text in lines]


def location_content(where: Json | None, _: Words) -> dict[str, Any] | None:
    """What a location found, in words and tables; None: nothing was located."""
    if not where:
        return None
    named = [f"{_(DIMENSIONS[one['dimension']])} {one['key']}" for one in where["named"]]
    return {
        "window": _("{first} to {last} (end excluded), {count} complaints of {sources}").format(
            first=where["from"],
            last=where["to"],
            count=where["complaints"],
            sources=" + ".join(where["sources"]),
        ),
        "named": named,
        "method": _(
            "Rate: complaints per ten thousand answered outbound calls. Chance: exact one-sided test of a channel"
            " against all others; what stands out is decided for all channels together (Holm) at the level {level}."
        ).format(level=where["level"]),
        "tables": [
            {"title": _(DIMENSIONS[dimension]),
             "top": _("The largest {top} have {share} %").format(top=told["top"], share=told["top_share"]),
             "rows": [group_row(one, dimension, _) for one in told["groups"][:GROUPS]]}
            for dimension, told in where["dimensions"].items() if any(one["key"] for one in told["groups"])
        ],
    }  # fmt: skip


def group_row(one: Json, dimension: str, _: Words) -> dict[str, str]:
    """A row of a dimension's table."""
    marks = [_("stands out")] * bool(one["named"]) + [_("low volume")] * bool(one["low_volume"])
    return {
        "key": _("not known") if one["key"] is None else str(one["key"]),
        "complaints": count_text(one["complaints"]),
        "answered": count_text(one["answered"]),
        "rate": DASH if dimension == "complainant" else amount_text(one["rate"], "‱"),
        "rest": amount_text(one["rest"]["rate"], "‱"),
        "chance": one["chance"] or DASH,
        "share": amount_text(one["so_far"], "%"),
        "mark": " · ".join(marks),
    }


def _order(one: Json, _: Words) -> list[list[str]]:
    kind = _("Isolation") if one["kind"] == "isolate" else _("Lifting")
    when = f"{kind}: {one['approved_at'][:16].replace('T', ' ')}"
    lines = [
        [_("Order"), when],
        [_("Channel"), f"{_(DIMENSIONS[one['key']])} {one['channel']}"],
        [_("Cap"), _("{before} → {cap} attempts a natural day").format(before=one["cap_before"], cap=one["cap"])],
        [_("White list"), _("white-listed callees only") if one["white_list"] else _("none")],
        [_("Reason"), one["reason"]],
        [_("Ends when"), one["end"] or DASH],
        [_("Two persons"), " + ".join(map(_person, (one["proposed_by"], one["approved_by"])))],
    ]
    return [[label, str(text)] for label, text in lines]


def _person(actor: str) -> str:
    """Who it was, without the kind of the proof: the report is read outside."""
    return actor.partition(":")[2] or actor


def measured_rows(told: Json | None, _: Words) -> list[list[str]]:
    """(figure, before, since) of each figure, counted by the same method."""
    if not told:
        return []
    parts = (told["before"], told["after"])
    rows = [
        (f"{_('Window')} ({_('end excluded')})", [f"{part['from']} – {part['to']}" for part in parts]),
        (_("Number of days"), [count_text(part["days"]) for part in parts]),
        (_("Number of complaints"), [count_text(part["complaints"]) for part in parts]),
        (_("Answered outbound calls"), [count_text(part["answered"]) for part in parts]),
        (_("Complaint rate"), [_with_light(part["rate"], "‱", part["rate_light"], _) for part in parts]),
        (
            _("Landline and mobile share"),
            [_with_light(part["evasion"], "%", part["consistency_light"], _) for part in parts],
        ),
        (_("Complaints of the channel"), [count_text(part["channel"]["complaints"]) for part in parts]),
        (_("Attempts of the channel"), [count_text(part["channel"]["attempts"]) for part in parts]),
        (_("Most attempts of the channel on a day"), [count_text(part["channel"]["most"]) for part in parts]),
        (_("Share of calls to callees with a consent on file"), [_white_list(part["channel"]) for part in parts]),
        (_("Days above the cap"), [DASH, count_text(len(told["over_cap"]))]),
    ]
    return [[label, *both] for label, both in [*rows, *_gate(told["gate"], _)]]


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
        (_("Attempts that the gate was asked for"), "asked"),
        (_("Allowed by the gate"), "allowed"),
        (_("Refused: above the cap"), "over_cap"),
        (_("Refused: not on the white list"), "not_on_white_list"),
        (_("Most allowed on a day"), "most"),
    )
    told = [(label, [DASH, count_text(gate[name])]) for label, name in rows]
    return [*told, (_("Share of white-listed callees at the gate"), [DASH, amount_text(gate["white_list_share"], "%")])]


def _with_light(value: str | None, unit: str, light: str, _: Words) -> str:
    return f"{amount_text(value, unit)} · {code_name('light', light, _)}"


def _notes(measured: Json | None, _: Words) -> list[str]:
    if not measured:
        return []
    day = measured["isolated"]
    return [
        _("The order of isolation was approved on {day}; that day itself stands in neither window.").format(day=day),
        _("On that day the channel dialled {before} times before and {after} times after it.").format(
            **measured["that_day"]
        ),
        _("Both windows are counted from the same tables, by the portrait's own definitions."),
    ]


def _measure(one: Json, _: Words) -> list[str]:
    every = _("every {days} days").format(days=one["every"]) if one["every"] else DASH
    return [one["text"], one["owner"], one["due"], one["done_on"] or DASH, every]


def _paper(one: Json, _: Words) -> list[str]:
    kind = _(PAPERS[one["kind"]])
    return [kind, one["issuer"] or DASH, one["number"] or DASH, one["dated"] or DASH, one["sha256"][:16]]


def _ticket(one: Json, _: Words) -> list[str]:
    calls = ", ".join(call["call_id"] for call in one["calls"]) or DASH
    cells = (one["id"], one["source"], (one["accepted"] or DASH)[:16], one["complained"], one["line"], calls)
    return [str(cell or DASH) for cell in cells]


def _provenance(case: Json, stamp: ReportStamp, _: Words) -> list[list[str]]:
    lines = []
    for title, part in ((_("Location"), case.get("located")), (_("Before and since"), case.get("measured"))):
        if part:
            lines.append([f"{title} · {_('Data versions')}", snapshot_text(part["snapshot"])])
            lines.append([f"{title} · {_('Rulebook')}", rulebook_text(part["rulebook"])])
    lines.append([_("Audit chain"), f"{stamp.seq} · {stamp.digest}"])
    return lines


BARS: Final = 12  # keys of a Pareto picture
SCALE: Final = 2.0  # of the PNG that Word shows


def case_charts(case: Json, _: Words) -> list[Chart]:
    """One Pareto a dimension in which something stands out (else the lines), and the days of the channel."""
    found = []
    located, measured = case.get("located"), case.get("measured")
    if located:
        named = [one["dimension"] for one in located["named"]]
        wanted = [name for name in ("display", "line", "team") if name in named] or ["line"]
        for dimension in wanted:
            told = located["dimensions"][dimension]
            if told["groups"]:
                found.append(pareto_chart(told, _))
    if measured and any(measured[part]["channel"]["by_day"] for part in ("before", "after")):
        found.append(days_chart(measured, _))
    return found


def pareto_chart(told: Json, _: Words) -> Chart:
    """The largest groups, those that stand out in a colour of their own."""
    caption = _("Complaints by {group}").format(group=_(DIMENSIONS[str(told["dimension"])]))
    named = set(told["named"])
    points = [
        (
            _("not known") if group["key"] is None else str(group["key"]),
            _("stands out") if group["key"] in named else _("others"),
            float(group["complaints"]),
        )
        for group in told["groups"][:BARS]
    ]
    drawn = draw.month_bars(points, axis=_("complaints"), description=caption)
    encoding = drawn["encoding"]
    encoding["x"]["sort"] = None
    encoding.pop("xOffset")  # one bar a key
    encoding["color"]["scale"] = {"domain": [_("others"), _("stands out")]}
    return Chart(f"pareto-{told['dimension']}", caption, drawn)


def days_chart(measured: Json, _: Words) -> Chart:
    """Attempts a day before the isolation and since, with the cap."""
    caption = _("Attempts a day on {channel}").format(channel=measured["channel"])
    names = {"before": _("before the isolation"), "after": _("since the isolation")}
    points = [
        (str(day), title, float(count))
        for part, title in names.items()
        for day, count in measured[part]["channel"]["by_day"]
    ]
    cap = float(measured["cap"])
    drawn = draw.month_lines(points, axis=_("attempts"), description=caption, limit=cap, days=True)
    return Chart("days", caption, drawn)


def chart_png(specification: draw.Specification) -> bytes:
    """The picture for Word; the same specification gives the same bytes."""
    return _render_png(plain_specification(specification))


def plain_specification(specification: draw.Specification) -> str:
    """The specification as text, with the colours of paper and our font."""
    text = draw.VARIABLE.sub(r"\1", json.dumps(specification, ensure_ascii=False, sort_keys=True))
    return text.replace('"font": "sans-serif"', f'"font": "{draw.FONT}"')


@lru_cache(maxsize=32)
def _render_png(specification: str) -> bytes:
    _register_fonts()
    drawn = vl_convert.vegalite_to_png(specification, vl_version=draw.VEGA_LITE, scale=SCALE)
    return bytes(drawn)


@lru_cache(maxsize=1)
def _register_fonts() -> None:
    vl_convert.register_font_directory(str(Path(manimgx_fonts_cjk.__file__).parent))


SOURCE: Final = "rectification.typ"


def report_pdf(told: Mapping[str, Any], charts: Sequence[Chart]) -> bytes:
    """The document; the same content gives the same bytes. ``drawing_failed``."""
    data = {**told, "charts": [{"file": f"{one.name}.svg", "caption": one.caption} for one in charts]}
    return typeset(SOURCE, data, {one.name: draw.plain_svg(one.svg) for one in charts}, "pdf")
