"""Names and shapes of the gate's files below the home and of the files of a snapshot."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final


def snapshot_root(home: Path) -> Path:
    """The root of the snapshot's generations."""
    return home / "gate" / "snapshot"


def decisions_folder(home: Path) -> Path:
    """The folder of the decision journal."""
    return home / "gate" / "decisions"


CURRENT: Final = "current"
CHECKED: Final = "checked"
LISTS: Final = "lists"
GENERATIONS: Final = "generations"
MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
CHUNK: Final = 1 << 22

DO_NOT_CALL: Final = "do-not-call"
CONSENTS: Final = "consents"
LIST_KINDS: Final = (DO_NOT_CALL, CONSENTS)


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A list as the manifest names it. ``kind`` is one of `LIST_KINDS`, ``built``: from a file, not from the register.

    ``mark`` tells the feed whether the register has moved since; ``purposes`` names the purpose numbers.
    """

    kind: str
    built: bool
    sha256: str
    size: int
    entries: int
    purposes: tuple[str, ...] = ("",)
    mark: str = ""

    @property
    def name(self) -> str:
        """``do-not-call``, ``consents-built``, …: unique in the enterprise."""
        return f"{self.kind}-built" if self.built else self.kind


@dataclass(frozen=True, slots=True)
class TenantEntry:
    """An enterprise as the manifest names it."""

    sha256: str
    size: int
    lists: tuple[ListEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """One generation. ``made_at`` epoch seconds; the ages (seconds) at which it is an alarm, and is refused."""

    generation: int
    made_at: int
    alarm_age: int
    deny_age: int
    rulebook: str = ""
    tenants: Mapping[str, TenantEntry] = field(default_factory=dict)

    def text(self) -> str:
        """As JSON, with the digest of everything else in ``sha256``."""
        body = {
            "format": FORMAT,
            "generation": self.generation,
            "made_at": self.made_at,
            "alarm_age": self.alarm_age,
            "deny_age": self.deny_age,
            "rulebook": self.rulebook,
            "tenants": {code: _tenant_document(one) for code, one in sorted(self.tenants.items())},
        }
        return json.dumps({**body, "sha256": digest_of(body)}, ensure_ascii=False, indent=1)


def parse_manifest(text: str) -> Manifest:
    """A manifest from its JSON; ValueError, KeyError or TypeError where it is none or was changed."""
    told: dict[str, Any] = json.loads(text)
    if told.pop("sha256") != digest_of(told) or told["format"] != FORMAT:
        raise ValueError(told["format"])
    tenants = {
        code: TenantEntry(
            one["sha256"],
            one["size"],
            tuple(_parse_list(entry) for entry in one["lists"]),
        )
        for code, one in told["tenants"].items()
    }
    numbers = (told[name] for name in ("generation", "made_at", "alarm_age", "deny_age"))
    generation, made_at, alarm, deny = numbers
    return Manifest(generation, made_at, alarm, deny, told["rulebook"], tenants)


def _parse_list(told: Mapping[str, Any]) -> ListEntry:
    return ListEntry(
        told["kind"],
        told["built"],
        told["sha256"],
        told["size"],
        told["entries"],
        tuple(told["purposes"]),
        told["mark"],
    )


def digest_of(body: Mapping[str, Any]) -> str:
    """sha256 over JSON whose keys are sorted."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def sha256_of(path: Path) -> str:
    """sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_name(generation: int) -> str:
    """A generation's folder: twelve digits, so that names sort as numbers do."""
    return f"{generation:012d}"


def _tenant_document(one: TenantEntry) -> dict[str, Any]:
    lists = [
        {
            "kind": entry.kind,
            "built": entry.built,
            "sha256": entry.sha256,
            "size": entry.size,
            "entries": entry.entries,
            "purposes": list(entry.purposes),
            "mark": entry.mark,
        }
        for entry in one.lists
    ]
    return {"sha256": one.sha256, "size": one.size, "lists": lists}
