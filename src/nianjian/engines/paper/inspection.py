"""Papers of the on-site check: the day's sheet, answer cards, reach of logs, and the report of a drill."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from nianjian.engines.paper.texts import inspection, inspection_day
from nianjian.engines.paper.texts.test_calls import REASONS, VERDICTS
from nianjian.engines.paper.typeset import typeset
from nianjian.engines.paper.words import CHINESE, Words

SOURCE: Final = "dossier_item.typ"
STYLE: Final = (
    ":root{color-scheme:light dark}body{font:15px/1.55 system-ui,'Noto Sans CJK SC',sans-serif;max-width:64rem;"
    "margin:1.5rem auto;padding:0 1rem}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:1.6rem}table{border-collapse:"
    "collapse;width:100%}th,td{border:1px solid silver;padding:.3rem .5rem;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dd{margin:0}"
    "dt,footer{color:gray}.wide{overflow-x:auto}@media print{body{max-width:none}}"
)
Row = Sequence[str]


def paper_table(title: str, header: Row, rows: Sequence[Row], shares: Sequence[int]) -> dict[str, Any]:
    """``shares``: how wide the columns are on paper."""
    return {
        "title": title, "header": header, "rows": rows, "total": [], "shares": shares, "right": [False] * len(header)
    }  # fmt: skip


def paper_content(
    title: str, facts: Sequence[tuple[str, str]], tables: Sequence[Mapping[str, Any]], foot: str, _: Words
) -> dict[str, Any]:
    """What `pdf` and `html` print."""
    words = {"of": _("Page {page} of {pages}"), "none": _("none"), "summary": _("Summary")}
    return {
        "title": title, "wide": False, "facts": facts, "sections": [], "tables": tables, "signs": [], "foot": foot,
        "words": words,
    }  # fmt: skip


def paper_pdf(content: Mapping[str, Any]) -> bytes:
    """A4; the same content gives the same bytes. ``drawing_failed``."""
    return typeset(SOURCE, content, {}, "pdf", tagged=False)


def paper_html(content: Mapping[str, Any], language: str, ways: Sequence[tuple[str, str]] = ()) -> bytes:
    """A file that opens without a network; ``ways``: (file beside it, its title). The same content, the same bytes."""
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>" for name, value in content["facts"])
    links = " · ".join(f'<a href="{escape(file)}">{escape(title)}</a>' for file, title in ways)
    tables = "".join(_html_table(one, content["words"]["none"]) for one in content["tables"])
    title, tag = escape(content["title"]), "zh-CN" if language == CHINESE else "en"
    return (
        f'<!doctype html>\n<html lang="{tag}"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width,initial-scale=1"><title>{title}</title><style>{STYLE}</style></head><body>\n'
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


Json = Mapping[str, Any]


def day_sheet(told: Json, _: Words) -> dict[str, Any]:
    """``told``: what the flow's `sheet` gives."""
    counts = told["counts"]
    facts = [
        (_("Enterprise"), f"{told['name']} ({told['enterprise']})"),
        *inspection_day.notice_lines(told, _),
        (_("State of the inspection day"), _(inspection.STATES[told["state"]])),
        (_("Passed, not passed, not proved"), f"{counts['passed']} / {counts['failed']} / {counts['unknown']}"),
        (_("Evidence looked at"), inspection_day.clock_text(told["looked_at"])),
    ]
    held = told["visit"] or {"agenda": [], "posts": []}
    tables = [
        paper_table(
            _("Agenda"),
            (_("time"), _("agenda item"), _("in charge")),
            [(one["at"], one["what"], one["who"] or "–") for one in held["agenda"]],
            (2, 8, 4),
        ),
        paper_table(
            _("Who stands where"),
            (_("post"), _("in charge"), _("task")),
            [(one["place"], one["who"], one["task"] or "–") for one in held["posts"]],
            (4, 4, 6),
        ),
        paper_table(
            _("What is checked, and the evidence"),
            (_("rule"), _("evidence"), _("state"), _("why"), _("as at")),
            list(evidence_rows(told, _)),
            (6, 6, 4, 7, 3),
        ),
    ]
    if told["drill"]:
        tables.append(_drill_table(told["drill"], _))
    return paper_content(_("Inspection day"), facts, tables, _foot(told, _), _)


def evidence_rows(told: Json, _: Words) -> list[tuple[str, ...]]:
    """(row of the guide, evidence, state, why, as at); a row behind which nothing stands is told, too."""
    found: list[tuple[str, ...]] = []
    for row in told["rows"]:
        title = f"{row['rule']} {_(inspection_day.ROWS[row['rule']])}"
        for place, one in enumerate(row["evidence"]):
            state, why = _(inspection.STATES[one["state"]]), inspection_day.evidence_reason(one["why"], _)
            found.append(
                (
                    title if place == 0 else "",
                    inspection_day.evidence_name(one["check"], _),
                    state,
                    why,
                    one["day"] or "–",
                )
            )
        if not row["evidence"]:
            found.append((title, "–", _(inspection.STATES[row["state"]]), _("never looked at"), "–"))
    return found


def _drill_table(held: Json, _: Words) -> dict[str, Any]:
    rows = [
        (
            _(inspection_day.STEPS[one["step"]]),
            _(inspection.STATES[one["state"]]),
            inspection_day.clock_text(one["at"]),
            inspection_day.duration_text(one["taken_s"]),
            inspection_day.duration_text(one["limit_s"]),
            one["by"] or "–",
        )
        for one in held["steps"]
    ]
    header = (_("step"), _("state"), _("at"), _("taken"), _("time allowed"), _("who"))
    return paper_table(f"{_('Newest drill')} {held['drill']}", header, rows, (5, 3, 5, 2, 2, 3))


def answer_cards_paper(told: Json, day: Json, _: Words) -> dict[str, Any]:
    """``told``: the answer cards as they were last looked at."""
    rows = [
        (
            _(inspection.CARDS[one["card"]]),
            _(inspection.CARD_STATES[one["state"]]),
            inspection.format_answer(one, _),
            "; ".join(f"{name}: {count}" for name, count in inspection.answer_figures(one, _)),
            f"{one['from']} – {told['as_of']}" if one["from"] else told["as_of"],
        )
        for one in told["cards"]
    ]
    header = (_("question"), _("state"), _("answer"), _("figures"), _("as at"))
    facts = [
        (_("Enterprise"), f"{day['name']} ({day['enterprise']})"),
        (_("Answers that may be given"), f"{told['released']} / {told['all']}"),
        (_("Evidence looked at"), inspection_day.clock_text(told["at"])),
    ]
    return paper_content(
        _("Answer cards"), facts, [paper_table(_("Answer cards"), header, rows, (4, 3, 7, 5, 3))], _foot(told, _), _
    )


def logs_paper(told: Json, day: Json, _: Words) -> dict[str, Any]:
    """``told``: how far logs reach back, as it was last looked at."""
    rows = [
        (
            _(inspection.LOGS[one["log"]]),
            _(inspection.LOG_STATES[one["state"]]),
            one["must_reach"],
            one["oldest"] or "–",
            one["unbroken_since"] or "–",
            str(one["missing_days"]),
            _(inspection.LOG_WHYS[one["why"]]),
        )
        for one in told["logs"]
    ]
    header = (
        _("log"), _("state"), _("must reach"), _("oldest record"), _("without a hole since"), _("missing days"),
        _("why"),
    )  # fmt: skip
    facts = [
        (_("Enterprise"), f"{day['name']} ({day['enterprise']})"),
        (_("As at"), told["until"]),
    ]
    title = _(inspection.PARTS["retention"])
    tables = [paper_table(title, header, rows, (5, 3, 3, 3, 3, 2, 6))]
    sample = told.get("sample")  # an older look has none
    if sample is not None:
        facts += inspection.sample_facts(sample, _)
        lost = inspection.sample_rows(sample, _)
        if lost:
            heads = inspection.sample_headings(_)
            tables.append(paper_table(_("Sampled calls without their recording"), heads, lost, (4, 4, 6, 5, 3, 3)))
    return paper_content(title, facts, tables, _foot(told, _), _)


def _foot(told: Json, _: Words) -> str:
    return _("Rulebook {version} ({sha256})").format(
        version=told["rulebook"]["version"], sha256=told["rulebook"]["sha256"][:12]
    )


def drill_pdf(told: Mapping[str, Any], _: Words) -> bytes:
    """A4; the same report gives the same bytes. ``told``: what the flow's `report` gives. ``drawing_failed``."""
    counts = told["counts"]
    facts = [
        (_("Enterprise"), f"{told['name']} ({told['enterprise']})"),
        (_("Ticket of the drill"), told["drill"]),
        (_("Begun"), f"{inspection_day.clock_text(told['begun_at'])} · {told['begun_by']}"),
        (_("Told as at"), inspection_day.clock_text(told["at"])),
        (_("Outcome of the drill"), _(inspection_day.STATES[told["state"]])),
        (_("Passed, not passed, not proved"), f"{counts['passed']} / {counts['failed']} / {counts['unknown']}"),
    ]
    foot = _("Rulebook {version} ({sha256}); the ticket of a drill counts in no figure").format(
        version=told["rulebook"]["version"], sha256=told["rulebook"]["sha256"][:12]
    )
    tables = [_steps(told, _), _timeline(told, _), _tests(told, _), _checks(told, _), _mends(told, _)]
    return paper_pdf(paper_content(_("Report of the drill"), facts, tables, foot, _))


def _steps(told: Mapping[str, Any], _: Words) -> dict[str, Any]:
    rows = [
        (
            _(inspection_day.STEPS[one["step"]]),
            _(inspection.STATES[one["state"]]),
            inspection_day.clock_text(one["at"]),
            inspection_day.duration_text(one["taken_s"]),
            inspection_day.duration_text(one["limit_s"]),
            one["by"] or "–",
            inspection_day.drill_reason(one["why"], _),
        )
        for one in told["steps"]
    ]
    header = (_("step"), _("state"), _("at"), _("taken"), _("time allowed"), _("who"), _("why"))
    return paper_table(_("Steps"), header, rows, (4, 3, 4, 2, 2, 3, 4))


def _timeline(told: Mapping[str, Any], _: Words) -> dict[str, Any]:
    rows = [
        (
            inspection_day.duration_text(one["due_s"]),
            inspection_day.timeline_line(one["what"], _),
            _(inspection_day.ROLES[one["role"]]) + (f" · {one['player']}" if one["player"] else ""),
            _(inspection_day.LINES[one["state"]]),
            inspection_day.duration_text(one["taken_s"]),
            one["by"] or "–",
            one["ended_at"] or "–",
        )
        for one in told["timeline"]
    ]
    header = (_("planned"), _("step or inject"), _("role"), _("state"), _("taken"), _("who"), _("handled at"))
    return paper_table(_("Timeline: plan and course"), header, rows, (2, 6, 4, 3, 2, 3, 4))


def _tests(told: Mapping[str, Any], _: Words) -> dict[str, Any]:
    rows = [
        (
            one["number"],
            one["route"] or "–",
            _(VERDICTS[one["verdict"] or ""]),
            "–" if one["answer_ms"] is None else f"{one['answer_ms'] / 1000:.3f}",
            _(REASONS[one["reason"]]) if one["reason"] in REASONS else "–",
        )
        for one in told["tests"]
    ]
    header = (_("number"), _("way"), _("verdict"), _("answered after (seconds)"), _("why"))
    return paper_table(_("Test calls"), header, rows, (3, 3, 3, 3, 6))


def _checks(told: Mapping[str, Any], _: Words) -> dict[str, Any]:
    rows = [
        (
            _(inspection.PEOPLE_NUMBERS_SYSTEM[one["part"]]),
            one["rule"],
            inspection_day.drill_name(one["check"], _),
            _(inspection.STATES[one["state"]]),
            inspection_day.drill_reason(one["why"], _),
            one["day"] or "–",
        )
        for one in told["checks"]
    ]
    header = (_("part"), _("rule"), _("check"), _("state"), _("why"), _("as at"))
    return paper_table(_("Readiness when the drill began"), header, rows, (2, 2, 5, 4, 5, 3))


def _mends(told: Mapping[str, Any], _: Words) -> dict[str, Any]:
    header = (_("to be mended"), _("why"), _("the shortest way"))
    return paper_table(_("What to mend"), header, inspection_day.list_remedies(told, _), (4, 5, 6))
