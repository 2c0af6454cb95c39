"""Sections of a portrait that page, PDF and web share: cards, headline, advice, splits, data quality."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any, Final

from nianjian.engines.kernel.states import State
from nianjian.engines.paper import charts, figures
from nianjian.engines.paper.charts import Chart, Picture
from nianjian.engines.paper.figures import (
    DASH,
    Card,
    Light,
    Line,
    amount_text,
    count_text,
    declaration_text,
    own_values_text,
)
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.calls import REASONS
from nianjian.engines.paper.texts.inspection import LOG_WHYS
from nianjian.engines.paper.texts.portrait import KEYS, code_name
from nianjian.engines.paper.words import Words, mark


def html_light(code: str, word: str, *, big: bool = False) -> str:
    """A pill with dot and word; shape and word carry the meaning too, not the colour alone."""
    size = " big" if big else ""
    return f'<span class="light {escape(code)}{size}">{escape(word)}</span>'


def _html_pairs(lines: Iterable[Line]) -> str:
    return "".join(f"<dt>{escape(line.label)}</dt><dd>{escape(line.text)}</dd>" for line in lines)


def html_card(one: Card, _: Words) -> str:
    """One metric: light, figure, limit, head-room, bounds, counts, flags, papers to attach, source of the rule."""
    facts = [Line(_("headroom"), one.headroom)]
    if one.bounds:
        facts.append(Line(_("bounds"), one.bounds))
    flags = "".join(
        f'<li>{html_light(flag.light, flag.title)} <span class="soft">{escape(flag.detail)}</span></li>'
        for flag in one.flags
    )
    papers = "".join(f"<li>{escape(line)}</li>" for line in one.attachments)
    return (
        f'<article class="card" id="{escape(one.slug)}"><header><h2>{escape(one.title)}</h2>'
        f"{html_light(one.light, one.light_word)}</header>"
        f'<p class="figure"{_title_attribute(one.value_other)}>{escape(one.value)}</p>'
        f"<dl><dt>{escape(_('flagged when'))}</dt><dd{_title_attribute(one.limit_other)}>{escape(one.limit)}</dd>"
        f"{_html_pairs(facts)}</dl>"
        f'<ul class="found">{flags}{papers}</ul><dl>{_html_pairs(one.parts)}</dl>'
        f'<p class="source">{escape(_("rule"))} {escape(one.source)}<br>{escape(one.citation)}</p></article>'
    )


def _title_attribute(text: str) -> str:
    """What a pointer that rests on it is told."""
    return f' title="{escape(text)}"' if text else ""


def html_table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str | Light]], *, form: str = "") -> str:
    """A table whose first column is text and whose others are figures or lights.

    ``form``: ``wrap`` lets long cells break, ``wide`` sets many columns close together.
    """
    head = "".join(f'<th scope="col"{_cell_class(place)}>{escape(cell)}</th>' for place, cell in enumerate(header))
    body = "".join(f"<tr>{''.join(_html_cell(cell, place) for place, cell in enumerate(row))}</tr>" for row in rows)
    return (
        f'<div class="{f"scroll {form}".strip()}" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _html_cell(cell: str | Light, place: int) -> str:
    if isinstance(cell, Light):
        return f"<td>{html_light(cell.code, cell.word)}</td>"
    return f"<td{_cell_class(place)}>{escape(cell)}</td>"


def _cell_class(place: int) -> str:
    return ' class="n"' if place else ""


def html_chart(picture: Picture, _: Words) -> str:
    """A chart with its caption, what its lines are, and the same figures as a table."""
    legend, left, table = "", "", ""
    if isinstance(picture, Chart):
        left = f" {charts.left_class(picture)}"
        legend = "".join(
            f'<li class="{picture.kind} {colour}">{escape(text)}</li>' for colour, text in charts.legend_lines(picture)
        )
        table = (
            f'<details><summary>{escape(_("View as table"))}</summary><div id="{charts.table_id(picture)}">'
            f"{html_table(picture.caption, *_chart_table(picture, _))}</div></details>"
        )
    return (
        f'<figure class="card"><figcaption>{escape(picture.caption)}</figcaption>'
        f"{f'<ul>{legend}</ul>' if legend else ''}"
        f'<div class="chart{left}">{charts.page_svg(picture, _)}</div>{table}</figure>'
    )


def html_headroom(metric: Json, _: Words) -> str:
    """What is used of what the limit allows, as a bar; an empty one with its word where no rate is proved."""
    headroom = None if metric.get("value") in (None, "") else figures.find_headroom(metric)
    if headroom is None:
        word = _("not proved")
        return f'{charts.headroom_svg(None, word)}<p class="soft small">{escape(word)}</p>'
    return charts.headroom_svg(headroom, figures.headroom_text(metric, _))


def _chart_table(chart: Chart, _: Words) -> tuple[list[str], list[list[str]]]:
    details = any(point.detail for one in chart.series for point in one.points)
    coming = len(chart.steps) - chart.ahead
    rows = []
    for step, name in enumerate(chart.steps):
        points = [one.points[step] for one in chart.series]
        none = _("not due yet") if step >= coming else _("not proved")
        empty = all(point.value is None for point in points)
        cells = [point.text if point.value is not None else none if empty else DASH for point in points]
        rows.append([name, *cells, *([points[0].detail or DASH] if details else [])])
    return [chart.head, *(one.name for one in chart.series), *([_("counts")] if details else [])], rows


Json = Mapping[str, Any]

STEPS: Final[Mapping[str, str]] = {
    "open_seats": mark("open {count} more filed seats"),
    "cut_seats": mark("cut the filing by {count} seats"),
    "close_unfiled": mark("close the {count} seats that are open but not filed"),
    "file_seats": mark("file the {count} seats that are open but not filed"),
    "cut_stopped_seats": mark("cut the filing of the {count} seats that are filed but not open"),
    "close_idle_seat": mark("close {count} open seat and leave the filing unchanged"),
    "move_line": mark(
        "line {line}: display your own filed numbers ({count} calls displayed landline or mobile numbers)"
    ),
    "close_tickets": mark("close {count} open tickets"),
}
WARNINGS: Final[Mapping[str, str]] = {
    "order_81_no_marketing": mark("notice No. 81 of 2020: call centres make no marketing calls"),
    "needs_outbound_permission": mark("the number must be permitted to call out"),
    "needs_purpose_filed": mark("the purpose must be filed"),
    "needs_commitment_letter": mark("the letter of commitment must be on file"),
    "needs_consent": mark("the called persons must have consented"),
    "needs_result_and_callback": mark("each needs a result and a recorded call-back"),
    "isolation_keeps_accepted": mark(
        "isolation only stops new complaints; those accepted so far stay in the rate, which will lie above this one"
    ),
}


def advice_lines(portrait: Json, _: Words, *, today: date | None = None) -> tuple[str, ...]:
    """Word every step the portrait computed, in its order; an unknown step shows its code.

    ``today``: steps whose last possible day is over are left out.
    """
    metrics = {metric["slug"]: metric for metric in portrait["metrics"]}
    return tuple(
        _advice_line(step, metrics.get(step["metric"], {}), _)
        for step in portrait.get("advice") or ()
        if today is None or step.get("last_day") is None or today <= date.fromisoformat(step["last_day"])
    )


def simulated_warnings(portrait: Json, _: Words) -> tuple[str, ...]:
    """What the law wants before the moves of a simulated portrait may be made."""
    return _warnings((portrait.get("simulated") or {}).get("warnings") or (), _)


def _warnings(codes: Iterable[str], _: Words) -> tuple[str, ...]:
    return tuple(_(WARNINGS[code]) if code in WARNINGS else str(code) for code in codes)


def _advice_line(step: Json, of: Json, _: Words) -> str:
    code = str(step["code"])
    act = _(STEPS[code]).format(count=count_text(step["count"]), line=step.get("line", "")) if code in STEPS else code
    metric = code_name("metric", str(step["metric"]), _)

    def describe_effect(text: str, effect: Json) -> str:
        value = amount_text(effect.get("value"), str(of.get("unit", "")), of.get("limit"))
        light = code_name("light", str(effect["light"]), _)
        return text.format(metric=metric, value=value, light=light)

    effects = [describe_effect(_("{metric} becomes {value}, {light}"), step)]
    if step.get("with_cut"):
        effects.append(describe_effect(_("with the filing also cut: {value}, {light}"), step["with_cut"]))
    beside = [*_warnings(step.get("warnings") or (), _)]
    if step.get("last_day"):
        beside.insert(0, _("last possible day: {day}").format(day=step["last_day"]))
    note = _(" ({number})").format(number=_("; ").join(beside)) if beside else ""
    return _("{act} → {effects}").format(act=act, effects=_("; ").join(effects)) + note


UNDECIDED: Final = "insufficient"
ESTIMATED: Final = mark("Estimated by the guide's definitions")
NO_LIGHT: Final = mark("On the present data no light can be determined")
NOTHING: Final = mark("the calls, seats and complaints of the data year")
# flag that leaves a light undecided: what to supply
MISSING: Final[Mapping[str, str]] = {
    "filing_unknown": mark("the filing state of {n} seats"),
    "undated": mark("the day of acceptance of {n} complaints"),
    "answer_unknown": mark("whether {n} delivered calls were answered"),
    "evasion": mark("the display number of {n} delivered calls"),
    "unknown_high": mark("the display number of {n} delivered calls"),
}


EMPTY: Final[Mapping[str, str]] = {
    "seats": mark("the register of seats"),
    "complaints": mark("the register of complaints"),
}


def lead_text(portrait: Json, _: Words) -> str:
    """What is said before the light."""
    return _(NO_LIGHT if portrait["light"] == UNDECIDED else ESTIMATED)


def missing_lines(portrait: Json, _: Words) -> tuple[str, ...]:
    """What would decide the light, a line each with its metric in front; () where it is decided."""
    if portrait["light"] != UNDECIDED:
        return ()
    undecided = [metric for metric in portrait["metrics"] if metric["light"] == UNDECIDED]
    lines = dict.fromkeys(line for metric in undecided for line in _missing_of(metric, _))
    lines |= dict.fromkeys(_missing_line(one, _) for one in portrait.get("missing") or ())
    return tuple(lines) or (_("missing: {what}").format(what=_(NOTHING)),)


def warning_lines(portrait: Json, _: Words) -> tuple[str, ...]:
    """What the reader must know beside the figures; portraits kept by an older program have none.

    Among it what is missing although it could not change the light: `missing_lines` tells it where it could.
    """
    ignored = _("the approved overlay of {key} ({value}) has no effect: the rule no longer accepts overlays")
    texts = {
        "overlay_ignored": ignored,
        "watched": _(
            "on the watch list: {licences}. Internal limits at {share} of the guide's limits give a second "
            "light next to it; they are the enterprise's own, not law"
        ),
        "declaration_ignored": _(
            "{metric}: declared not applicable, but the data contains what it counts; the declaration has no effect"
        ),
        "as_of_ahead": _(
            "computed on {today} as at {as_of}, which had not come yet: this is no basis of filing and closes no task"
        ),
        "rows_erased": _("rows erased on {on}: those before {before} are gone; the figures remain as sealed"),
    }
    own = str(portrait.get("own_light") or "")
    beside = _("by the enterprise's own values ({which}), in addition to the guide's: {light}")
    which = own_values_text(portrait["metrics"], _)
    second = (beside.format(light=code_name("light", own, _), which=which),) if own else ()
    decided, missing = portrait["light"] != UNDECIDED, portrait.get("missing") or ()
    return (
        second
        + tuple(_missing_line(one, _) for one in missing if decided and one["code"] != "marketing_unanswered")
        + marketing_lines(portrait, _)
        + declaration_lines(portrait, _)
        + tuple(
            texts.get(str(one["code"]), str(one["code"])).format_map(_with_metric_name(one, _))
            for one in portrait.get("warnings") or ()
        )
    )


DECISIONS: Final[Mapping[str, str]] = {
    "stopped": mark("marketing calls: {who} decided that they end on {day} ({text})"),
    "service": mark("marketing calls: {who} stated on {day} that people consented to these call-backs ({text})"),
}


def marketing_lines(portrait: Json, _: Words) -> tuple[str, ...]:
    """The flag of marketing with law and source, and what a person decided; () where nothing names marketing."""
    block = portrait.get("marketing") or {}
    decision, lines = block.get("decision"), []
    if block.get("light"):
        source = block["source"]
        line = _(
            "marketing calls, {light}: {n} delivered calls and {k} registered numbers have the purpose "
            "marketing; call centres must not make commercial marketing calls ({citation}, {level})"
        )
        lines.append(
            line.format(
                light=code_name("light", block["light"], _), n=count_text(block["calls"]), k=len(block["numbers"]),
                citation=source["citation"], level=code_name("level", source["level"], _),
            )
        )  # fmt: skip
    if decision:
        said = {**decision, "day": decision["on"], "who": actor_text(decision["who"], _)}
        lines.append(_(DECISIONS[decision["kind"]]).format_map(said))
        if decision["kind"] == "stopped" and block["calls_after"]:
            lines.append(_("{n} marketing calls were made after that day").format(n=count_text(block["calls_after"])))
        elif decision["kind"] == "stopped" and block.get("records_after") == 0:
            lines.append(_("no call record after that day has been imported: it is not proved that they ended"))
        elif decision["kind"] == "stopped" and not block["answered"]:
            lines.append(_("no complete day has been counted since"))
        if decision["kind"] == "stopped" and block.get("unnamed_after"):
            line = _("{n} delivered calls after that day name no purpose")
            lines.append(line.format(n=count_text(block["unnamed_after"])))
        if decision["kind"] == "service":
            lines += _consent_lines(block, _)
        if recordings := block.get("recordings"):
            lines.append(_recordings_line(recordings, _))
    if unnamed := block.get("unnamed"):
        line = _("{n} of {m} delivered calls name no purpose: it is not proved that they are no marketing calls")
        lines.append(line.format(n=count_text(unnamed), m=count_text(block["delivered"])))
    return tuple(lines)


def _consent_lines(block: Json, _: Words) -> list[str]:
    """What the register of consents does not bear out of a decision that rests on it."""
    lines = [] if block["consents"] else [_("the register of consents contains no valid consent to marketing")]
    if lacking := block.get("calls_without_consent"):
        line = _("{n} of {m} marketing calls went to numbers for which no registered consent held at that time")
        lines.append(line.format(n=count_text(lacking), m=count_text(block["calls_to_cover"])))
    elif not block["answered"] and not lines:
        lines.append(_("no call record after that day has been imported: the consents cover no call yet"))
    return lines


CHECKED: Final[Mapping[str, str]] = {
    "never_checked": mark("log retention has not been checked yet"),
    "checked_long_ago": mark("the newest check of the logs is too old"),
}


def _recordings_line(proof: Json, _: Words) -> str:
    """What is proved of the recordings of consented call-backs, and up to which day."""
    texts: Mapping[str, str] = {
        State.PASSED: _("recordings of answered calls are kept for at least {days} days (up to {until}: {why})"),
        State.FAILED: _("recordings of answered calls are not kept for at least {days} days (up to {until}: {why})"),
        State.NOT_PROVED: _("not proved: recordings of these call-backs kept for at least {days} days ({why})"),
    }
    why = _({**CHECKED, **LOG_WHYS}[proof["why"]])
    return texts[proof["state"]].format(days=proof["days"], until=proof["until"], why=why)


def declaration_lines(portrait: Json, _: Words) -> tuple[str, ...]:
    """The metrics that a person declared not applicable, a line each."""
    line = _("{metric}: {text}")
    return tuple(
        line.format(metric=code_name("metric", metric["slug"], _), text=declaration_text(metric, _))
        for metric in portrait["metrics"]
        if metric.get("declared")
    )


def _with_metric_name(warning: Json, _: Words) -> Json:
    return {**warning, "metric": code_name("metric", warning["metric"], _)} if "metric" in warning else warning


def headline_html(portrait: Json, _: Words) -> str:
    """Sentence, light, what is missing and the warnings, escaped."""
    pill = html_light(str(portrait["light"]), code_name("light", str(portrait["light"]), _), big=True)
    lines = "".join(f"<li>{escape(line)}</li>" for line in (*missing_lines(portrait, _), *warning_lines(portrait, _)))
    listed = f'<ul class="missing">{lines}</ul>' if lines else ""
    return f"<div><p>{escape(lead_text(portrait, _))} {pill}</p>{listed}</div>"


def _missing_line(one: Json, _: Words) -> str:
    """What the whole lacks beside its metrics: a register, days without records and without a reason."""
    way_out = {
        "register_empty": _("{metric} – missing: {what}, or a declaration that the metric does not apply"),
        "nothing_counted": _(
            "{metric} – missing: rows of the data year in {what}, or a declaration that it does not apply"
        ),
    }.get(one["code"])
    if way_out:
        return way_out.format(metric=code_name("metric", one["metric"], _), what=_(EMPTY[one["register"]]))
    if one["code"] == "marketing_unanswered":
        what = _("missing: a decision about marketing calls that covers them ({n} calls, {k} numbers)")
        return what.format(n=count_text(one["calls"]), k=len(one["numbers"]))
    what = _("missing: call records, or a confirmed reason, for {n} days ({days})")
    return what.format(n=count_text(one["count"]), days=_list_text(one["ranges"]))


def _missing_of(metric: Json, _: Words) -> Iterator[str]:
    for flag in metric["flags"]:
        if flag["light"] == UNDECIDED and flag["code"] in MISSING:
            # the evasion flag counts landlines and mobiles; what is missing are the unknown numbers
            number = metric["components"]["unknown"] if flag["code"] == "evasion" else flag["count"]
            what = _(MISSING[flag["code"]]).format(n=count_text(number))
            yield _("{metric} – missing: {what}").format(metric=code_name("metric", metric["slug"], _), what=what)


MONTH: Final = "month"
MANY: Final = 17  # columns of a split that shows three metrics; one with all four is set closer

# What a metric contributes to a row: heading and field; the rate and the light follow for each.
COLUMNS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "seat_vacancy": ((mark("filed seats"), "filed"), (mark("opened seats"), "opened")),
    "complaint_rate": ((mark("complaints counted"), "numerator"), (mark("answered outbound calls"), "denominator")),
    "number_consistency": (
        (mark("delivered outbound calls"), "denominator"),
        (mark("own 95/96 number"), "own_short"),
        (mark("other 95/96 number"), "other_short"),
        (mark("landline"), "landline"),
        (mark("mobile"), "mobile"),
        (mark("unknown number"), "unknown"),
    ),
    "closing_rate": ((mark("tickets"), "denominator"), (mark("closed"), "numerator")),
}


def list_splits(portrait: Json) -> tuple[str, ...]:
    """The splits that this portrait has, months among them, each once."""
    splits: dict[str, None] = {}
    for metric in portrait["metrics"]:
        splits |= dict.fromkeys(metric.get("splits") or {})
        if metric.get("months"):
            splits[MONTH] = None
    return tuple(splits)


def split_rows(metric: Json, split: str) -> Sequence[Json]:
    """The rows of a metric in a split, months among them; none where it is not split so."""
    if split == MONTH:
        return [{**row, "key": row["month"]} for row in metric.get("months") or ()]
    rows: Sequence[Json] = (metric.get("splits") or {}).get(split, ())
    return rows


def key_text(key: object, _: Words) -> str:
    """Name a row: known words translated, a missing key said to be missing."""
    if key is None:
        return _("not known")
    text = str(key)
    return code_name("key", text, _) if text in KEYS else text


def split_by_key(metrics: Sequence[Json], split: str) -> tuple[list[object], list[dict[object, Json]]]:
    """Keys in the order of the metric that has most rows, months by time; and each metric's rows by key."""
    columns = [{row["key"]: row for row in split_rows(metric, split)} for metric in metrics]
    keys = dict.fromkeys(key for rows in sorted(columns, key=len, reverse=True) for key in rows)
    return sorted(keys, key=str) if split == MONTH else list(keys), columns


def split_grid(portrait: Json, split: str, _: Words) -> tuple[list[str], list[list[str | Light]]]:
    """Header and rows of a split; a row's order is that of the metric that has most rows, months by time."""
    metrics = [metric for metric in portrait["metrics"] if split_rows(metric, split)]
    header = [code_name("split", split, _)]
    order, columns = split_by_key(metrics, split)
    body: list[list[str | Light]] = [[key_text(key, _)] for key in order]
    for metric, by_key in zip(metrics, columns, strict=True):
        slug, unit = str(metric["slug"]), str(metric["unit"])
        header += [_(text) for text, _field in COLUMNS[slug]] + [f"{code_name('metric', slug, _)} ({unit})", _("light")]
        for place, key in enumerate(order):
            body[place] += _row_figures(by_key.get(key), slug, _)
    return header, body


def _row_figures(row: Json | None, slug: str, _: Words) -> list[str | Light]:
    """What one metric says in a row, its rate in the unit of the header; dashes where it says nothing."""
    if row is None:
        return [DASH] * (len(COLUMNS[slug]) + 2)
    light = str(row["light"])
    counts = [count_text(row.get(field)) for _text, field in COLUMNS[slug]]
    return [*counts, str(row.get("value") or DASH), Light(light, code_name("light", light, _))]


def split_table(portrait: Json, split: str, _: Words) -> str:
    """The split as an HTML table."""
    header, body = split_grid(portrait, split, _)
    form = "wide widest" if len(header) > MANY else "wide"
    return html_table(code_name("split", split, _), header, body, form=form)


FIGURES: Final[Mapping[str, str]] = {
    "rows": mark("rows of all imports, whatever the year"),
    "loaded": mark("loaded"),
    "rejected": mark("rejected"),
    "rejected_share": mark("share rejected, %"),
    "reasons": mark("reasons"),
    "id_conflict": mark("same id, other content"),
    "calls": mark("calls of the data year"),
    "records": mark("calls of every kind"),
    "outbound": mark("outbound calls"),
    "delivered": mark("delivered"),
    "answered": mark("answered"),
    "answer_unknown": mark("answered or not: unknown"),
    "undelivered": mark("not delivered"),
    "tests": mark("test calls"),
    "scanners": mark("scanner calls, not counted as inbound"),
    "without_customer": mark("calls without a customer leg"),
    "masked_callee": mark("called number masked"),
    "display_confidence": mark("confidence in the display number"),
    "good": mark("good"),
    "medium": mark("medium"),
    "low": mark("low"),
    "none": mark("none"),
    "count": mark("number"),
    "share": mark("share, %"),
    "display_shapes": mark("shape of the display number"),
    "zero_lost": mark("leading zero lost"),
    "days_without_records": mark("days without records"),
    "ranges": mark("which"),
    "unconfirmed": mark("without a confirmed reason"),
    "until": mark("checked up to"),
    "complaints_matched": mark("complaints matched to a call"),
    "complaints": mark("complaints"),
    "matched": mark("matched"),
    "by": mark("matched by"),
    "id": mark("call id"),
    "ten_minutes": mark("numbers within ten minutes"),
    "day": mark("numbers on the same day"),
    "mobile": mark("mobile"),
    "landline": mark("landline"),
    "short": mark("short number"),
    "short_long": mark("short number with extension"),
    "short_or_landline": mark("short number or landline"),
    "short_or_other": mark("short number prefixed with 86"),
    "service_400_800": mark("400/800 number"),
    "other": mark("other number"),
    "international": mark("international"),
    "masked": mark("masked"),
    "damaged": mark("damaged by Excel"),
}
SHOWN_DAYS: Final = 5
RATE: Final = re.compile(r"-?\d+\.\d{4}")  # as the portrait's JSON has a rate
PERIOD: Final = "period"


def quality_lines(portrait: Json, _: Words) -> list[tuple[str, str]]:
    """Label and figure of each quality entry, nested ones flattened, in the portrait's order."""
    lines: list[tuple[str, str]] = []

    def walk(prefix: str, value: object) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                if key == PERIOD:  # the label of the block says it
                    continue
                walk(f"{prefix} · {_quality_label(str(key), _)}" if prefix else _quality_label(str(key), _), inner)
        elif isinstance(value, list):
            lines.append((prefix, _list_text(value) if value else "0"))
        elif isinstance(value, str) and RATE.fullmatch(value):
            lines.append((prefix, charts.figure_text(Decimal(value))))
        elif isinstance(value, int):
            lines.append((prefix, count_text(value)))
        else:
            lines.append((prefix, "–" if value is None else str(value)))

    walk("", portrait.get("quality") or {})
    return lines


def _list_text(items: Sequence[object]) -> str:
    """The first of many items, and that others follow."""

    def said(item: object) -> str:
        if isinstance(item, Mapping) and {"from", "to"} <= set(item):  # a range of days
            return str(item["from"]) if item["from"] == item["to"] else f"{item['from']} – {item['to']}"
        return str(item)

    return ", ".join(map(said, items[:SHOWN_DAYS])) + (" …" if len(items) > SHOWN_DAYS else "")


def _quality_label(key: str, _: Words) -> str:
    text = FIGURES.get(key) or REASONS.get(key)
    return _(text) if text else key.replace("_", " ")


def quality_table(portrait: Json, _: Words) -> str:
    """The entries as an HTML table."""
    return html_table(_("Data quality"), (_("figure"), _("value")), quality_lines(portrait, _), form="wrap")
