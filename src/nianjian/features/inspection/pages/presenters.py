"""A part of the on-site check as its page shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.translation import gettext

from nianjian.engines.paper.figures import count
from nianjian.engines.paper.texts.inspection import answers as cards
from nianjian.engines.paper.texts.inspection import checks as texts
from nianjian.engines.paper.texts.inspection import recordings
from nianjian.engines.paper.words import Words
from nianjian.features.inspection.operations.checks.grounds import Json
from nianjian.features.inspection.pages import suspects
from nianjian.platform.web.tables import Cell, Column, Table

LOGS: Final = {"ok": "good", "gap": "bad", "too_short": "bad", "unknown": "warn"}
VERDICTS: Final = {"found": "bad", "not_found": "good", "unknown": "warn"}
RECORDINGS: Final = {"missing": "bad", "empty": "bad", "too_short": "bad"}
CARDS: Final = {"released": "good", "refused": "bad", "unknown": "warn"}
STRETCHES: Final = 3  # holes that are named in a cell; their number tells of the others


def retention(told: Json, _: Words) -> Json:
    """Each kind of log, how far it reaches, and its holes."""
    heads = (
        gettext("log"), gettext("state"), gettext("must reach"), gettext("oldest record"),
        gettext("without a hole since"), gettext("missing days"), gettext("why"),
    )  # fmt: skip
    rows = [
        [
            Cell(_(texts.LOGS[one["log"]])),
            Cell(_(texts.LOG_STATES[one["state"]]), badge=LOGS[one["state"]]),
            Cell(one["must_reach"], day=True),
            Cell(one["oldest"] or "–", day=True),
            Cell(one["unbroken_since"] or "–", day=True),
            Cell(_gaps(one)),
            Cell("; ".join([_(texts.LOG_WHYS[one["why"]]), *_excused(one, _)])),
        ]
        for one in told["logs"]
    ]
    table = Table(_(texts.PARTS["retention"]), [Column(head) for head in heads], rows, wrap=True, cards=True)
    sample = told.get("sample")  # an older look has none
    return {"tables": [table]} if sample is None else _sampled(table, sample, _)


def _sampled(logs: Table, sample: Json, _: Words) -> Json:
    """The logs, what was found of the sampled recordings, and the calls without theirs."""
    heads = [Column(head, figure=place > 3) for place, head in enumerate(recordings.heads(_))]  # noqa: PLR2004 -- lengths
    rows = [
        [
            Cell(text, figure=place > 3, badge=RECORDINGS.get(one["verdict"], "warn") if place == 3 else "")  # noqa: PLR2004 -- as above
            for place, text in enumerate(row)
        ]
        for one, row in zip(sample["failing"], recordings.rows(sample, _), strict=True)
    ]
    calls = (
        [Table(gettext("Sampled calls without their recording"), heads, rows, wrap=True, cards=True)] if rows else []
    )
    return {"tables": [logs, *calls], "pairs": recordings.facts(sample, _)}


def _gaps(one: Json) -> str:
    named = [
        gap["from"] if gap["from"] == gap["to"] else f"{gap['from']} – {gap['to']}" for gap in one["gaps"][:STRETCHES]
    ]
    more = ["…"] if len(one["gaps"]) > STRETCHES else []
    return f"{one['missing_days']}: {', '.join([*named, *more])}" if named else "0"


def _excused(one: Json, _: Words) -> list[str]:
    return [f"{_(texts.EXCUSES[name])}: {count}" for name, count in one["excused"].items()]


def dialling(told: Json, _: Words) -> Json:
    """Each team's verdict with its figures, robots, and the calls that show it."""
    heads = (
        gettext("team"), gettext("verdict"), gettext("calls"), gettext("answered"), gettext("without an agent"),
        gettext("dialled over"), gettext("hours in which it shows"), gettext("why"),
    )  # fmt: skip
    rows = [
        [
            Cell(one["team"] or gettext("without a team")),
            Cell(_(texts.VERDICTS[one["verdict"]]), badge=VERDICTS[one["verdict"]]),
            *(Cell(count(one[name]), figure=True) for name in ("calls", "answered", "alone", "over", "showing")),
            Cell(_(texts.DIALLING_WHYS[one["why"]])),
        ]
        for one in told["teams"]
    ]
    columns = [Column(head, figure=2 <= place <= 6) for place, head in enumerate(heads)]  # noqa: PLR2004 -- the counts
    tables = [Table(gettext("Teams"), columns, rows, wrap=True, cards=True)]
    calls = [[team["team"] or "–", one] for team in told["teams"] for one in team["rows"]]
    if calls:
        tables.append(_calls(calls))
    ai, put = told["ai"], told["ai"]["transfers"]
    seen = ai.get("suggested")  # an older look did not ask
    if seen is not None and seen["groups"]:
        tables += suspects.tables(seen, _)
    seconds = "–" if put["middle_ms"] is None else f"{put['middle_ms'] / 1000:.3f} / {put['longest_ms'] / 1000:.3f}"
    pairs = [
        (gettext("Days that were looked at"), f"{told['from']} – {told['to']}"),
        (gettext("Predictive dialling"), _(texts.VERDICTS[told["verdict"]])),
        (gettext("AI outbound"), _(texts.VERDICTS[ai["verdict"]])),
        (gettext("Robot seats open, filed"), f"{ai['seats']['open']} / {ai['seats']['filed']}"),
        (gettext("Calls of robots, answered"), f"{count(ai['calls'])} / {count(ai['answered'])}"),
        (gettext("Transfers asked for, at once"), f"{count(put['asked'])} / {count(put['in_time'])}"),
        (gettext("“At once”: at most (seconds)"), str(ai["limit_s"])),
        (gettext("Middle and longest wait for a human (seconds)"), seconds),
    ]
    if seen is not None:
        text = f"{_(texts.SUGGESTED[seen['verdict']])} ({count(seen['calls'])})"
        pairs.insert(3, (gettext("Robots that nobody registered"), text))
    return {"pairs": pairs, "tables": tables}


def _calls(calls: list[list[Json]]) -> Table:
    heads = (
        gettext("team"), gettext("at"), gettext("called"), gettext("ringing"), gettext("agents free"),
        gettext("answered"), gettext("with an agent"),
    )  # fmt: skip
    yes = {True: gettext("yes"), False: gettext("no")}
    rows = [
        [
            Cell(team), Cell(one["at"]), Cell(one["callee"] or "–"), Cell(one["ringing"], figure=True),
            Cell(one["free"], figure=True), Cell(yes[one["answered"]]), Cell(yes[one["agent"]]),
        ]
        for team, one in calls
    ]  # fmt: skip
    columns = [Column(head, figure=place in {3, 4}) for place, head in enumerate(heads)]
    return Table(gettext("Calls that show it, from each team's clearest hour"), columns, rows, wrap=True, cards=True)


def answers(told: Json, _: Words) -> Json:
    """Each card: question, what may be said, its figures, what is lacking and the way there."""
    found = [
        {
            "card": one["card"],
            "question": _(cards.CARDS[one["card"]]),
            "state": _(cards.CARD_STATES[one["state"]]),
            "badge": CARDS[one["state"]],
            "said": cards.format_answer(one, _),
            "figures": cards.figures(one, _),
            "lacks": cards.lacks(one, _),
            "steps": cards.steps(one, _),
            "since": one.get("from"),
        }
        for one in told["cards"]
    ]
    return {"cards": found}


SHOWN: Final[Mapping[str, Callable[[Json, Words], Json]]] = {
    "answers": answers,
    "dialling": dialling,
    "retention": retention,
}
