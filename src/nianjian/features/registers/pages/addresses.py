"""A row's key as a part of an address: any text, also one that holds a slash or reads like another page's name."""

from __future__ import annotations

from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers import kinds, row_keys

TAKEN: Final = frozenset({"new", "end", "export"})


class KeyPart:
    """Signs that an address cannot hold stand as ``~2F``; the rest is left to the browser's own encoding."""

    regex = r"[^/\x00-\x1f\x7f]{1,400}"

    def to_python(self, value: str) -> str:
        """Read the key."""
        return row_keys.decode_key(value)

    def to_url(self, value: str) -> str:
        """Write the key."""
        if value in TAKEN:
            return f"{row_keys.MARK}{ord(value[0]):02X}{value[1:]}"
        return row_keys.encode_key(value)


class KindPart:
    """The name of a register that exists."""

    regex = "[a-z-]{1,40}"

    def to_python(self, value: str) -> str:
        """Refuse a name of nothing: the address leads nowhere."""
        try:
            kinds.register(value)
        except NianjianError as error:
            raise ValueError(value) from error
        return value

    def to_url(self, value: str) -> str:
        """Write the name."""
        return value
