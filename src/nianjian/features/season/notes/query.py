"""Read what was said of tasks."""

from __future__ import annotations

from nianjian.engines.season.tasks import Said
from nianjian.features.season.notes.model import Note


def list_notes_by_task(enterprise: str, year: int) -> dict[str, Said]:
    """By task."""
    rows = Note.objects.filter(enterprise_id=enterprise, year=year)
    return {
        row.task: Said(str(row.owner or ""), row.done_on, str(row.note or ""), row.snoozed_until, str(row.reason or ""))
        for row in rows
    }
