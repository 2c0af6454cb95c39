"""A row's key as a part of an address: any text, also one that holds a slash or reads like another page's name."""

from __future__ import annotations

import re
from typing import Final

from nianjian.kernel.errors import NianjianError
from nianjian.registers import kinds

MARK: Final = "~"
CLOSED: Final = re.compile(r"[~/\\]|^\.+$")
TAKEN: Final = frozenset({"new", "end", "export"})
CODED: Final = re.compile(r"~([0-9A-F]{2})")


class KeyPart:
    """Signs that an address cannot hold stand as ``~2F``; the rest is left to the browser's own encoding."""

    regex = r"[^/\x00-\x1f\x7f]{1,400}"

    def to_python(self, value: str) -> str:
        """Read the key."""
        return CODED.sub(lambda found: chr(int(found[1], 16)), value)

    def to_url(self, value: str) -> str:
        """Write the key."""
        if value in TAKEN:
            return f"{MARK}{ord(value[0]):02X}{value[1:]}"
        return CLOSED.sub(lambda found: "".join(f"{MARK}{ord(sign):02X}" for sign in found[0]), value)


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
