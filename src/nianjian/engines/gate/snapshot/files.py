"""Names and shapes of the gate's files below the home and of the files of a snapshot."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
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
        columns = asdict(replace(self, tenants={}))
        tenants = {code: asdict(one) for code, one in sorted(self.tenants.items())}
        body = {"format": FORMAT, **columns, "tenants": tenants}
        return json.dumps({**body, "sha256": digest_of(body)}, ensure_ascii=False, indent=1)


def parse_manifest(text: str) -> Manifest:
    """A manifest from its JSON; ValueError, KeyError or TypeError where it is none or was changed."""
    data: dict[str, Any] = json.loads(text)
    if data.pop("sha256") != digest_of(data) or data["format"] != FORMAT:
        raise ValueError(data["format"])
    del data["format"]
    tenants = {
        code: TenantEntry(
            one["sha256"],
            one["size"],
            tuple(ListEntry(**entry | {"purposes": tuple(entry["purposes"])}) for entry in one["lists"]),
        )
        for code, one in data.pop("tenants").items()
    }
    return Manifest(**data, tenants=tenants)


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
