"""What is known of one signature, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Standing(StrEnum):
    """Of a file: no signature; one that does not hold or cannot be read; all hold, from whom is not known; all hold."""

    NONE = "none"
    UNREADABLE = "unreadable"
    BROKEN = "broken"
    CHANGED = "changed"
    UNTRUSTED = "untrusted"
    UNKNOWN = "unknown"
    TRUSTED = "trusted"


@dataclass(frozen=True, slots=True)
class Timestamp:
    """A time stamp's moment (ISO 8601), who gave it, and whether it holds."""

    at: str
    intact: bool
    authority: str
    trust: str


@dataclass(frozen=True, slots=True)
class Signature:
    """``intact`` None: it could not be checked, and ``fault`` says why. Moments are ISO 8601.

    ``whole_file``: nothing stands behind what it covers. ``changed_after``: none, form, notes or other.
    ``trust``: trusted, untrusted, or unknown where no roots are set. ``in_time``: the certificate held when it was
    signed, by the time stamp or else by what the signer says; None: no time is told.
    """

    field: str
    intact: bool | None
    whole_file: bool
    changed_after: str
    trust: str
    subject: str
    issuer: str
    serial: str
    fingerprint: str
    valid_from: str
    valid_to: str
    self_signed: bool
    algorithm: str
    signed_at: str | None
    timestamp: Timestamp | None
    fault: str

    @property
    def in_time(self) -> bool | None:
        """Whether the certificate held when it was signed."""
        at = self.timestamp.at if self.timestamp is not None and self.timestamp.intact else self.signed_at
        if at is None or not self.valid_from:
            return None
        return _moment(self.valid_from) <= _moment(at) <= _moment(self.valid_to)

    def standing(self) -> Standing:
        """What it is worth."""
        stamp = self.timestamp
        if self.intact is None:
            return Standing.UNREADABLE
        if not self.intact or (stamp is not None and not stamp.intact):
            return Standing.BROKEN
        if self.changed_after not in {"none", "form"}:
            return Standing.CHANGED
        if self.trust == "unknown":
            return Standing.UNKNOWN
        return Standing.TRUSTED if self.trust == "trusted" and self.in_time else Standing.UNTRUSTED

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "in_time": self.in_time, "standing": self.standing().value}


def of(told: Mapping[str, Any]) -> Signature:
    """A signature as the child tells it."""
    stamp = told.get("timestamp")
    texts = ("subject", "issuer", "serial", "fingerprint", "valid_from", "valid_to", "algorithm")
    return Signature(
        field=str(told["field"]),
        intact=told["intact"],
        whole_file=bool(told.get("whole_file", False)),
        changed_after=str(told.get("changed_after", "other")),
        trust=str(told["trust"]),
        self_signed=bool(told.get("self_signed", False)),
        signed_at=told.get("signed_at"),
        timestamp=None if stamp is None else Timestamp(**stamp),
        fault=str(told["fault"]),
        **{name: str(told.get(name, "")) for name in texts},
    )


ORDER = (
    Standing.UNREADABLE, Standing.BROKEN, Standing.CHANGED, Standing.UNTRUSTED, Standing.UNKNOWN, Standing.TRUSTED,
)  # fmt: skip


def whole(found: Sequence[Signature]) -> Standing:
    """Of a file: the worst of its signatures."""
    return min((one.standing() for one in found), key=ORDER.index, default=Standing.NONE)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
