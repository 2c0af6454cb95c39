"""What has changed since a portrait was computed: acts on what it is made of."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Final

from nianjian.engines.paper.words import Words, mark
from nianjian.features.portrait.portraits import Run
from nianjian.platform.audit import query as audit
from nianjian.platform.rulebook.rulebooks import rulebook

RULES: Final = "rules"
TICKETS: Final = "complaints"
# Act -> what it changes of that which a portrait is made of; acts that change no figure are not among them.
CHANGES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("calls.import", "calls.undo", "retention.erase"), "calls"),
    **{
        f"complaints.{act}": TICKETS
        for act in ("add", "import", "match", "match.decide", "close", "unclose", "reopen", "exclude", "readmit")
    },
    "portrait.attach": "papers",
    **dict.fromkeys(("portrait.declare", "portrait.withdraw", "portrait.decide_marketing"), "declarations"),
    **dict.fromkeys(("rectify.watch", "rectify.unwatch"), "watch"),
}
ROWS: Final = ("registers.import", "registers.create", "registers.change", "registers.end")
KINDS: Final[Mapping[str, str]] = {  # register -> what an act on its rows changes; the portrait reads no other one
    **dict.fromkeys(("numbers", "lines", "teams", "seats"), "registers"),
    "complaints": TICKETS,
}
DRILL: Final = '"drill":true'  # in the entry of a ticket that is none


def count_changes(enterprise: str, run: Run) -> dict[str, int]:
    """What -> how many acts have changed it since the run; `RULES` 1 where another rulebook would decide now."""
    counts: Counter[str] = Counter()
    marks = {f'"kind":"{name}"': what for name, what in KINDS.items()}
    acts = audit.count_acts(enterprise=enterprise, after=run.moment, verbs=(*CHANGES, *ROWS), marks=(*marks, DRILL))
    for (verb, kind), count in acts.items():
        what = marks.get(kind, "") if verb in ROWS else CHANGES[verb]
        if what and kind != DRILL:
            counts[what] += count
    book = rulebook(day=date.fromisoformat(run.as_of), province=run.province, enterprise=enterprise)
    if book.sha256 != run.rulebook["sha256"]:
        counts[RULES] = 1
    return dict(counts)


CHANGED: Final[Mapping[str, str]] = {
    "calls": mark("call records: imported, undone or erased {n} times"),
    "registers": mark("registers, such as seats and numbers: {n} changes"),
    "complaints": mark("complaints: {n} changes"),
    "papers": mark("documents that explain a light: {n} added"),
    "declarations": mark("metrics declared not applicable, decisions about marketing calls: {n} changes"),
    "watch": mark("watch list: {n} changes"),
    "rules": mark("rules: another version of the rulebook, or another approved value"),
}


def change_text(what: str, count: int, _: Words) -> str:
    """Say what changed since the last run, and by how many acts."""
    return _(CHANGED[what]).format(n=count)
