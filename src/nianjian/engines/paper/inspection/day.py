"""The papers of the inspection day: the sheet itself, the answer cards, how far logs reach back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nianjian.engines.paper.inspection.papers import paper, table
from nianjian.engines.paper.texts.inspection import answers as cards
from nianjian.engines.paper.texts.inspection import checks, recordings
from nianjian.engines.paper.texts.inspection import day as texts
from nianjian.engines.paper.texts.inspection import drill as steps
from nianjian.engines.paper.words import Words

Json = Mapping[str, Any]


def sheet(told: Json, _: Words) -> dict[str, Any]:
    """``told``: what the flow's `sheet` gives."""
    counts = told["counts"]
    facts = [
        (_("Enterprise"), f"{told['name']} ({told['enterprise']})"),
        *texts.notice(told, _),
        (_("State of the inspection day"), _(checks.STATES[told["state"]])),
        (_("Passed, not passed, not proved"), f"{counts['passed']} / {counts['failed']} / {counts['unknown']}"),
        (_("Evidence looked at"), steps.wall(told["looked_at"])),
    ]
    held = told["visit"] or {"agenda": [], "posts": []}
    tables = [
        table(
            _("Agenda"),
            (_("time"), _("agenda item"), _("in charge")),
            [(one["at"], one["what"], one["who"] or "–") for one in held["agenda"]],
            (2, 8, 4),
        ),
        table(
            _("Who stands where"),
            (_("post"), _("in charge"), _("task")),
            [(one["place"], one["who"], one["task"] or "–") for one in held["posts"]],
            (4, 4, 6),
        ),
        table(
            _("What is checked, and the evidence"),
            (_("rule"), _("evidence"), _("state"), _("why"), _("as at")),
            list(evidence(told, _)),
            (6, 6, 4, 7, 3),
        ),
    ]
    if told["drill"]:
        tables.append(_drill(told["drill"], _))
    return paper(_("Inspection day"), facts, tables, _foot(told, _), _)


def evidence(told: Json, _: Words) -> list[tuple[str, ...]]:
    """(row of the guide, evidence, state, why, as at); a row behind which nothing stands is told, too."""
    found: list[tuple[str, ...]] = []
    for row in told["rows"]:
        title = f"{row['rule']} {_(texts.ROWS[row['rule']])}"
        for place, one in enumerate(row["evidence"]):
            state, why = _(checks.STATES[one["state"]]), texts.why(one["why"], _)
            found.append((title if place == 0 else "", texts.name(one["check"], _), state, why, one["day"] or "–"))
        if not row["evidence"]:
            found.append((title, "–", _(checks.STATES[row["state"]]), _("never looked at"), "–"))
    return found


def _drill(held: Json, _: Words) -> dict[str, Any]:
    rows = [
        (
            _(steps.STEPS[one["step"]]),
            _(checks.STATES[one["state"]]),
            steps.wall(one["at"]),
            steps.span(one["taken_s"]),
            steps.span(one["limit_s"]),
            one["by"] or "–",
        )
        for one in held["steps"]
    ]
    header = (_("step"), _("state"), _("at"), _("taken"), _("time allowed"), _("who"))
    return table(f"{_('Newest drill')} {held['drill']}", header, rows, (5, 3, 5, 2, 2, 3))


def answers(told: Json, day: Json, _: Words) -> dict[str, Any]:
    """``told``: the answer cards as they were last looked at."""
    rows = [
        (
            _(cards.CARDS[one["card"]]),
            _(cards.CARD_STATES[one["state"]]),
            cards.format_answer(one, _),
            "; ".join(f"{name}: {count}" for name, count in cards.figures(one, _)),
            f"{one['from']} – {told['as_of']}" if one["from"] else told["as_of"],
        )
        for one in told["cards"]
    ]
    header = (_("question"), _("state"), _("answer"), _("figures"), _("as at"))
    facts = [
        (_("Enterprise"), f"{day['name']} ({day['enterprise']})"),
        (_("Answers that may be given"), f"{told['released']} / {told['all']}"),
        (_("Evidence looked at"), steps.wall(told["at"])),
    ]
    return paper(_("Answer cards"), facts, [table(_("Answer cards"), header, rows, (4, 3, 7, 5, 3))], _foot(told, _), _)


def logs(told: Json, day: Json, _: Words) -> dict[str, Any]:
    """``told``: how far logs reach back, as it was last looked at."""
    rows = [
        (
            _(checks.LOGS[one["log"]]),
            _(checks.LOG_STATES[one["state"]]),
            one["must_reach"],
            one["oldest"] or "–",
            one["unbroken_since"] or "–",
            str(one["missing_days"]),
            _(checks.LOG_WHYS[one["why"]]),
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
    title = _(checks.PARTS["retention"])
    tables = [table(title, header, rows, (5, 3, 3, 3, 3, 2, 6))]
    sample = told.get("sample")  # an older look has none
    if sample is not None:
        facts += recordings.facts(sample, _)
        lost = recordings.rows(sample, _)
        if lost:
            heads = recordings.heads(_)
            tables.append(table(_("Sampled calls without their recording"), heads, lost, (4, 4, 6, 5, 3, 3)))
    return paper(title, facts, tables, _foot(told, _), _)


def _foot(told: Json, _: Words) -> str:
    return _("Rulebook {version} ({sha256})").format(
        version=told["rulebook"]["version"], sha256=told["rulebook"]["sha256"][:12]
    )
