"""Error codes and their sentences. A code without a sentence here fails a house test."""

from collections.abc import Mapping
from typing import Final

from nianjian.engines.kernel.errors import (
    ConflictError,
    InvalidInputError,
    NianjianError,
    NotFoundError,
    PermissionDeniedError,
    kind_of,
)
from nianjian.engines.paper.texts import (
    audit,
    calls,
    complaints,
    dossier,
    gate,
    inspection,
    inspection_day,
    maintenance,
    platform,
    portrait,
    reconciliation,
    rectification,
    registers,
    season,
)
from nianjian.engines.paper.texts.claims import CLAIMS
from nianjian.engines.paper.texts.dossier import ITEMS as DOSSIER_ITEMS
from nianjian.engines.paper.texts.portrait import ATTACHMENTS, BASIS_NAMES, COMPONENTS, METRICS, MOVES
from nianjian.engines.paper.words import Words, mark, plain_text

ERRORS: Final[Mapping[str, str]] = {
    **platform.TEXTS,
    **calls.TEXTS,
    **registers.TEXTS,
    **maintenance.TEXTS,
    **portrait.TEXTS,
    **audit.TEXTS,
    **complaints.TEXTS,
    **gate.TEXTS,
    **dossier.TEXTS,
    **rectification.TEXTS,
    **reconciliation.TEXTS,
    **inspection.TEXTS,
    **season.TEXTS,
}


#: States of batches and requests, as they stand inside a sentence.
STATES: Final[Mapping[str, str]] = {
    "active": mark("in force"),
    "undone": mark("undone"),
    "replaced": mark("replaced"),
    "pending": mark("pending"),
    "approved": mark("approved"),
    "refused": mark("refused"),
    **complaints.STATES,
}


#: Codes that stand in sentences as values: what a reader calls them, by the value's name.
NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "state": STATES,
    "kind": {**registers.NAMES, **ATTACHMENTS, **rectification.PAPERS, **rectification.ORDERS, **dossier.REQUEST_KINDS},
    "seal": dossier.SEAL_KINDS,
    "mark": dossier.PLACES,
    "paper": DOSSIER_ITEMS,
    "step": rectification.STEPS,
    "first": rectification.STEPS,
    "dimension": rectification.DIMENSIONS,
    "metric": METRICS,
    "expected": METRICS,
    "role": platform.ROLES,
    "act": {**platform.ACTS, **complaints.ACTS},
    "reason": {**platform.FAULTS, **season.FAULTS},
    "item": DOSSIER_ITEMS,
    "round_state": dossier.ROUNDS,
    "change": dossier.DIFFERENCE_KINDS,
    "figure": COMPONENTS,
    "flaw": inspection_day.LINE_WHYS,
    "piece": inspection_day.PIECES,
    "lack": inspection.LACKS,
    "basis": BASIS_NAMES,
    "filed_basis": BASIS_NAMES,
    "remedy": inspection.STEPS,
    "move": MOVES,
    "statement": {f"{claim}.{part}": label for claim, texts in CLAIMS.items() for part, label in texts.parts.items()},
    "possible": {
        "day": mark("a day such as 2026-11-25"),
        "text": mark("words or figures"),
        "past_day": mark("a day such as 2026-11-25, not after today"),
    },
}


#: Code -> its sentence where the heading has the register's own name, which would stand there twice.
SAME_NAME: Final[Mapping[str, str]] = {"header_missing": mark("{file}: the header {column} is missing")}


class _Gaps(dict[str, object]):
    """Values for a sentence: one that was not given shows as its name instead of breaking the message."""

    def __missing__(self, key: str) -> str:
        return f"‹{key}›"


def error_message(code: str, values: Mapping[str, object], _: Words) -> str:
    """Put an error or reason code into words; an unknown code speaks for itself."""
    values = {name: plain_text(value) if isinstance(value, str) else value for name, value in values.items()}
    text = ERRORS.get(code)
    if text is None:
        inside = ", ".join(f"{name}={value}" for name, value in values.items())
        return f"{code} ({inside})" if inside else code
    said = {value: translate_value(value, one, _) for value, one in values.items()}
    if "column" in said and said.get("kind") == said["column"]:
        text = SAME_NAME.get(code, text)
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


# What a person can do about an error, by its kind.

REMEDIES: Final[Mapping[type[NianjianError], str]] = {
    NotFoundError: mark("Check the address, or go back to the page before and choose again."),
    PermissionDeniedError: mark("Ask an administrator for the role, or have somebody with the role do this."),
    ConflictError: mark("Reload the page and check the current state."),
    InvalidInputError: mark("Go back, correct your input and try again."),
}


def remedy(code: str, _: Words) -> str:
    """Say what helps against an error with this code."""
    return _(platform.REMEDIES.get(code) or REMEDIES[kind_of(code)])
