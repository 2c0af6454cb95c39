"""What is kept of tests of the report's entry (T4): pictures with result and day, and the outcome they give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import QuerySet

from nianjian.engines.season.plan import TaskProgress
from nianjian.features.season.models import Note
from nianjian.platform.registers.attachments import RowAttachment

TASK: Final = "entry_test"
PLANNED, PASSED, FAILED = "planned", "passed", "failed"


def list_pictures(enterprise: str) -> QuerySet[RowAttachment]:
    """The pictures of an enterprise, newest first; their keys are data year, result and day."""
    return RowAttachment.objects.filter(enterprise_id=enterprise, register=TASK, removed_at=None).order_by("-pk")


def count_entry_test(enterprise: str, year: int) -> TaskProgress:
    """The newest result and the pictures of all, newest first: ``outcome`` and ``pictures`` of the figures."""
    rows = [(row, row.key.split(".")) for row in list_pictures(enterprise).filter(key__startswith=f"{year}.")]
    passed = Note.objects.filter(enterprise_id=enterprise, year=year, task=TASK).exclude(done_on=None).exists()
    newest = rows[0][1][1] if rows else PLANNED
    outcome = PASSED if passed else newest if newest != PASSED else PLANNED
    pictures = [{"picture": row.pk, "name": row.name, "result": key[1], "day": key[2]} for row, key in rows]
    figures: Mapping[str, Any] = {"outcome": outcome, "pictures": pictures}
    return TaskProgress(complete=False, figures=figures)
