"""Write drafts. They are notes on the way to an import, so the import alone writes an audit entry."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers.drafts.model import Draft
from nianjian.platform.registers.drafts.query import Upload

NAME_LIMIT = 200


def new(*, kind: str, enterprise: str, made_by: str, choices: Mapping[str, object]) -> str:
    """Begin one; its id."""
    now = clock.now()
    made = Draft(
        id=f"D{secrets.token_hex(6)}",
        enterprise_id=enterprise,
        kind=kind,
        made_by=made_by,
        made_at=now,
        changed_at=now,
        choices=dict(choices),
    )
    made.save(force_insert=True)
    return made.id


def add_file(*, draft: str, name: str, size: int, sha256: str) -> Upload:
    """Note a file that came in; the number under which it is kept. ``draft_unknown``."""
    with transaction.atomic():
        row = _locked(draft)
        number = 1 + max((int(one["number"]) for one in row.files), default=0)
        file = Upload(number, name[-NAME_LIMIT:], size, sha256)
        kept = {"number": file.number, "name": file.name, "size": file.size, "sha256": file.sha256}
        _change(row, files=[*row.files, kept], check_job="")
    return file


def remove_file(*, draft: str, number: int) -> None:
    """Forget a file; ``draft_unknown``."""
    with transaction.atomic():
        row = _locked(draft)
        _change(row, files=[one for one in row.files if one["number"] != number], check_job="")


def choose(*, draft: str, choices: Mapping[str, object]) -> None:
    """Note how the files are to be read; what is not named stays. A check made before holds no longer."""
    with transaction.atomic():
        row = _locked(draft)
        _change(row, choices={**row.choices, **choices}, check_job="")


def lock(*, draft: str) -> None:
    """Keep everybody else from changing it until the caller's transaction ends; ``draft_unknown``."""
    _locked(draft)


def checked_by(*, draft: str, job: str) -> None:
    """Note the work that checks it in whole."""
    with transaction.atomic():
        _change(_locked(draft), check_job=job)


def committed_by(*, draft: str, job: str) -> None:
    """Note the work that commits it."""
    with transaction.atomic():
        _change(_locked(draft), job=job)


def drop(*, draft: str) -> None:
    """Forget it; one that is gone already is no fault."""
    Draft.objects.filter(pk=draft).delete()


def _locked(draft: str) -> Draft:
    found: Draft | None = Draft.objects.select_for_update().filter(pk=draft).first()
    if found is None:
        raise NianjianError("draft_unknown", draft=draft)
    return found


def _change(row: Draft, **changes: object) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.changed_at = clock.now()
    row.save(update_fields=[*changes, "changed_at"])
