"""Error codes and their sentences. A code without a sentence here fails a house test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.texts import (
    api,
    chain,
    complaints,
    intake,
    people,
    reconcile,
    rectification,
    registers,
    results,
    rooms,
    work,
)
from nianjian.engines.paper.texts import complaints as tickets
from nianjian.engines.paper.texts import rectification as cases
from nianjian.engines.paper.texts.dossier import checklist as dossier_checklist
from nianjian.engines.paper.texts.dossier import checks as dossier_checks
from nianjian.engines.paper.texts.dossier import editions as dossier_editions
from nianjian.engines.paper.texts.dossier import fill_in as dossier_fill_in
from nianjian.engines.paper.texts.dossier import generated as dossier_generated
from nianjian.engines.paper.texts.dossier import ingest as dossier_ingest
from nianjian.engines.paper.texts.dossier import reading as dossier_reading
from nianjian.engines.paper.texts.dossier import rounds as dossier_rounds
from nianjian.engines.paper.texts.dossier import sealing as dossier_sealing
from nianjian.engines.paper.texts.dossier.words import ITEMS as DOSSIER_ITEMS
from nianjian.engines.paper.texts.gate import counters
from nianjian.engines.paper.texts.gate import errors as gate
from nianjian.engines.paper.texts.inspection import answers, day
from nianjian.engines.paper.texts.inspection import errors as inspection
from nianjian.engines.paper.texts.operation import doctor
from nianjian.engines.paper.texts.operation import errors as operation
from nianjian.engines.paper.texts.plain import plain
from nianjian.engines.paper.texts.portrait import ATTACHMENTS, COMPONENTS, METRICS
from nianjian.engines.paper.texts.season import reminders
from nianjian.engines.paper.texts.season import words as season
from nianjian.engines.paper.words import Words, mark

ERRORS: Final[Mapping[str, str]] = {
    **rooms.TEXTS,
    **intake.TEXTS,
    **registers.TEXTS,
    **work.TEXTS,
    **operation.TEXTS,
    **doctor.TEXTS,
    **people.TEXTS,
    **results.TEXTS,
    **chain.TEXTS,
    **complaints.TEXTS,
    **gate.TEXTS,
    **dossier_ingest.TEXTS,
    **dossier_reading.TEXTS,
    **dossier_editions.TEXTS,
    **dossier_generated.TEXTS,
    **dossier_checks.TEXTS,
    **dossier_checklist.TEXTS,
    **dossier_rounds.TEXTS,
    **dossier_sealing.TEXTS,
    **dossier_fill_in.TEXTS,
    **dossier_sealing.TEXTS,
    **rectification.TEXTS,
    **reconcile.TEXTS,
    **inspection.TEXTS,
    **season.TEXTS,
    **reminders.TEXTS,
    **counters.TEXTS,
    **api.TEXTS,
}


#: States of batches and requests, as they stand inside a sentence.
STATES: Final[Mapping[str, str]] = {
    "active": mark("in force"),
    "undone": mark("undone"),
    "replaced": mark("replaced"),
    "pending": mark("pending"),
    "approved": mark("approved"),
    "refused": mark("refused"),
    **tickets.STATES,
}


#: Codes that stand in sentences as values: what a reader calls them, by the value's name.
NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "state": STATES,
    "kind": {**registers.NAMES, **ATTACHMENTS, **cases.PAPERS, **cases.ORDERS, **dossier_sealing.KINDS},
    "seal": dossier_sealing.SEALS,
    "mark": dossier_sealing.PLACES,
    "paper": DOSSIER_ITEMS,
    "step": cases.STEPS,
    "first": cases.STEPS,
    "dimension": cases.DIMENSIONS,
    "metric": METRICS,
    "expected": METRICS,
    "role": rooms.ROLES,
    "act": {**rooms.ACTS, **tickets.ACTS},
    "reason": {**rooms.FAULTS, **reminders.FAULTS},
    "item": DOSSIER_ITEMS,
    "round_state": dossier_rounds.ROUNDS,
    "change": dossier_rounds.DIFFERS,
    "figure": COMPONENTS,
    "flaw": day.LINE_WHYS,
    "piece": day.PIECES,
    "lack": answers.LACKS,
    "remedy": answers.STEPS,
}


class _Gaps(dict[str, object]):
    """Values for a sentence: one that was not given shows as its name instead of breaking the message."""

    def __missing__(self, key: str) -> str:
        return f"‹{key}›"


def sentence(code: str, values: Mapping[str, object], _: Words) -> str:
    """Put an error or reason code into words; an unknown code speaks for itself."""
    values = {name: plain(value) if isinstance(value, str) else value for name, value in values.items()}
    text = ERRORS.get(code)
    if text is None:
        inside = ", ".join(f"{name}={value}" for name, value in values.items())
        return f"{code} ({inside})" if inside else code
    said = {value: translate_value(value, one, _) for value, one in values.items()}
    for many, value in (("kinds", "kind"), ("roles", "role")):
        if many in said:  # a choice of codes to be typed: the name stands beside, where it says more
            said[many] = ", ".join(_with_name(value, one, _) for one in str(said[many]).split(", "))
    return _(text).format_map(_Gaps(said))


def translate_value(value: str, code: object, _: Words) -> object:
    """A code under the name of a value (``kind``, ``state``) as the reader calls it; what has no name stays."""
    name = NAMES.get(value, {}).get(str(code))
    return code if name is None else _(name)


def _with_name(value: str, code: str, _: Words) -> str:
    name = str(translate_value(value, code, _))
    return code if name in {code, code.replace("-", " "), code.replace("_", " ")} else f"{code} ({name})"
