"""The report of a drill as PDF: steps with times, what passed, failed or is not proved, what to mend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nianjian.engines.paper.inspection.papers import paper, table
from nianjian.engines.paper.inspection.papers import pdf as printed
from nianjian.engines.paper.texts.inspection import checks as words_of
from nianjian.engines.paper.texts.inspection import drill as texts
from nianjian.engines.paper.texts.inspection.words import REASONS, VERDICTS
from nianjian.engines.paper.words import Words


def pdf(told: Mapping[str, Any], _: Words) -> bytes:
    """A4; the same report gives the same bytes. ``told``: what the flow's `report` gives. ``drawing_failed``."""
    counts = told["counts"]
    facts = [
        (_("Enterprise"), f"{told['name']} ({told['enterprise']})"),
        (_("Ticket of the drill"), told["drill"]),
        (_("Begun"), f"{texts.wall(told['begun_at'])} · {told['begun_by']}"),
        (_("Told as at"), texts.wall(told["at"])),
        (_("Outcome of the drill"), _(texts.STATES[told["state"]])),
        (_("Passed, not passed, not proved"), f"{counts['passed']} / {counts['failed']} / {counts['unknown']}"),
    ]
    foot = _("Rulebook {version} ({sha256}); the ticket of a drill counts in no figure").format(
        version=told["rulebook"]["version"], sha256=told["rulebook"]["sha256"][:12]
    )
    tables = [_steps(told, _), _timeline(told, _), _tests(told, _), _checks(told, _), _mends(told, _)]
    return printed(paper(_("Report of the drill"), facts, tables, foot, _))


def _steps(told: Mapping[str, Any], _: Words) -> dict[str, Any]:
    rows = [
        (
            _(texts.STEPS[one["step"]]),
            _(words_of.STATES[one["state"]]),
            texts.wall(one["at"]),
            texts.span(one["taken_s"]),
            texts.span(one["limit_s"]),
            one["by"] or "–",
            texts.why(one["why"], _),
        )
        for one in told["steps"]
    ]
    header = (_("step"), _("state"), _("at"), _("taken"), _("time allowed"), _("who"), _("why"))
    return table(_("Steps"), header, rows, (4, 3, 4, 2, 2, 3, 4))


def _timeline(told: Mapping[str, Any], _: Words) -> dict[str, Any]:
    rows = [
        (
            texts.span(one["due_s"]),
            texts.line(one["what"], _),
            _(texts.ROLES[one["role"]]) + (f" · {one['player']}" if one["player"] else ""),
            _(texts.LINES[one["state"]]),
            texts.span(one["taken_s"]),
            one["by"] or "–",
            one["ended_at"] or "–",
        )
        for one in told["timeline"]
    ]
    header = (_("planned"), _("step or inject"), _("role"), _("state"), _("taken"), _("who"), _("handled at"))
    return table(_("Timeline: plan and course"), header, rows, (2, 6, 4, 3, 2, 3, 4))


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
    return table(_("Test calls"), header, rows, (3, 3, 3, 3, 6))


def _checks(told: Mapping[str, Any], _: Words) -> dict[str, Any]:
    rows = [
        (
            _(words_of.PEOPLE_NUMBERS_SYSTEM[one["part"]]),
            one["rule"],
            texts.name(one["check"], _),
            _(words_of.STATES[one["state"]]),
            texts.why(one["why"], _),
            one["day"] or "–",
        )
        for one in told["checks"]
    ]
    header = (_("part"), _("rule"), _("check"), _("state"), _("why"), _("as at"))
    return table(_("Readiness when the drill began"), header, rows, (2, 2, 5, 4, 5, 3))


def _mends(told: Mapping[str, Any], _: Words) -> dict[str, Any]:
    header = (_("to be mended"), _("why"), _("the shortest way"))
    return table(_("What to mend"), header, texts.mends(told, _), (4, 5, 6))
