"""A small snapshot of the gate, made of plain values: one enterprise, one root, channels, purposes and lists."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nianjian.engines.gate import question
from nianjian.engines.gate.policy import Cap
from nianjian.engines.gate.question import Request
from nianjian.engines.gate.snapshot import files as form
from nianjian.engines.gate.snapshot import write
from nianjian.engines.gate.snapshot.list_builder import ListBuilder
from nianjian.engines.gate.snapshot.lists import OPEN

NOON = int(datetime(2026, 11, 25, 4, tzinfo=UTC).timestamp()) * 1000
"""A Wednesday's noon in Asia/Shanghai, epoch milliseconds."""
CONSENTED, CALLEE, REFUSED = "13800138000", "13900139000", "13700137000"


def cap(channel: str, limit: int = 300, epoch: int = 1) -> Cap:
    """The cap that every channel has: attempts of a calendar day."""
    return Cap(
        f"channel-day.{channel}",
        "channel",
        "calendar_day",
        limit,
        "rectification.frequency.before",
        only=channel,
        epoch=epoch,
    )


def full(*_: object, **_more: object) -> int:
    """What a write to a full disk does."""
    raise OSError(28, "No space left on device")


def purpose(name: str, *words: str, consent: bool = False, hours: Any = ((0, 1440),), **more: Any) -> dict[str, Any]:
    document = {"name": name, "words": list(words), "needs_consent": consent, "hours": [list(pair) for pair in hours]}
    return {**document, "hours_rule": f"gate.hours.{name}", "fail_open": False, **more}


def tenant(code: str = "acme", **changes: Any) -> dict[str, Any]:
    """An enterprise's JSON as the feed writes it: root 95013 of length 8, channels L01 and, isolated, L02."""
    document: dict[str, Any] = {
        "enterprise": code, "version": 1, "enforce": True, "unfiled_purpose": "allow", "unnamed": "unnamed",
        "isolated_displays": [], "caps": [asdict(cap("L01")), asdict(cap("L02", 30))],
        "channels": [
            {"name": "L01", "team": "T01", "isolated": False, "days": [[None, None]]},
            {"name": "L02", "team": "T02", "isolated": True, "days": [[None, None]]},
        ],
        "purposes": [
            purpose("marketing", "营销", consent=True, hours=((480, 1260),)),
            purpose("service", "客服", "回访"),
            purpose("unnamed"),
            purpose("other", consent=True, hours=((480, 1260),)),
        ],
        "numbers": [{"root": "95013", "length": 8, "filed": True, "outbound": True, "purpose": "外呼营销、售后回访"}],
    }  # fmt: skip
    return {**document, **changes}


def listed(
    root: Path, kind: str, rows: Iterable[tuple[str, int, int, int]], purposes: tuple[str, ...]
) -> form.ListEntry:
    """A list of (number, from, to, purpose) that stands in the snapshot's ``lists/``."""
    (root / form.LISTS).mkdir(parents=True, exist_ok=True)
    path = root / "made.list"
    with ListBuilder(path, spans=True, purposes=True) as builder:
        builder.add_rows((question.number_key(number), start, end, of) for number, start, end, of in rows)
        entries, size = builder.finish(), path.stat().st_size
    return form.ListEntry(kind, False, write.store_list(root, path), size, entries, purposes)  # noqa: FBT003 -- the register's


def snapshot(root: Path, *tenants: Mapping[str, Any], at: int = NOON, lists: bool = True) -> form.Manifest:
    """Write a generation and put it in force. One number has consented to marketing, one wants no calls."""
    with write.snapshot_lock(root):
        by_code = {}
        for document in tenants or (tenant(),):
            entries = (
                [
                    listed(root, form.CONSENTS, [(CONSENTED, 0, OPEN, 1)], ("", "marketing")),
                    listed(root, form.DO_NOT_CALL, [(REFUSED, 0, OPEN, 0)], ("",)),
                ]
                if lists
                else []
            )
            by_code[str(document["enterprise"])] = write.TenantFiles(document, entries)
        return write.write_snapshot(root, form.Manifest(0, at // 1000, 900, 86_400), by_code)


def request(**changes: Any) -> Request:
    """A call at noon that nothing forbids."""
    fields: dict[str, Any] = {"enterprise": "acme", "display": "95013001", "callee": CALLEE, "channel": "L01"}
    return Request(**{**fields, "call_id": "c1", "at": NOON, **changes})
