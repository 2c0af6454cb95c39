"""Which tests are looked for unasked, and what of that is news. Pure but for the reading.

A record that speaks against a test ends the looking. One that says that it landed where the ledger has it does not:
another switch, imported later, may know of the voicemail behind it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

from nianjian.features.test_calls.landings import query
from nianjian.features.test_calls.landings.compare import Found
from nianjian.features.test_calls.landings.model import Landing
from nianjian.features.test_calls.trials import query as trials
from nianjian.features.test_calls.trials.model import Trial
from nianjian.features.test_calls.verdict import ELSEWHERE, FILED_GATEWAY, SILENT, UNSEEN, VOICEMAIL

SETTLED: Final = frozenset({ELSEWHERE, VOICEMAIL})


def still_open(enterprise: str, first: datetime, last: datetime) -> list[Trial]:
    """The answered SIP calls of a span without a look that settles it, the newest first."""
    found = list(trials.answered(enterprise, first, last).reverse())
    said = newest(found)
    return [one for one in found if one.pk not in said or said[one.pk].verdict not in SETTLED]


def newest(tests: Collection[Trial]) -> dict[str, Landing]:
    """Test -> the newest look for it, for those that have one."""
    return query.newest([one.pk for one in tests])


def softened(found: Found, seen: Landing | None) -> Found:
    """A record that a look has ``seen`` where nothing covers the moment now is gone, as a rotated file: not missing."""
    gone = [] if seen is None else [one for one in seen.records if not found.sources.get(one["source"], False)]
    return replace(found, verdict=SILENT) if found.verdict == UNSEEN and gone else found


def tells(found: Found, said: Landing | None) -> bool:
    """Whether what nobody asked for is worth keeping beside ``said``, the newest look.

    A record, or that none is there where every source covers it: of several switches one may be imported today and
    the others tomorrow, and until then nothing is missing. A record that was seen is not unseen because its file has
    gone since, and what has landed rightly changes by a record against it alone.
    """
    if said is not None and said.verdict == FILED_GATEWAY:
        return found.verdict in SETTLED
    if said is not None and said.records:
        return bool(found.records)
    return bool(found.records) or (found.verdict == UNSEEN and all(found.sources.values()))
