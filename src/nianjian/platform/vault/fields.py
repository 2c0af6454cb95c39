"""A model field whose text is encrypted in the database. It can be read and compared to nothing: no lookups."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from django.db import models

from nianjian.platform.vault import keyring

if TYPE_CHECKING:
    Text = models.TextField[str | None, str | None]
else:
    Text = models.TextField  # at run time Django's fields take no type arguments


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
