"""Take audit entries out as a file; the taking is itself an entry."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.formulas import harmless_row
from nianjian.platform.accounts.access import EVERYWHERE, require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit import query
from nianjian.platform.audit.chain import canonical
from nianjian.platform.audit.record import record

COLUMNS: Final = ("seq", "at", "actor", "enterprise", "verb", "data", "prev", "hash")
CHUNK: Final = 2000
#: Beyond them is no entry, and no day beside them that every time zone knows.
FIRST_DAY: Final = date(1970, 1, 1)
LAST_DAY: Final = date(9998, 12, 31)


def build_filter(*, verb: str, actor: str, first: date | None, last: date | None) -> dict[str, str]:
    """The filter as `audit.query.filter_entries` takes it; days are those of the clock's zone."""
    filters = {"verb": verb, "actor": actor}
    for name, day, days in (("since", first, 0), ("until", last, 1)):
        if day is not None:
            valid_day = min(max(day, FIRST_DAY), LAST_DAY)
            begin = datetime.combine(valid_day, time(), clock.ZONE) + timedelta(days=days)
            filters[name] = begin.astimezone(UTC).isoformat(timespec="microseconds")
    return {name: value for name, value in filters.items() if value}


def export_entries(*, enterprise: str, filters: Mapping[str, str], actor: Actor) -> Iterator[str]:
    """Yield CSV lines of the entries that fit, oldest first, with their hashes; ``role_missing``.

    ``enterprise`` "": the whole installation. ``filters``: of `build_filter`. Memory holds one chunk.
    """
    require_permission(actor, enterprise or EVERYWHERE, Permission.AUDIT)
    record(verb="audit.export", enterprise=enterprise, actor=actor, data={"asked": canonical(dict(filters))})
    return _lines(enterprise, filters)


def _lines(enterprise: str, filters: Mapping[str, str]) -> Iterator[str]:
    yield "\ufeff" + _line(COLUMNS)
    entries = query.filter_entries(enterprise=enterprise, **filters).order_by("seq")
    for entry in entries.iterator(chunk_size=CHUNK):
        yield _line([str(getattr(entry, name)) for name in COLUMNS])


def _line(cells: list[str] | tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(harmless_row(cells))
    return out.getvalue()
