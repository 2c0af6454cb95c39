"""The test of the report's entry (T4): planned, passed or failed, each result with a picture of the screen."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction

from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.features.season import operations
from nianjian.features.season.entry_pictures import FAILED, PASSED, TASK, list_pictures
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.registers import attachments
from nianjian.platform.registers.attachments import RowAttachment

PICTURES: Final = (".jpeg", ".jpg", ".pdf", ".png")


def record_entry_test(
    *, enterprise: str, year: int, result: str, day: date, note: str, name: str, content: bytes, actor: Actor
) -> int:
    """Keep the result of a test with its picture; the picture's id. Passed ends the task, failed leaves it open.

    ``season_result_unknown``, ``entry_test_picture`` for what is no picture, and what `operations.note_test_result` and
    `attachments.store_paper` raise.
    """
    if result not in {PASSED, FAILED}:
        raise NianjianError("season_result_unknown", result=result, results=f"{PASSED}, {FAILED}")
    if not name.lower().endswith(PICTURES):
        raise NianjianError("entry_test_picture", file=name, types=", ".join(PICTURES))
    with transaction.atomic():
        operations.note_test_result(
            enterprise=enterprise, year=year, task=TASK, day=day, passed=result == PASSED, note=note, actor=actor
        )
        key = f"{year}.{result}.{day.isoformat()}"
        return attachments.store_paper(
            enterprise=enterprise, register=TASK, key=key, name=name, content=content, actor=actor
        )


def read_picture(*, enterprise: str, picture: int, actor: Actor) -> tuple[RowAttachment, bytes]:
    """Give a picture out and note it; ``role_missing``, ``attachment_unknown``, ``blob_missing``."""
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED)
    found = list_pictures(enterprise).filter(pk=picture)
    return attachments.read_paper(get_or_raise(found, "attachment_unknown", attachment=picture), actor)
