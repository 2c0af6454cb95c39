"""Which tests are still open: their own records have not said yet where they landed. Pure but for the reading."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from nianjian.inspection.callback.landings import query
from nianjian.inspection.callback.landings.compare import Found
from nianjian.inspection.callback.trials import query as trials
from nianjian.inspection.callback.trials.model import Trial
from nianjian.inspection.callback.verdict import ELSEWHERE, FILED_GATEWAY, UNSEEN, VOICEMAIL

SETTLED: Final = frozenset({FILED_GATEWAY, ELSEWHERE, VOICEMAIL})


def still_open(enterprise: str, first: datetime, last: datetime) -> list[Trial]:
    """The answered SIP calls of a span without a look that settles it, the newest first."""
    found = list(trials.answered(enterprise, first, last).reverse())
    said = query.newest([one.pk for one in found])
    return [one for one in found if one.pk not in said or said[one.pk].verdict not in SETTLED]


def tells(found: Found) -> bool:
    """Whether what nobody asked for is worth keeping: a record, or that none is there where every source covers it.

    Of several switches one may be imported today and the others tomorrow: until then nothing is missing.
    """
    return bool(found.records) or (found.verdict == UNSEEN and all(found.sources.values()))
