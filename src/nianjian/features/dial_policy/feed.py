"""Feed the gate: registers, consents and policies of the database become a snapshot that its process reads.

A generation is written only where something changed; else the one in force is noted as still holding. Lists are built
anew only where their register moved. Made at once when a policy changes, else by the clock. An enterprise that cannot
be told of is refused whole, by a part of its own; all others go on.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.db import DatabaseError

from nianjian.engines.gate.snapshot import files, write
from nianjian.engines.gate.snapshot.list_builder import ListBuilder
from nianjian.engines.gate.snapshot.tenant import OTHER, REFUSING, UNNAMED, Tenant
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dial_policy import facts
from nianjian.features.dial_policy import rules as ruled
from nianjian.platform.accounts import query as accounts
from nianjian.platform.home import env
from nianjian.platform.registers import gate_lists as built_lists
from nianjian.platform.registers import gate_policies as policies
from nianjian.platform.registers.gate_lists import GateList
from nianjian.platform.rulebook.rulebooks import rulebook

FAULT: Final = "gate_feed_fault"
"""The code of what no room has a name for."""

_BARE: Final = {"words": [], "needs_consent": True, "hours": [[0, 1440]], "hours_rule": ""}


def build_refusing_part(
    enterprise: str, before: Mapping[str, Any] | None, fault: NianjianError, now: int
) -> dict[str, Any]:
    """The enterprise's JSON: no number of it is filed, no purpose goes unasked, and its caps count on.

    What held before is not gone by: it may allow what was forbidden since. ``before`` is the JSON of the generation
    in force; only whether the gate looks on there, and what is counted, is taken from it.
    """
    old = {} if before is None else before
    purposes = old.get("purposes") or [{"name": name, **_BARE} for name in (UNNAMED, OTHER)]
    policy = {
        "enterprise": enterprise,
        "enforce": old.get("enforce", True),
        "unnamed": old.get("unnamed", UNNAMED),
        "unfiled_purpose": "refuse",
        "caps": old.get("caps", []),
        "at_tolerance": old.get("at_tolerance"),
        "channels": old.get("channels", []),
        "isolated_displays": old.get("isolated_displays", []),
        "isolated_teams": old.get("isolated_teams", []),
        "enforced_displays": old.get("enforced_displays", []),
        "enforced_teams": old.get("enforced_teams", []),
        "purposes": [{**one, "fail_open": False} for one in purposes],
        "numbers": [],
        REFUSING: {"code": fault.code, "values": {name: str(value) for name, value in fault.values.items()}},
    }
    return with_version(policy, before, now)


def with_version(policy: Mapping[str, Any], before: Mapping[str, Any] | None, now: int) -> dict[str, Any]:
    """With its version: that of ``before`` where it says the same, else a later one."""
    version = 0 if before is None else before["version"]
    same = before is not None and json.dumps({**policy, "version": version}, sort_keys=True) == json.dumps(
        before, sort_keys=True
    )
    return {**policy, "version": version if same else max(now, version + 1)}


def find_refusal(policy: Mapping[str, Any] | None) -> NianjianError | None:
    """Why an enterprise is refused, from its JSON; None: it is not."""
    refusal = None if policy is None else policy.get(REFUSING)
    return None if not refusal else NianjianError(str(refusal["code"]), **refusal["values"])


LOG: Final = logging.getLogger(__name__)
PIECE: Final = 200_000  # rows handed to the builder at once
DAY: Final = 86_400
MINUTE: Final = 60_000  # milliseconds


@dataclass(frozen=True, slots=True)
class FeedResult:
    """What a feed did: the generation in force, whether it is new, and what it holds.

    ``refused``: enterprises that could not be told of, each with the error; every call of theirs is refused.
    """

    generation: int
    new: bool
    enterprises: int
    entries: Mapping[str, int]
    removed: int
    refused: Mapping[str, NianjianError]


def snapshot_folder() -> Path:
    """Where the snapshot lies."""
    return files.snapshot_root(env.read().home)


def feed(*, enterprise: str | None = None, lists: bool = True) -> FeedResult:
    """Bring the snapshot up to date: of one enterprise, the others staying as they are, or of all.

    ``lists`` False: the lists of the generation in force are carried over, so that a changed cap waits for no list.
    What cannot be told of an enterprise (a rule that cannot be understood, a built list that is gone from the home)
    has its calls refused; it is logged, and raised once it is written if that enterprise alone was asked for.
    """
    place = snapshot_folder()
    with write.snapshot_lock(place):
        now = int(clock.now().timestamp())
        before = write.current_manifest(place)
        tenants = {} if before is None else dict(before.tenants)
        parts = {}
        for code in (one.code for one in accounts.enterprises()):
            if enterprise in {None, code} or code not in tenants or (policy := write.read_tenant(place, code)) is None:
                parts[code] = _build_part(place, code, tenants.get(code), now, lists=lists)
            else:
                parts[code] = _carried(place, code, policy, tenants[code], now)
        book = rulebook(day=None, province=None, enterprise=None)
        ages = (book.integer("gate.snapshot.alarm"), book.integer("gate.snapshot.deny"))
        manifest = files.Manifest(0, now, *ages, book.sha256)
        new = before is None or _differs(before, manifest, parts)
        if before is not None and not new:
            write.write_checked_at(place, before.generation, now)
            snapshot = before
        else:
            snapshot = write.write_snapshot(place, manifest, parts)
        removed = write.prune_generations(place, now - book.integer("gate.snapshot.kept") * DAY)
        write.remove_lists(place, {one.sha256 for one in built_lists.list_gate_lists()})
    entries = {
        kind: sum(one.entries for of in snapshot.tenants.values() for one in of.lists if one.kind == kind)
        for kind in files.LIST_KINDS
    }
    refusals = {code: fault for code, one in parts.items() if (fault := find_refusal(one.data)) is not None}
    if enterprise in refusals:
        raise refusals[enterprise]
    return FeedResult(snapshot.generation, new, len(parts), entries, removed, refusals)


def _build_part(place: Path, code: str, entry: files.TenantEntry | None, now: int, *, lists: bool) -> write.TenantFiles:
    """An enterprise's part, or what refuses its calls where that cannot be made; a fault of the database is all's."""
    try:
        return _tenant(place, code, entry, now, lists=lists)
    except DatabaseError:
        raise
    except Exception as fault:
        LOG.exception("the gate cannot be told of %s: every call of it is refused", code)
        # Of one without a name only its kind: a message may hold what stands in a row.
        error = fault if isinstance(fault, NianjianError) else NianjianError(FAULT, kind=type(fault).__name__)
        policy = build_refusing_part(code, write.read_tenant(place, code), error, now)
        return write.TenantFiles(policy, _standing(place, code, () if entry is None else entry.lists))


def _carried(place: Path, code: str, policy: dict[str, Any], entry: files.TenantEntry, now: int) -> write.TenantFiles:
    """An enterprise's part as it is in force; refused where a list of it is nowhere any more."""
    lists = _standing(place, code, entry.lists)
    if len(lists) == len(entry.lists) or find_refusal(policy) is not None:
        return write.TenantFiles(policy, lists)
    gone = next(one for one in entry.lists if one not in lists)
    fault = NianjianError("gate_list_missing", enterprise=code, list=gone.name, sha256=gone.sha256)
    LOG.error("the gate cannot be told of %s: %s", code, fault)
    return write.TenantFiles(build_refusing_part(code, policy, fault, now), lists)


def _standing(place: Path, code: str, lists: Sequence[files.ListEntry]) -> list[files.ListEntry]:
    """Lists of the generation in force; ones that are nowhere any more are left out: see `write.restore_list`."""
    return [one for one in lists if write.restore_list(place, code, one)]


def _differs(before: files.Manifest, now: files.Manifest, parts: Mapping[str, write.TenantFiles]) -> bool:
    """Whether the generation in force says anything else."""
    same = (before.alarm_age, before.deny_age, before.rulebook) == (now.alarm_age, now.deny_age, now.rulebook)
    if not same or before.tenants.keys() != parts.keys():
        return True
    return any(
        before.tenants[code].sha256 != hashlib.sha256(write.tenant_json(one.data)).hexdigest()
        or before.tenants[code].lists != tuple(one.lists)
        for code, one in parts.items()
    )


def _tenant(place: Path, code: str, entry: files.TenantEntry | None, now: int, *, lists: bool) -> write.TenantFiles:
    policy = build_policy(code, write.read_tenant(place, code), now)
    by_kind = {one.kind: one for one in (() if entry is None else entry.lists) if not one.built}
    tenant = Tenant(policy, (), ())
    list_files = []
    for kind in files.LIST_KINDS:
        old = by_kind.get(kind)
        if entry is not None and not lists:
            list_files += [old] if old else []
        elif (mark := facts.fingerprint_list(kind, code)) and (
            list_file := _list(place, kind, code, tenant, old, mark)
        ):
            list_files.append(list_file)
    list_files += [_built(one, tenant) for one in built_lists.list_gate_lists(code)]
    for one in list_files:
        if not write.restore_list(place, code, one):
            raise NianjianError("gate_list_missing", enterprise=code, list=one.name, sha256=one.sha256)
    return write.TenantFiles(policy, list_files)


def build_policy(code: str, before: Mapping[str, Any] | None, now: int) -> dict[str, Any]:
    """An enterprise's JSON; version and epochs go on from those of ``before``."""
    one = accounts.enterprise(code)
    book = rulebook(day=None, province=one.province, enterprise=code)
    settings = policies.list_policies_in_force(code)
    lines = list_lines(code, settings)
    mode = next((of.values for of in settings if of.key == ruled.MODE), {"enforce": True})
    caps = ruled.read_caps(book, settings, (line["name"] for line in lines))
    policy: dict[str, Any] = {
        "enterprise": code,
        "enforce": bool(mode["enforce"]),
        "unnamed": book.text("gate.purposes.unnamed").casefold(),
        "unfiled_purpose": book.text("gate.purposes.unfiled"),
        "at_tolerance": book.integer("gate.at.tolerance") * MINUTE,
        "caps": ruled.stamp_caps(caps, () if before is None else before["caps"], now),
        "channels": lines,
        "isolated_displays": sorted(ruled.list_isolated(settings, ruled.DISPLAY)),
        "isolated_teams": sorted(ruled.list_isolated(settings, ruled.TEAM)),
        "enforced_displays": sorted(ruled.list_enforced(settings, ruled.DISPLAY)),
        "enforced_teams": sorted(ruled.list_enforced(settings, ruled.TEAM)),
        "observes_unknown": not ruled.list_enforced(settings, ruled.CHANNEL),
        "purposes": ruled.read_purposes(book, settings),
        "numbers": facts.list_numbers(code),
    }
    return with_version(policy, before, now)


def list_lines(code: str, settings: Sequence[policies.GatePolicy]) -> list[dict[str, Any]]:
    """The lines as channels; ``observing``: nobody has switched enforcing on, and no case has set anything."""
    isolated, enforced = ruled.list_isolated(settings, ruled.CHANNEL), ruled.list_enforced(settings, ruled.CHANNEL)
    teams = [one for one in settings if one.key == ruled.TEAM and one.values.get("white_list")]
    approved = {one.name: policies.list_isolation_moments(one) for one in teams}
    lines = facts.list_channels(code, isolated, approved)
    return [{**line, "observing": line["name"] not in enforced} for line in lines]


def _list(  # noqa: PLR0917 -- one step of `_tenant`, over its own values
    place: Path, kind: str, code: str, tenant: Tenant, old: files.ListEntry | None, mark: str
) -> files.ListEntry | None:
    """The register's list of a kind: the old one where the register has not moved, None where it is empty."""
    mark = f"{mark}.{facts.digest_purposes(tenant)[:16]}"
    if old is not None and old.mark == mark and (place / files.LISTS / f"{old.sha256}.list").exists():
        return old
    purposes = facts.Purposes(tenant, kind)
    path = place / f".{code}.{kind}.list"
    with ListBuilder(path, spans=True, purposes=True) as builder:
        piece: list[facts.Row] = []
        for row in facts.iterate_rows(kind, code, purposes):
            piece.append(row)
            if len(piece) >= PIECE:
                builder.add_rows(piece)
                piece = []
        builder.add_rows(piece)
        entries, size = builder.finish(), path.stat().st_size
    return files.ListEntry(kind, False, write.store_list(place, path), size, entries, purposes.names, mark)  # noqa: FBT003 -- not a built one


def _built(row: GateList, tenant: Tenant) -> files.ListEntry:
    """A built list as the manifest names it; ``gate_list_outdated`` where its texts would be read otherwise now."""
    names: Sequence[str] = row.purposes  # one that names no purpose says the same whatever they are called
    if len(names) > 1 and row.words != facts.digest_purposes(tenant):
        raise NianjianError("gate_list_outdated", enterprise=row.enterprise_id, list=row.kind, file=row.file)
    return files.ListEntry(row.kind, True, row.sha256, row.size, row.entries, tuple(names))  # noqa: FBT003 -- a built one


def find_published_policy(code: str) -> dict[str, Any] | None:
    """An enterprise's JSON of the generation in force; None where there is none."""
    return write.read_tenant(snapshot_folder(), code)
