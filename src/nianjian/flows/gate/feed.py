"""Feed the gate: registers, consents and policies of the database become a snapshot that its process reads.

A generation is written only where something changed; else the one in force is noted as still holding. Lists are built
anew only where their register moved. Made at once when a policy changes, else by the clock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nianjian.accounts import query as accounts
from nianjian.config import env
from nianjian.flows.gate import facts
from nianjian.flows.gate import rules as ruled
from nianjian.flows.rulebooks import rulebook
from nianjian.gate import places
from nianjian.gate.snapshot import format as form
from nianjian.gate.snapshot import write
from nianjian.gate.snapshot.build import ListBuilder
from nianjian.gate.snapshot.tenant import Tenant
from nianjian.kernel import clock
from nianjian.registers.gate_lists import query as built_lists
from nianjian.registers.gate_lists.model import GateList
from nianjian.registers.gate_policies import query as policies

PIECE: Final = 200_000  # rows handed to the builder at once
DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Fed:
    """What a feed did: the generation in force, whether it is new, and what it holds."""

    generation: int
    new: bool
    enterprises: int
    entries: Mapping[str, int]
    removed: int


def root() -> Path:
    """Where the snapshot lies."""
    return places.snapshot(env.read().home)


def feed(*, enterprise: str | None = None, lists: bool = True) -> Fed:
    """Bring the snapshot up to date: of one enterprise, the others staying as they are, or of all.

    ``lists`` False: the lists of the generation in force are carried over, so that a changed cap waits for no list.
    ``gate_list_missing`` where a built list is gone from the home; the generation in force then stays.
    """
    place = root()
    with write.alone(place):
        now = int(clock.now().timestamp())
        before = write.in_force(place)
        known = {} if before is None else dict(before.tenants)
        chosen = [one.code for one in accounts.enterprises()]
        given = {}
        for code in chosen:
            if enterprise in {None, code} or code not in known or (told := write.told(place, code)) is None:
                given[code] = _tenant(place, code, known.get(code), now, lists=lists)
            else:
                given[code] = write.Given(told, known[code].lists)
        book = rulebook(day=None, province=None, enterprise=None)
        ages = (book.integer("gate.snapshot.alarm"), book.integer("gate.snapshot.deny"))
        manifest = form.Manifest(0, now, *ages, book.sha256)
        new = before is None or _differs(before, manifest, given)
        if before is not None and not new:
            write.check(place, before.generation, now)
            made = before
        else:
            made = write.write(place, manifest, given)
        removed = write.prune(place, now - book.integer("gate.snapshot.kept") * DAY)
        write.forget(place, {one.sha256 for one in built_lists.in_use()})
    entries = {
        kind: sum(one.entries for of in made.tenants.values() for one in of.lists if one.kind == kind)
        for kind in form.LIST_KINDS
    }
    return Fed(made.generation, new, len(given), entries, removed)


def _differs(before: form.Manifest, now: form.Manifest, given: Mapping[str, write.Given]) -> bool:
    """Whether the generation in force says anything else."""
    same = (before.alarm_age, before.deny_age, before.rulebook) == (now.alarm_age, now.deny_age, now.rulebook)
    if not same or before.tenants.keys() != given.keys():
        return True
    return any(
        before.tenants[code].sha256 != hashlib.sha256(write.content(one.told)).hexdigest()
        or before.tenants[code].lists != tuple(one.lists)
        for code, one in given.items()
    )


def _tenant(place: Path, code: str, known: form.TenantEntry | None, now: int, *, lists: bool) -> write.Given:
    told = policy(code, write.told(place, code), now)
    kept = {one.kind: one for one in (() if known is None else known.lists) if not one.built}
    tenant = Tenant(told, (), ())
    found = []
    for kind in form.LIST_KINDS:
        old = kept.get(kind)
        if known is not None and not lists:
            found += [old] if old else []
        elif (mark := facts.mark(kind, code)) and (made := _list(place, kind, code, tenant, old, mark)):
            found.append(made)
    found += [_built(one) for one in built_lists.in_use(code)]
    return write.Given(told, found)


def policy(code: str, before: Mapping[str, Any] | None, now: int) -> dict[str, Any]:
    """An enterprise's JSON; version and epochs go on from those of ``before``."""
    one = accounts.enterprise(code)
    book = rulebook(day=None, province=one.province, enterprise=code)
    settings = policies.in_force(code)
    lines = facts.channels(code, ruled.isolated(settings, ruled.CHANNEL), ruled.isolated(settings, ruled.TEAM))
    mode = next((of.values for of in settings if of.key == ruled.MODE), {"enforce": True})
    caps = ruled.caps(book, settings, (line["name"] for line in lines))
    told: dict[str, Any] = {
        "enterprise": code,
        "enforce": bool(mode["enforce"]),
        "unnamed": book.text("gate.purposes.unnamed").casefold(),
        "unfiled_purpose": book.text("gate.purposes.unfiled"),
        "caps": ruled.stamped(caps, () if before is None else before["caps"], now),
        "channels": lines,
        "isolated_displays": sorted(ruled.isolated(settings, ruled.DISPLAY)),
        "isolated_teams": sorted(ruled.isolated(settings, ruled.TEAM)),
        "purposes": ruled.purposes(book, settings),
        "numbers": facts.numbers(code),
    }
    version = 0 if before is None else before["version"]
    same = before is not None and json.dumps({**told, "version": version}, sort_keys=True) == json.dumps(
        before, sort_keys=True
    )
    return {**told, "version": version if same else max(now, version + 1)}


def _list(  # noqa: PLR0917 -- one step of `_tenant`, over its own values
    place: Path, kind: str, code: str, tenant: Tenant, old: form.ListEntry | None, mark: str
) -> form.ListEntry | None:
    """The register's list of a kind: the old one where the register has not moved, None where it is empty."""
    words = json.dumps([[one.name, one.needs_consent] for one in tenant.policy.purposes.values()] + [tenant.words])
    mark = f"{mark}.{hashlib.sha256(words.encode()).hexdigest()[:16]}"
    if old is not None and old.mark == mark and (place / form.LISTS / f"{old.sha256}.list").exists():
        return old
    purposes = facts.Purposes(tenant, kind)
    path = place / f".{code}.{kind}.list"
    with ListBuilder(path, spans=True, purposes=True) as builder:
        piece: list[facts.Row] = []
        for row in facts.rows(kind, code, purposes):
            piece.append(row)
            if len(piece) >= PIECE:
                builder.add_rows(piece)
                piece = []
        builder.add_rows(piece)
        entries, size = builder.finish(), path.stat().st_size
    return form.ListEntry(kind, False, write.keep(place, path), size, entries, purposes.names, mark)  # noqa: FBT003 -- not a built one


def _built(row: GateList) -> form.ListEntry:
    names: Sequence[str] = row.purposes
    return form.ListEntry(row.kind, True, row.sha256, row.size, row.entries, tuple(names))  # noqa: FBT003 -- a built one


def told(code: str) -> dict[str, Any] | None:
    """An enterprise's JSON of the generation in force; None where there is none."""
    return write.told(root(), code)
