"""How a link of the chain is made: canonical JSON and its hash. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

GENESIS: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """What is hashed of an entry, in the table's own spelling."""

    seq: int
    at: str
    actor: str
    enterprise: str
    verb: str
    data: str
    prev: str

    @property
    def hash(self) -> str:
        """sha256, hex, over the canonical JSON of all fields."""
        fields = {name: getattr(self, name) for name in ("seq", "at", "actor", "enterprise", "verb", "data", "prev")}
        return hashlib.sha256(canonical(fields).encode()).hexdigest()


def canonical(data: Mapping[str, object]) -> str:
    """JSON with sorted keys and no spaces; TypeError for a value that JSON does not know, ValueError for NaN."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
