"""An enterprise that the gate cannot be told of: its part of the snapshot refuses every call, and says why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from nianjian.engines.gate.snapshot.tenant import OTHER, REFUSING, UNNAMED
from nianjian.engines.kernel.errors import NianjianError

FAULT: Final = "gate_feed_fault"
"""The code of what no room has a name for."""

_BARE: Final = {"words": [], "needs_consent": True, "hours": [[0, 1440]], "hours_rule": ""}


def part(enterprise: str, before: Mapping[str, Any] | None, fault: NianjianError, now: int) -> dict[str, Any]:
    """The enterprise's JSON: no number of it is filed, no purpose goes unasked, and its caps count on.

    What held before is not gone by: it may allow what was forbidden since. ``before`` is the JSON of the generation
    in force; only whether the gate looks on there, and what is counted, is taken from it.
    """
    old = {} if before is None else before
    purposes = old.get("purposes") or [{"name": name, **_BARE} for name in (UNNAMED, OTHER)]
    told = {
        "enterprise": enterprise,
        "enforce": old.get("enforce", True),
        "unnamed": old.get("unnamed", UNNAMED),
        "unfiled_purpose": "refuse",
        "caps": old.get("caps", []),
        "at_tolerance": old.get("at_tolerance"),
        "channels": old.get("channels", []),
        "isolated_displays": old.get("isolated_displays", []),
        "isolated_teams": old.get("isolated_teams", []),
        "purposes": [{**one, "fail_open": False} for one in purposes],
        "numbers": [],
        REFUSING: {"code": fault.code, "values": {name: str(value) for name, value in fault.values.items()}},
    }
    return versioned(told, before, now)


def versioned(told: Mapping[str, Any], before: Mapping[str, Any] | None, now: int) -> dict[str, Any]:
    """With its version: that of ``before`` where it says the same, else a later one."""
    version = 0 if before is None else before["version"]
    same = before is not None and json.dumps({**told, "version": version}, sort_keys=True) == json.dumps(
        before, sort_keys=True
    )
    return {**told, "version": version if same else max(now, version + 1)}


def to_named_error(fault: Exception) -> NianjianError:
    """A fault as the error that it is, or as one that names its kind: a message may hold what stands in a row."""
    return fault if isinstance(fault, NianjianError) else NianjianError(FAULT, kind=type(fault).__name__)


def why(told: Mapping[str, Any] | None) -> NianjianError | None:
    """Why an enterprise is refused, from its JSON; None: it is not."""
    found = None if told is None else told.get(REFUSING)
    return None if not found else NianjianError(str(found["code"]), **found["values"])
