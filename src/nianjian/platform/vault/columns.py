"""Which rows of which tables are sealed with which key, told by the ciphertexts' first letters, nothing decrypted."""

import base64
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import transaction
from django.db.models import Count, Model, Q, QuerySet, TextField
from django.db.models.functions import Substr

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import hold_lock
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs, keyring
from nianjian.platform.vault.fields import SealedText

HEAD: Final = 11  # base64 letters that hold the key id's 8 bytes and two bits more
KEY: Final = 8


@dataclass(frozen=True, slots=True)
class SealedColumns:
    """A model with its sealed fields."""

    model: type[Model]
    names: tuple[str, ...]

    def stale(self, key: str) -> int:
        """How many rows hold a ciphertext of another key."""
        return self._rows(key).count()

    def stale_rows(self, key: str, most: int) -> list[Any]:
        """Some of these rows, decrypted and held for writing."""
        return list(self._rows(key).select_for_update()[:most])

    def sealed_with(self, key: str) -> int:
        """How many rows hold a ciphertext of this key."""
        condition = Q()
        for name in self.names:
            condition |= Q(**{f"head_{name}__in": _heads(key)})
        return self._headed().filter(condition).count()

    def keys(self) -> Counter[str]:
        """Ciphertexts by the id of their key."""
        counted: Counter[str] = Counter()
        for name in self.names:
            rows: QuerySet[Any] = self.model._base_manager.filter(**{f"{name}__isnull": False}).order_by()  # noqa: SLF001 -- documented for such walks
            heads = rows.annotate(head=_head(name)).values_list("head")
            for letters, count in heads.annotate(count=Count("pk")):
                counted[base64.b64decode(letters + "=")[:KEY].decode("ascii", "replace")] += count
        return counted

    def _rows(self, key: str) -> QuerySet[Any]:
        condition = Q()
        for name in self.names:
            condition |= Q(**{f"{name}__isnull": False}) & ~Q(**{f"head_{name}__in": _heads(key)})
        return self._headed().filter(condition)

    def _headed(self) -> QuerySet[Any]:
        heads = {f"head_{name}": _head(name) for name in self.names}
        rows: QuerySet[Any] = self.model._base_manager.alias(**heads)  # noqa: SLF001 -- documented for such walks
        return rows


def sealed_columns() -> list[SealedColumns]:
    """Every model that has sealed fields."""
    columns = []
    for model in apps.get_models():
        names = tuple(one.name for one in model._meta.concrete_fields if isinstance(one, SealedText))  # noqa: SLF001 -- Django's documented Meta API
        if names:
            columns.append(SealedColumns(model, names))
    return columns


def _head(name: str) -> Substr:
    return Substr(name, 1, HEAD, output_field=TextField())


def _heads(key: str) -> list[str]:
    """What the ciphertexts of a key can begin with: the two bits after the id belong to the nonce."""
    return [base64.b64encode(key.encode() + bytes([bits << 6]))[:HEAD].decode() for bits in range(4)]


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
            value = data.get(name, ())
            for sealed in [value] if isinstance(value, str) else value:
                yield keyring.key_id(base64.b64decode(sealed))

    def _reseal(self, row: Model) -> None:
        data = getattr(row, self.names[0])
        for name in self.within:
            if isinstance(value := data.get(name), str):
                data[name] = self.seal(self.open(value))
            elif value:
                data[name] = [self.seal(self.open(sealed)) for sealed in value]


Sealed = SealedColumns | SealedTexts
"""Where sealed values are: in columns of ours, or inside a library's."""


# The keys in use, and the rotation that seals everything anew with a new key.


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
    sealed: list[Sealed] = [*sealed_columns(), *others]
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
    with hold_lock(keyring.home() / LOCK, NianjianError("rotation_running")):
        resumed = keyring.rotating() is not None
        key = keyring.rotating() or keyring.rotate()
        sealed: list[Sealed] = [*sealed_columns(), *others]
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
