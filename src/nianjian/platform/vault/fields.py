"""Model fields for personal values: a text that is encrypted, and the blind index of a number's last four digits.

What is encrypted can be read and compared to nothing: no lookups.
"""

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, models

from nianjian.platform.vault import keyring

if TYPE_CHECKING:
    Text = models.TextField[str | None, str | None]
    Char = models.CharField[str | None, str | None]
else:
    Text, Char = models.TextField, models.CharField  # at run time Django's fields take no type arguments

TAIL_DIGITS: Final = 4
CHUNK: Final = 2000


class SealedText(Text):
    """Text, encrypted with the active key and bound to its table and column; NULL stays NULL.

    Two equal values have different ciphertexts. What must be found again keeps a blind index beside it.
    """

    def context(self) -> bytes:
        """Table and column: a ciphertext moved elsewhere does not open."""
        return f"{self.model._meta.db_table}.{self.column}".encode()  # noqa: SLF001 - Django's documented Meta API

    def get_prep_value(self, value: Any) -> str | None:  # noqa: ANN401 - Django's signature
        """Encrypt."""
        if value is None:
            return None
        return base64.b64encode(keyring.current().encrypt(str(value).encode(), self.context())).decode("ascii")

    def from_db_value(self, value: str | None, *_args: object) -> str | None:
        """Decrypt; NianjianError ``key_unknown`` or ``sealed_damaged``."""
        if value is None:
            return None
        return keyring.decrypt(binascii.a2b_base64(value), self.context()).decode()

    def get_lookup(self, lookup_name: str) -> Any:  # noqa: ANN401 - Django's signature
        """Only whether there is a value can be asked."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class TailIndex(Char):
    """Blind index of the last four digits of another column's number, by which alone a person's number is found.

    Written with every row that is added; a filter is given the four digits: ``number_tail="8000"``.
    """

    def __init__(self, source: str, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        self.source = source
        super().__init__(**{**kwargs, "max_length": 16, "null": True, "editable": False})

    def deconstruct(self) -> Any:  # noqa: ANN401 - Django's signature
        """Name the column that is indexed."""
        name, path, args, kwargs = super().deconstruct()
        for option in ("max_length", "null", "editable"):
            kwargs.pop(option, None)
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ANN401, FBT001 - Django's signature
        """The number itself, which `get_prep_value` makes the index of."""
        del add
        return getattr(model_instance, self.source)

    def get_prep_value(self, value: Any) -> str | None:  # noqa: ANN401 - Django's signature
        """Index the last four digits; NULL for what has fewer."""
        digits = "".join(sign for sign in str(value or "") if sign.isascii() and sign.isdigit())
        if len(digits) < TAIL_DIGITS:
            return None
        context = f"{self.model._meta.db_table}.{self.source}.tail"  # noqa: SLF001 - Django's documented Meta API
        return keyring.current().blind(digits[-TAIL_DIGITS:], context)[: self.max_length]


def fill_tail_index(model: Any, name: str) -> None:  # noqa: ANN401 - a model as a migration knows it
    """Write the index of the rows that were there before their model had it."""
    field = model._meta.get_field(name)  # noqa: SLF001 - Django's documented Meta API
    table, column, key = map(connection.ops.quote_name, (model._meta.db_table, field.column, model._meta.pk.column))  # noqa: SLF001 - the same
    rows = model._default_manager.filter(**{f"{field.source}__isnull": False}).order_by("pk")  # noqa: SLF001 - the same
    last = 0
    while chunk := list(rows.filter(pk__gt=last).values_list("pk", field.source)[:CHUNK]):
        last = chunk[-1][0]
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {table} SET {column} = %s WHERE {key} = %s",  # noqa: S608 - names of the model alone
                [(field.get_prep_value(number), row) for row, number in chunk],
            )
    if connection.vendor == "postgresql":  # a table with unchecked references could not be altered by what follows
        connection.check_constraints()
