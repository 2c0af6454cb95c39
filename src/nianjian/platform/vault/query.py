"""Which keys there are and what each of them seals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from nianjian.platform.vault import blobs, columns, keyring
from nianjian.platform.vault.texts import Sealed, SealedTexts


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
