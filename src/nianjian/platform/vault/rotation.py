"""The keys in use, and the rotation that seals everything anew with a new key."""

from __future__ import annotations

import fcntl
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs, columns, keyring
from nianjian.platform.vault.columns import Sealed, SealedTexts


@dataclass(frozen=True, slots=True)
class Key:
    """A key by its id. ``values`` and ``files``: what it seals now; ``rotating``: a rotation to it is not finished."""

    id: str
    active: bool
    rotating: bool
    values: int
    files: int


def all_keys(others: Sequence[SealedTexts] = ()) -> list[Key]:
    """Every key of the key file, in the order made; ``others``: what is sealed in tables that are not ours."""
    goes_on, ring = keyring.rotating(), keyring.current()
    values = Counter[str]()
    sealed: list[Sealed] = [*columns.sealed_columns(), *others]
    for one in sealed:
        values.update(one.keys())
    files = Counter(blobs.key_of(blob) for blob in blobs.blobs())
    return [Key(key, key == ring.active, key == goes_on, values[key], files[key]) for key in ring.ciphers]


CHUNK: Final = 250  # rows a transaction
VERB: Final = "vault.rotate"
LOCK: Final = ".rotate.lock"

Progress = Callable[[int, int], None]
"""(rows and files sealed anew, of how many)."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """The new key's id and how many rows and files are sealed with it; ``resumed``: begun by an earlier process."""

    key: str
    rows: int
    files: int
    resumed: bool


def rotate(
    *, actor: object, others: Sequence[SealedTexts] = (), progress: Progress = lambda _done, _total: None
) -> Rotation:
    """Make a new key, unless a rotation was broken off, and seal every field and file with it.

    ``others``: what is sealed in tables that are not ours. One audit entry at the end. Old keys stay in the key file:
    backups need them. Errors: ``rotation_running``, ``sealed_damaged``, ``key_unknown``.
    """
    with _alone():
        resumed = keyring.rotating() is not None
        key = keyring.rotating() or keyring.rotate()
        sealed: list[Sealed] = [*columns.sealed_columns(), *others]
        waiting = [blob for blob in blobs.blobs() if blobs.key_of(blob) != key]
        total, done = sum(column.stale(key) for column in sealed) + len(waiting), 0
        for column in sealed:
            while count := _reseal(column, key):
                done += count
                progress(done, total)
        for blob in waiting:
            blobs.reseal(blob)
            done += 1
            progress(done, total)
        rows = sum(column.sealed_with(key) for column in sealed)
        files = sum(1 for _each in blobs.blobs())
        with transaction.atomic():
            if not any(act.data["key"] == key for act in audit.acts(verb=VERB, newest=1)):  # killed just after it
                record(verb=VERB, enterprise="", actor=actor, data={"key": key, "rows": rows, "files": files})
        keyring.rotated()
    return Rotation(key, rows, files, resumed)


def _reseal(column: Sealed, key: str) -> int:
    """Seal some of a model's rows anew: reading decrypts, writing encrypts with the active key; 0: none is left."""
    with transaction.atomic():
        rows = column.stale_rows(key, CHUNK)
        column.model._base_manager.bulk_update(rows, column.names)  # noqa: SLF001 -- the manager of any model
    return len(rows)


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the home's rotation lock; ``rotation_running`` if another process does."""
    with (keyring.home() / LOCK).open("ab") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise NianjianError("rotation_running") from fault
        yield
