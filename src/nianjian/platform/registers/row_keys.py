"""A row's key as a part of an address: signs that an address cannot hold stand as ``~2F``."""

import re
from typing import Final

MARK: Final = "~"
CLOSED: Final = re.compile(r"[~/\\]|^\.+$")
CODED: Final = re.compile(r"~([2-9A-F][0-9A-F])")  # no control character: no key holds one


def decode_key(part: str) -> str:
    """The key that a part of an address tells."""
    return CODED.sub(lambda match: chr(int(match[1], 16)), part)


def encode_key(key: str) -> str:
    """The key as a part of an address."""
    return CLOSED.sub(lambda match: "".join(f"{MARK}{ord(sign):02X}" for sign in match[0]), key)
