"""Papers of the on-site check: the day's sheet, answer cards, reach of logs, and the report of a drill."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from operator import itemgetter
from typing import Any, Final

from nianjian.engines.kernel.states import State
from nianjian.engines.paper.official import format_code
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts import inspection, inspection_day
from nianjian.engines.paper.texts.claims import BLANK
from nianjian.engines.paper.texts.inspection_day import clock_text, duration_text
from nianjian.engines.paper.texts.platform import STATES
from nianjian.engines.paper.texts.test_calls import REASONS
from nianjian.engines.paper.typeset import render_qr_code, typeset
from nianjian.engines.paper.words import CHINESE, Words, pair_text

SOURCE: Final = "dossier_item.typ"
STYLE: Final = (
    ":root{color-scheme:light dark}body{font:15px/1.55 system-ui,'Noto Sans CJK SC',sans-serif;max-width:64rem;"
    "margin:1.5rem auto;padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:1.6rem}table{border-collapse:"
    "collapse;width:100%}th,td{border:1px solid silver;padding:.3rem .5rem;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dd{margin:0}"
    "dt,footer{color:gray}.wide{overflow-x:auto}@media print{body{max-width:none}}"
)
DASH: Final = "–"
Json = Mapping[str, Any]
Column = tuple[str, int, Callable[[Json], str]]
"""Heading, how wide the column is on paper, and what a record has in it."""


def paper_table(title: str, records: Iterable[Json], columns: Sequence[Column]) -> dict[str, Any]:
    """A table of ``records``, one row each."""
    header, shares, cells = zip(*columns, strict=True)
    rows = [tuple(cell(record) for cell in cells) for record in records]
    return {
        "title": title, "header": header, "rows": rows, "total": [], "shares": shares, "right": [False] * len(header)
    }  # fmt: skip


def paper_content(
    title: str,
    facts: Sequence[tuple[str, str]],
    tables: Sequence[Mapping[str, Any]],
    code: str,
    _: Words,
    foot: str = "",
) -> dict[str, Any]:
    """What `paper_pdf` and `paper_html` print. ``code``: where it comes from, in a QR code and not in the text.

    A dash says nothing on paper: a cell that has one says that there is no record.
    """
    words = {"of": _("Page {page} of {pages}"), "none": _("none"), "summary": _("Summary")}
    blank = _("not recorded")
    return {
        "title": title, "wide": False, "facts": facts, "sections": [],
        "tables": [
            {**table, "rows": [tuple(blank if cell == DASH else cell for cell in row) for row in table["rows"]]}
            for table in tables
        ],
        "signs": [], "foot": foot, "words": words, "code": code,
    }  # fmt: skip


def paper_pdf(content: Mapping[str, Any]) -> bytes:
    """A4; the same content gives the same bytes. ``drawing_failed``."""
    return typeset(SOURCE, content, {"code": render_qr_code(content["code"], "svg").decode()}, "pdf", tagged=False)


def paper_html(content: Mapping[str, Any], language: str, ways: Sequence[tuple[str, str]] = ()) -> bytes:
    """A file that opens without a network; ``ways``: (file beside it, its title). The same content, the same bytes."""
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in content["facts"])
    links = " · ".join(f'<a href="{escape(file)}">{escape(title)}</a>' for file, title in ways)
    tables = "".join(_html_table(one, content["words"]["none"]) for one in content["tables"])
    title, tag = escape(content["title"]), "zh-CN" if language == CHINESE else "en"
    return (
        f'<!doctype html>\n<html lang="{tag}"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width,initial-scale=1"><meta name="source" content="'
        f'{escape(content["code"])}"><title>{title}</title><style>{STYLE}</style></head><body>\n'
        f"<h1>{title}</h1>\n{f'<p>{links}</p>' if links else ''}\n<dl>{facts}</dl>\n{tables}"
        f"<footer><p>{escape(content['foot'])}</p></footer></body></html>\n"
    ).encode()


def _html_table(one: Mapping[str, Any], none: str) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in one["header"])
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in row)}</tr>\n" for row in one["rows"])
    inside = (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table></div>'
        if one["rows"]
        else f"<p>{escape(none)}</p>"
    )
    return f"<h2>{escape(one['title'])}</h2>\n{inside}\n"


def day_sheet(sheet: Json, _: Words) -> dict[str, Any]:
    """``sheet``: what `build_sheet` gives."""
    facts = [
        _enterprise(sheet, _),
        *inspection_day.notice_lines(sheet, _, BLANK),
        (_("State of the inspection day"), _(STATES[sheet["state"]])),
        _counts(sheet, _),
        (_("Evidence checked"), clock_text(sheet["looked_at"])),
    ]
    visit = sheet["visit"] or {"agenda": [], "posts": []}
    agenda: Sequence[Column] = (
        (_("time"), 2, itemgetter("at")),
        (_("agenda item"), 8, itemgetter("what")),
        (_("responsible"), 4, lambda one: actor_text(one["who"], _) or BLANK),
    )
    posts: Sequence[Column] = (
        (_("post"), 4, itemgetter("place")),
        (_("responsible"), 4, lambda one: actor_text(one["who"], _)),
        (_("task"), 6, lambda one: one["task"] or BLANK),
    )
    headings = (_("requirement"), _("evidence"), _("state"), _("why"), _("as at"))
    tables = [
        paper_table(_("Agenda"), visit["agenda"], agenda),
        paper_table(_("Positions"), visit["posts"], posts),
        _table_of_rows(_("What is checked, and the evidence"), headings, evidence_rows(sheet, _), (6, 6, 4, 7, 3)),
    ]
    if drill := sheet["drill"]:
        columns = _step_columns(_, (5, 3, 5, 2, 2, 3))
        tables.append(paper_table(f"{_('Newest drill')} {drill['drill']}", drill["steps"], columns))
    return paper_content(_("Inspection day"), facts, tables, _code(sheet), _)


def _table_of_rows(
    title: str, header: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[int]
) -> dict[str, Any]:
    """A table whose rows are worded already."""
    cells = [itemgetter(place) for place in range(len(header))]
    return paper_table(title, rows, tuple(zip(header, shares, cells, strict=True)))  # type: ignore[arg-type]


def _enterprise(document: Json, _: Words) -> tuple[str, str]:
    return _("Enterprise"), document["name"]


def _person(actor: str | None, _: Words) -> str:
    return actor_text(actor, _) or DASH


def _counts(document: Json, _: Words) -> tuple[str, str]:
    counts = document["counts"]
    text = " / ".join(str(counts[state]) for state in (State.PASSED, State.FAILED, State.NOT_PROVED, State.IN_PROGRESS))
    return _("Passed, not passed, not proved, in progress"), text


def evidence_rows(sheet: Json, _: Words) -> list[tuple[str, ...]]:
    """(row of the guide by name, evidence, state, why, as at); one behind which nothing stands is listed, too."""
    rows: list[tuple[str, ...]] = []
    for row in sheet["rows"]:
        title = inspection_day.row_name(row["rule"], _)
        for place, one in enumerate(row["evidence"]):
            state, why = _(STATES[one["state"]]), inspection_day.evidence_reason(one["why"], _)
            name = inspection_day.evidence_name(one["check"], _)
            rows.append(("" if place else title, name, state, why, one["day"] or "–"))
        if not row["evidence"]:
            rows.append((title, "–", _(STATES[row["state"]]), _("not checked yet"), "–"))
    return rows


def _step_columns(_: Words, shares: Sequence[int]) -> list[Column]:
    cells: Sequence[tuple[str, Callable[[Json], str]]] = (
        (_("step"), lambda one: _(inspection_day.STEPS[one["step"]])),
        (_("state"), lambda one: _(STATES[one["state"]])),
        (_("at"), lambda one: clock_text(one["at"])),
        (_("taken"), lambda one: duration_text(one["taken_s"])),
        (_("time allowed"), lambda one: duration_text(one["limit_s"])),
        (_("who"), lambda one: _person(one["by"], _)),
    )
    return [(heading, share, cell) for (heading, cell), share in zip(cells, shares, strict=True)]


def answer_cards_paper(cards: Json, day: Json, _: Words) -> dict[str, Any]:
    """``cards``: the answer cards as they were last looked at."""
    columns: Sequence[Column] = (
        (_("question"), 4, lambda one: _(inspection.CARDS[one["card"]])),
        (_("state"), 3, lambda one: _(inspection.CARD_STATES[one["state"]])),
        (_("answer"), 7, lambda one: inspection.format_answer(one, cards["at"][:10], _)),
        (_("figures"), 5, lambda one: _figures(one, _)),
        (_("as at"), 3, lambda one: f"{one['from']} – {cards['as_of']}" if one["from"] else cards["as_of"]),
    )
    facts = [
        _enterprise(day, _),
        (_("Permitted answers"), f"{cards['released']} / {cards['all']}"),
        (_("Evidence checked"), clock_text(cards["at"])),
    ]
    table = paper_table(_("Answer cards"), cards["cards"], columns)
    return paper_content(_("Answer cards"), facts, [table], _code(cards), _)


def _figures(card: Json, _: Words) -> str:
    pairs = inspection.answer_figures(card, _)
    return _("; ").join(_("{name}: {value}").format(name=name, value=value) for name, value in pairs)


def logs_paper(logs: Json, day: Json, _: Words) -> dict[str, Any]:
    """``logs``: how far logs reach back, as it was last looked at."""
    columns: Sequence[Column] = (
        (_("log"), 5, lambda one: _(inspection.LOGS[one["log"]])),
        (_("state"), 3, lambda one: _(inspection.LOG_STATES[one["state"]])),
        (_("must reach back to"), 3, itemgetter("must_reach")),
        (_("oldest record"), 3, lambda one: one["oldest"] or "–"),
        (_("without a gap since"), 3, lambda one: one["unbroken_since"] or "–"),
        (_("missing days"), 2, lambda one: str(one["missing_days"]) if one["oldest"] else "–"),
        (_("why"), 6, lambda one: _log_reason(one, _)),
    )
    facts = [_enterprise(day, _), (_("As at"), logs["until"])]
    title = _(inspection.PARTS["retention"])
    tables = [paper_table(title, logs["logs"], columns)]
    sample = logs.get("sample")  # an older look has none
    if sample is not None:
        facts += inspection.sample_facts(sample, _)
        if lost := inspection.sample_rows(sample, _):
            heads, shares = inspection.sample_headings(_), (4, 4, 6, 5, 3, 3)
            tables.append(_table_of_rows(_("Sampled calls without their recording"), heads, lost, shares))
    return paper_content(title, facts, tables, _code(logs), _)


def _log_reason(log: Json, _: Words) -> str:
    """Why a log stands as it does, and the days without a record that are not counted as missing."""
    excused = (pair_text(_(inspection.EXCUSES[name]), count, _) for name, count in (log.get("excused") or {}).items())
    return _("; ").join((_(inspection.LOG_WHYS[log["why"]]), *excused))


def _code(document: Json) -> str:
    return format_code(rules=document["rulebook"]["version"], sha256=document["rulebook"]["sha256"][:12])


def drill_pdf(report: Json, _: Words) -> bytes:
    """A4; the same report gives the same bytes. ``report``: what `build_report` gives. ``drawing_failed``."""
    facts = [
        _enterprise(report, _),
        (_("Ticket of the drill"), report["drill"]),
        (_("Begun"), f"{clock_text(report['begun_at'])} · {_person(report['begun_by'], _)}"),
        (_("Status as at"), clock_text(report["at"])),
        (_("Outcome of the drill"), _(STATES[report["state"]])),
        (_("Readiness when the drill began"), _(STATES[report["readiness"]])),
        _counts(report, _),
    ]
    foot = _("The ticket of a drill counts in no figure.")
    why: Column = (_("why"), 4, lambda one: inspection_day.drill_reason(one["why"], _))
    tables = [
        paper_table(_("Steps"), report["steps"], [*_step_columns(_, (4, 3, 4, 2, 2, 3)), why]),
        _timeline(report, _),
        _tests(report, _),
        _checks(report, _),
        _table_of_rows(
            _("What to fix"), (_("to fix"), _("why"), _("quickest fix")),
            inspection_day.list_remedies(report, _), (4, 5, 6),
        ),
    ]  # fmt: skip
    return paper_pdf(paper_content(_("Report of the drill"), facts, tables, _code(report), _, foot))


def _timeline(report: Json, _: Words) -> dict[str, Any]:
    def role(one: Json) -> str:
        return _(inspection_day.ROLES[one["role"]]) + (f" · {one['player']}" if one["player"] else "")

    columns: Sequence[Column] = (
        (_("planned"), 2, lambda one: duration_text(one["due_s"])),
        (_("step or inject"), 6, lambda one: inspection_day.timeline_line(one["what"], _)),
        (_("role"), 4, role),
        (_("state"), 3, lambda one: _(inspection_day.LINES[one["state"]])),
        (_("taken"), 2, lambda one: duration_text(one["taken_s"])),
        (_("who"), 3, lambda one: _person(one["by"], _)),
        (_("handled at"), 4, lambda one: one["ended_at"] or "–"),
    )
    return paper_table(_("Timeline: plan and actual"), report["timeline"], columns)


def _tests(report: Json, _: Words) -> dict[str, Any]:
    def seconds(one: Json) -> str:
        return DASH if one["answer_ms"] is None else f"{one['answer_ms'] / 1000:.3f}"

    columns: Sequence[Column] = (
        (_("number"), 3, itemgetter("number")),
        (_("route"), 3, lambda one: one["route"] or "–"),
        (_("verdict"), 3, lambda one: _(STATES[one["verdict"]])),
        (_("answered after (seconds)"), 3, seconds),
        (_("why"), 6, lambda one: _(REASONS[one["reason"]]) if one["reason"] in REASONS else "–"),
    )
    return paper_table(_("Test calls"), report["tests"], columns)


def _checks(report: Json, _: Words) -> dict[str, Any]:
    columns: Sequence[Column] = (
        (_("part"), 2, lambda one: _(inspection.PEOPLE_NUMBERS_SYSTEM[one["part"]])),
        (_("requirement"), 5, lambda one: inspection_day.row_name(one["rule"], _)),
        (_("check"), 5, lambda one: inspection_day.drill_name(one["check"], _)),
        (_("state"), 4, lambda one: _(STATES[one["state"]])),
        (_("why"), 5, lambda one: inspection_day.drill_reason(one["why"], _)),
        (_("as at"), 3, lambda one: one["day"] or "–"),
    )
    return paper_table(_("Readiness when the drill began"), report["checks"], columns)
