"""Sealed files that no row names: what a killed process put and did not live to write down."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Final

from django.apps import apps
from django.db.models import Model

from nianjian.engines.kernel import clock
from nianjian.platform.jobs import query as queue
from nianjian.platform.vault import blobs

LOG: Final = logging.getLogger(__name__)
YOUNG: Final = timedelta(days=1)  # the row that names a file is written long before, or never
COLUMN: Final = "blob"  # what every table calls a sealed file
HELD_BY_JOBS: Final = ("list", "blob", "paper")  # what payload and result of a job call one


def sweep() -> int:
    """Delete them; how many. The files are listed before the rows are read, so a row that comes meanwhile counts.

    Where rows name none of the files at all, the database may be another's than this home's: nothing is deleted.
    """
    moment = clock.now() - YOUNG
    blobs.clear(moment)
    old = set(blobs.before(moment))
    if not old:
        return 0
    named = _named()
    strays = old - named
    if not strays or named.isdisjoint(blobs.blobs()):
        return 0
    for blob in strays:
        blobs.remove(blob)
    LOG.warning("%d sealed files that nothing names are deleted", len(strays))
    return len(strays)


def models() -> list[type[Model]]:
    """The tables whose rows name sealed files."""
    return [one for one in apps.get_models() if any(field.name == COLUMN for field in one._meta.fields)]  # noqa: SLF001 -- the columns of any model


def _named() -> set[str]:
    rows = (one._base_manager.values_list(COLUMN, flat=True) for one in models())  # noqa: SLF001 -- the manager of any model
    return set().union(*rows, *(queue.list_values_by_name(name) for name in HELD_BY_JOBS))
