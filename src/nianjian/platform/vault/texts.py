"""Sealed texts inside a JSON column: of a table that is a library's, so that its fields cannot be ours.

A handful of rows a person: they are walked, not searched.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from nianjian.platform.vault import keyring
from nianjian.platform.vault.columns import SealedColumns


@dataclass(frozen=True, slots=True)
class SealedTexts:
    """``names`` is the JSON column; ``within`` its members that hold a sealed text or a list of such."""

    model: type[Model]
    names: tuple[str]
    within: tuple[str, ...]
    context: bytes

    def seal(self, text: str) -> str:
        """Encrypt with the active key."""
        return base64.b64encode(keyring.current().encrypt(text.encode(), self.context)).decode("ascii")

    def open(self, sealed: str) -> str:
        """Decrypt; NianjianError ``key_unknown`` or ``sealed_damaged``."""
        return keyring.decrypt(base64.b64decode(sealed), self.context).decode()

    def stale(self, key: str) -> int:
        """How many rows hold a ciphertext of another key."""
        return sum(1 for row in self._rows() if self._is_stale(row, key))

    def stale_rows(self, key: str, most: int) -> list[Any]:
        """Some of these rows, sealed anew and held for writing."""
        waiting = [row.pk for row in self._rows() if self._is_stale(row, key)][:most]
        rows = list(self._rows().filter(pk__in=waiting).select_for_update())
        for row in rows:
            self._reseal(row)
        return rows

    def sealed_with(self, key: str) -> int:
        """How many rows hold a ciphertext of this key."""
        return sum(1 for row in self._rows() if key in self._keys(row))

    def keys(self) -> Counter[str]:
        """Ciphertexts by the id of their key."""
        return Counter(key for row in self._rows() for key in self._keys(row))

    def _rows(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._base_manager.order_by("pk")  # noqa: SLF001 -- documented for such walks
        return rows

    def _is_stale(self, row: Model, key: str) -> bool:
        return any(one != key for one in self._keys(row))

    def _keys(self, row: Model) -> Iterator[str]:
        data = getattr(row, self.names[0])
        for name in self.within:
            found = data.get(name, ())
            for sealed in [found] if isinstance(found, str) else found:
                yield keyring.key_id(base64.b64decode(sealed))

    def _reseal(self, row: Model) -> None:
        data = getattr(row, self.names[0])
        for name in self.within:
            if isinstance(found := data.get(name), str):
                data[name] = self.seal(self.open(found))
            elif found:
                data[name] = [self.seal(self.open(sealed)) for sealed in found]


Sealed = SealedColumns | SealedTexts
"""Where sealed values are: in columns of ours, or inside a library's."""
