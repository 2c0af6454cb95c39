"""What changed since a portrait was computed: call records, registers, complaints, papers, rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Final

from nianjian.features.portrait.portraits import Run
from nianjian.platform.audit import query as audit
from nianjian.platform.rulebook.rulebooks import rulebook

RULES: Final = "rules"
TICKETS: Final = "complaints"
# Act -> what it changes of that which a portrait is made of; acts that change no figure are not among them.
CHANGES: Final[Mapping[str, str]] = {
    "calls.import": "calls",
    "calls.undo": "calls",
    "retention.erase": "calls",
    "complaints.add": TICKETS,
    "complaints.import": TICKETS,
    "complaints.match": TICKETS,
    "complaints.match.decide": TICKETS,
    "complaints.close": TICKETS,
    "complaints.reopen": TICKETS,
    "complaints.exclude": TICKETS,
    "complaints.readmit": TICKETS,
    "portrait.attach": "papers",
    "rectify.watch": "watch",
    "rectify.unwatch": "watch",
}
ROWS: Final = ("registers.import", "registers.create", "registers.change", "registers.end")
KINDS: Final[Mapping[str, str]] = {  # register -> what an act on its rows changes; the portrait reads no other one
    **dict.fromkeys(("numbers", "lines", "teams", "seats"), "registers"),
    "complaints": TICKETS,
}
DRILL: Final = '"drill":true'  # in the entry of a ticket that is none


def since(enterprise: str, run: Run) -> dict[str, int]:
    """What -> how many acts have changed it since the run; `RULES` 1 where another rulebook would decide now."""
    found: Counter[str] = Counter()
    marks = {f'"kind":"{kind}"': what for kind, what in KINDS.items()}
    acts = audit.count_acts(enterprise=enterprise, after=run.moment, verbs=(*CHANGES, *ROWS), marks=(*marks, DRILL))
    for (verb, mark), count in acts.items():
        what = marks.get(mark, "") if verb in ROWS else CHANGES[verb]
        if what and mark != DRILL:
            found[what] += count
    book = rulebook(day=date.fromisoformat(run.as_of), province=run.province, enterprise=enterprise)
    if book.sha256 != run.rulebook["sha256"]:
        found[RULES] = 1
    return dict(found)
