"""Rotate the keys: a new active key, then everything sealed anew. Interrupted, it can be run again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import models, transaction

from nianjian.audit.record import record
from nianjian.vault import blobs, keyring
from nianjian.vault.fields import SealedText

CHUNK: Final = 1000


@dataclass(frozen=True, slots=True)
class Rotation:
    """The new key's id, and how many rows and files were sealed with it."""

    key: str
    rows: int
    files: int


def rotate(*, actor: object) -> Rotation:
    """Make a new key and seal every field and file with it; old keys stay in the key file for backups."""
    key = keyring.rotate()
    rows = sum(_reseal(model) for model in apps.get_models())
    files = sum(blobs.reseal(blob) for blob in blobs.blobs())
    with transaction.atomic():
        record(verb="vault.rotate", enterprise="", actor=actor, data={"key": key, "rows": rows, "files": files})
    return Rotation(key, rows, files)


def _reseal(model: type[models.Model]) -> int:
    """Seal all rows of a model anew, a chunk a transaction: reading decrypts, writing encrypts with the active key."""
    sealed = [field.name for field in model._meta.concrete_fields if isinstance(field, SealedText)]  # noqa: SLF001 -- the manager of any model
    if not sealed:
        return 0
    done, last = 0, None
    while True:
        found: models.QuerySet[Any] = model._base_manager.order_by("pk")  # noqa: SLF001 - documented for such walks
        with transaction.atomic():
            found = found.filter(pk__gt=last) if last is not None else found
            rows = list(found.select_for_update()[:CHUNK])
            if not rows:
                return done
            model._base_manager.bulk_update(rows, sealed)  # noqa: SLF001 -- the manager of any model
        done, last = done + len(rows), rows[-1].pk
