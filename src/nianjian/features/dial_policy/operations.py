"""Change what the gate allows: caps, switches and vendors' limits of an enterprise, and its built lists."""

import logging
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from pyarrow import csv

from nianjian.engines.gate import question
from nianjian.engines.gate.snapshot import files as form
from nianjian.engines.gate.snapshot import write
from nianjian.engines.gate.snapshot.list_builder import ENTRY, ListBuilder
from nianjian.engines.gate.snapshot.lists import OPEN
from nianjian.engines.gate.snapshot.tenant import OTHER, UNNAMED, Tenant
from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import wrap_read_errors
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dial_policy import facts
from nianjian.features.dial_policy import feed as gate_feed
from nianjian.features.dial_policy import rules as ruled
from nianjian.features.portrait import line_usage
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.operations.fields import Choice, Flag, Limits, Line, OptionalNumber, YesNo
from nianjian.platform.operations.operation import Answer, Area, Body, operation
from nianjian.platform.registers import gate_lists, gate_policies, models
from nianjian.platform.registers.cells import UnreadableError, value
from nianjian.platform.registers.columns import Column, Sheet
from nianjian.platform.registers.consents import CONSENTS
from nianjian.platform.registers.do_not_call import DO_NOT_CALL
from nianjian.platform.registers.gate_policies import PolicyValues
from nianjian.platform.registers.versions import current_versions
from nianjian.platform.rulebook.rulebooks import rulebook

LOG: Final = logging.getLogger(__name__)
KIND: Final = gate_policies.KIND
MOST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class GateChange:
    """``state``: set, or pending with the approval that waits for a second person.

    ``told`` false of what is set: the gate could not be told yet, it will be tried again.
    """

    state: str
    approval: str | None
    key: str
    name: str
    values: Mapping[str, Any]
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCap:
    """At most ``limit`` calls of a key in a window; ``rule``: the rulebook's key behind it."""

    name: str
    key: str
    only: str
    limit: int
    window: str
    seconds: int | None = None
    counts: str
    rule: str


@dataclass(frozen=True, slots=True)
class GateChannel:
    """A line; ``isolated``: white list only; ``observing``: a new line, its calls go until enforcing is switched on."""

    name: str
    team: str
    isolated: bool
    observing: bool


@dataclass(frozen=True, slots=True)
class ObservingLine:
    """A new line; ``cap``: proposed, the calls of its busiest of 30 days, null where none were counted.

    ``days`` with calls among them; ``whole`` false: the line is younger than that.
    """

    name: str
    cap: int | None
    days: int
    whole: bool


@dataclass(frozen=True, slots=True)
class GatePurpose:
    """What a call is for; ``hours`` as pairs of HH:MM, ``fail_open``: it may go while the gate cannot know."""

    name: str
    words: list[str]
    needs_consent: bool
    hours: list[list[str]]
    hours_rule: str
    fail_open: bool


@dataclass(frozen=True, slots=True)
class GateSetting:
    """What was set beside the rulebook: about what, why, by whom, since when, and the second person's approval."""

    key: str
    name: str
    values: dict[str, Any]
    reason: str
    by: str
    since: datetime | None
    approval: str | None


@dataclass(frozen=True, slots=True)
class GateProblem:
    """A rule that cannot be read, as the code of its error and what it is about."""

    code: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PolicySummary:
    """What the gate goes by, with its caps, channels, isolated display numbers and what is set beside the rulebook.

    ``enforce`` False: it only looks on; ``told`` False: its snapshot is older. ``problems``: why it cannot be told;
    what stands behind a rule that cannot be read is left out. ``choices``: vendors' rules.
    """

    enterprise: str
    enforce: bool
    told: bool
    problems: list[GateProblem]
    caps: list[GateCap]
    channels: list[GateChannel]
    isolated_displays: list[str]
    purposes: list[GatePurpose]
    set: list[GateSetting]
    choices: list[str]


@dataclass(frozen=True, slots=True)
class BuiltListRow:
    """A built list in use; ``sha256`` and ``size`` (bytes) of the list, ``file_sha256`` of the file it was made of."""

    kind: str
    file: str
    file_sha256: str
    sha256: str
    entries: int
    size: int
    recorded_by: str
    recorded_at: datetime


GATE: Final = Area(path="/enterprises/{code}/gate")
CHANGE: Final = Answer(schema=GateChange, document=lambda _request, _key, change: change)
Name = Annotated[Line, Limits(1, 120)]
Reason = Annotated[Line, Limits(1)]


@operation(
    "gate.cap", on=GATE, permission=Permission.REQUEST, answer=CHANGE, path="/caps",
    body=Body("NewGateCap", "A cap of attempts a natural day, null: the rulebook's; ``white_list``: isolated."),
)  # fmt: skip
def set_cap(
    *,
    enterprise: str,
    actor: Actor,
    key: Annotated[str, Choice(ruled.CAPPED)] = ruled.CHANNEL,
    name: Name,
    cap: Annotated[OptionalNumber, Limits(0, MOST)] = None,
    white_list: Flag = False,
    enforce: YesNo = None,
    uncapped: Flag = False,
    reason: Reason,
) -> GateChange:
    """Cap a channel, a display number or a team; what is isolated needs a second person.

    ``cap`` None: the rulebook's default, or none at all with ``uncapped``. With ``white_list`` it is isolated: only
    callees with a consent on file. A new line observes until ``enforce`` is switched on; None leaves it as it is.
    Isolating, lifting, any change of what is isolated, and letting a line observe again ask for a second person.
    Only a line is uncapped or observes: a display number or a team refuses on lines that are enforced, with
    ``enforce`` on new ones too.
    ``gate_channel_unknown``, ``gate_cap_wrong``, ``gate_only_lines``, ``gate_policy_same``, ``approval_pending``.
    """
    if (cap is not None and not 0 <= cap <= MOST) or (uncapped and (cap is not None or white_list)):
        raise NianjianError("gate_cap_wrong", cap=cap, most=MOST)
    if key != ruled.CHANNEL and (uncapped or enforce is False):
        raise NianjianError("gate_only_lines", name=name)
    name = _resolve_name(enterprise, key, name.strip())
    values: dict[str, Any] = {"cap": cap, "white_list": white_list}
    if enforce is not None:
        values["enforce"] = enforce
    elif ruled.enforces(gate_policies.find_policy_in_force(enterprise, key, name)) and not white_list:
        values["enforce"] = True
    if uncapped:
        values["uncapped"] = True
    return _change(enterprise, PolicyValues(key, name, values, reason), actor)


def find_values(enterprise: str, key: str, name: str) -> dict[str, Any] | None:
    """What holds of a channel, number or team, with ``enforce``; None: nothing was set. ``gate_channel_unknown``."""
    standing = gate_policies.find_policy_in_force(enterprise, key, _resolve_name(enterprise, key, name.strip()))
    return None if standing is None else {**standing.values, "enforce": ruled.enforces(standing)}


def apply_approved_cap(
    *,
    enterprise: str,
    key: str,
    name: str,
    values: Mapping[str, Any],
    reason: str,
    approval: str,
    requester: str,
    actor: Actor,
) -> None:
    """Put in force what a second person has approved elsewhere (an isolation order, or its lifting).

    Inside the caller's transaction; the gate is told when that is over. ``key`` is channel, display or team;
    ``requester`` asked for it, the actor approved. What holds already changes nothing. ``gate_channel_unknown``.
    """
    name = _resolve_name(enterprise, key, name.strip())
    standing = gate_policies.find_policy_in_force(enterprise, key, name)
    if standing is None or {**standing.values, **values} != standing.values:
        policy = PolicyValues(key, name, dict(values), reason)
        gate_policies.apply_policy(
            enterprise=enterprise, policy=policy, actor=actor, approval=approval, requester=requester
        )
    feed_after_commit(enterprise)


@operation(
    "gate.choice", on=GATE, permission=Permission.REQUEST, answer=CHANGE, path="/choices",
    body=Body("NewGateChoice", "A vendor's limits, taken over or dropped."),
)  # fmt: skip
def choose_limits(*, enterprise: str, actor: Actor, rule: Name, on: Flag, reason: Reason) -> GateChange:
    """Take a vendor's limits over, or drop them.

    ``gate_choice_unknown``, and as `set_cap`.
    """
    one = accounts.enterprise(enterprise)
    ruled.get_vendor_caps(rulebook(day=None, province=one.province, enterprise=enterprise), rule)
    return _change(enterprise, PolicyValues(ruled.RULE, rule, {"on": on}, reason), actor)


@operation(
    "gate.fail_open", on=GATE, permission=Permission.REQUEST, answer=CHANGE, path="/fail-open",
    body=Body("NewFailOpen", "Whether calls of a purpose go while the gate cannot know."),
)  # fmt: skip
def set_fail_open(*, enterprise: str, actor: Actor, purpose: Name, on: Flag, reason: Reason) -> GateChange:
    """Let calls of a purpose go while the gate cannot know: needs a second person; or no longer.

    ``gate_purpose_unknown``, and as `set_cap`.
    """
    one = accounts.enterprise(enterprise)
    words = rulebook(day=None, province=one.province, enterprise=enterprise).value("gate.purposes")
    purposes = [*(words if isinstance(words, Mapping) else ()), UNNAMED, OTHER]
    if purpose not in purposes:
        raise NianjianError("gate_purpose_unknown", purpose=purpose, purposes=", ".join(purposes))
    policy = PolicyValues(ruled.PURPOSE, purpose, {"fail_open": on}, reason)
    return _change(enterprise, policy, actor)


@operation(
    "gate.mode", on=GATE, permission=Permission.REQUEST, answer=CHANGE, path="/mode",
    body=Body("NewGateMode", "Refuse, or only look on."),
)  # fmt: skip
def set_mode(*, enterprise: str, actor: Actor, enforce: Flag, reason: Reason) -> GateChange:
    """Let the gate refuse; or only look on, which needs a second person.

    To look on (试运行) asks for one always. Raises what `set_cap` raises.
    """
    policy = PolicyValues(ruled.MODE, "", {"enforce": enforce}, reason)
    return _change(enterprise, policy, actor)


def approve_change(approval: str, actor: Actor) -> dict[str, object]:
    """Carry an approved request out and tell the gate; errors as `registers.gate_policies.approve_policy`."""
    row = gate_policies.approve_policy(approval=approval, actor=actor)
    feed_after_commit(row.enterprise_id)
    return {"key": row.key, "name": row.name, "values": row.values}


def summarize_proposals(subjects: Collection[str]) -> dict[str, dict[str, object]]:
    """What requests ask for, by subject, to be read before saying yes."""
    return {
        id_: {
            **{name: getattr(row, name) for name in ("key", "name", "values", "reason")},
            "before": None if standing is None else standing.values,
        }
        for id_, (row, standing) in gate_policies.proposals_by_id(subjects).items()
    }


@dataclass(slots=True)
class FeedOutcome:
    """``failed``: the snapshot could not be written; what was set stands all the same."""

    failed: bool = False


def feed_after_commit(enterprise: str) -> FeedOutcome:
    """Write the snapshot as soon as the transaction is over; the lists stay as they are.

    What keeps it from being written is logged, no fault of the change that is committed by then: it may even lie in
    another enterprise's list. The clock feeds the gate again.
    """
    telling = FeedOutcome()

    def feed() -> None:
        try:
            gate_feed.feed(enterprise=enterprise, lists=False)
        except (NianjianError, OSError):
            telling.failed = True
            LOG.exception("the gate could not be told", extra={"enterprise": enterprise})

    transaction.on_commit(feed)
    return telling


def summarize_policy(*, enterprise: str, actor: Actor) -> PolicySummary:
    """What the gate allows: mode, caps with their meters, channels, purposes, what was set and what can be chosen.

    ``problems``: why the gate cannot be told of it; what a rule that cannot be read stands behind is left out.
    """
    require_permission(actor, enterprise, Permission.READ)
    one = accounts.enterprise(enterprise)
    book = rulebook(day=None, province=one.province, enterprise=enterprise)
    before = gate_feed.find_published_policy(enterprise)
    settings = gate_policies.list_policies_in_force(enterprise)
    problems: list[NianjianError] = []
    try:
        now = gate_feed.build_policy(enterprise, before, 0)
    except NianjianError as unreadable:
        problems.append(unreadable)
        now = _readable(enterprise, book, settings, problems)
    faults: list[GateProblem] = []
    for problem in problems:
        fault = GateProblem(problem.code, dict(problem.values))
        if fault not in faults:  # the whole fails for the same reason as its part
            faults.append(fault)
    return PolicySummary(
        enterprise=enterprise,
        enforce=now["enforce"],
        told=not problems and before is not None and before["version"] == now["version"],
        problems=faults,
        caps=[
            GateCap(
                **{name: entry[name] for name in ("name", "key", "only", "limit", "window", "counts", "rule")},
                seconds=None if entry["window"] == "calendar_day" else entry["seconds"],
            )
            for entry in now["caps"]
        ],
        channels=[
            GateChannel(line["name"], line["team"], line["isolated"], line["observing"]) for line in now["channels"]
        ],
        isolated_displays=now["isolated_displays"],
        purposes=[
            GatePurpose(**{**entry, "hours": [[_clock_text(minute) for minute in pair] for pair in entry["hours"]]})
            for entry in now["purposes"]
        ],
        set=[_setting(setting) for setting in settings],
        choices=ruled.list_vendor_rules(book),
    )


def _clock_text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def list_observing_lines(*, enterprise: str, actor: Actor) -> list[ObservingLine]:
    """Lines that are new and only observed, each with the cap proposed from its own calls; ``role_missing``.

    ``cap``: the attempts of its busiest day of the newest 30, None where none were counted; ``whole`` False: the
    line is younger than these days, so the figure may still grow.
    """
    require_permission(actor, enterprise, Permission.READ)
    lines = gate_feed.list_lines(enterprise, gate_policies.list_policies_in_force(enterprise))
    loads = line_usage.list_line_loads(enterprise)
    rows = []
    for line in lines:
        load = loads.get(line["name"])
        if line["observing"]:
            figures = (None, 0, False) if load is None else (load.busiest, load.days, load.whole)
            rows.append(ObservingLine(line["name"], *figures))
    return rows


def _readable(
    enterprise: str, book: Rulebook, settings: Sequence[gate_policies.GatePolicy], problems: list[NianjianError]
) -> dict[str, Any]:
    """The parts that can be read of what `gate_feed.build_policy` refuses; ``problems`` takes why the others cannot."""
    isolated = {key: ruled.list_isolated(settings, key) for key in ruled.CAPPED}
    lines = gate_feed.list_lines(enterprise, settings)
    caps, purposes = [], []
    try:
        caps = ruled.stamp_caps(ruled.read_caps(book, settings, (line["name"] for line in lines)), (), 0)
    except NianjianError as unreadable:
        problems.append(unreadable)
    try:
        purposes = ruled.read_purposes(book, settings, problems.append)
    except NianjianError as unreadable:
        problems.append(unreadable)
    return {
        "enforce": next((bool(one.values["enforce"]) for one in settings if one.key == ruled.MODE), True),
        "caps": caps,
        "channels": lines,
        "isolated_displays": sorted(isolated[ruled.DISPLAY]),
        "purposes": purposes,
    }


def list_history(*, enterprise: str, actor: Actor, first: int = 0, most: int) -> list[GateSetting]:
    """What was ever set, newest first, with reason and person: ``most`` from the ``first`` on. ``role_missing``."""
    require_permission(actor, enterprise, Permission.READ)
    return [_setting(setting) for setting in gate_policies.list_policy_history(enterprise, first=first, most=most)]


def _setting(one: gate_policies.GatePolicy) -> GateSetting:
    return GateSetting(one.key, one.name, one.values, one.reason, one.by, one.in_force_at, one.approval or None)


def _change(enterprise: str, policy: PolicyValues, actor: Actor) -> GateChange:
    """Put it in force, or ask for a second person; whether two are needed is looked at with all others waiting."""
    with transaction.atomic():
        lock_enterprise(enterprise)
        if _needs_second_person(enterprise, policy):
            waiting = gate_policies.propose_policy(enterprise=enterprise, policy=policy, actor=actor)
            return GateChange("pending", waiting.id, policy.key, policy.name, policy.values, told=False)
        gate_policies.apply_policy(enterprise=enterprise, policy=policy, actor=actor)
        telling = feed_after_commit(enterprise)
    return GateChange("set", None, policy.key, policy.name, policy.values, told=not telling.failed)


def _needs_second_person(enterprise: str, policy: PolicyValues) -> bool:
    """Whether it touches what is isolated: a cap its own, everything else whatever is isolated in the enterprise."""
    if policy.key not in ruled.CAPPED:
        # calls would go unasked: never one person's own choice
        loosened = bool(policy.values.get("fail_open")) or policy.values.get("enforce") is False
        return loosened or gate_policies.has_isolation(enterprise)
    standing = gate_policies.find_policy_in_force(enterprise, policy.key, policy.name)
    if ruled.enforces(standing) and policy.values.get("enforce") is False:
        return True
    return bool(policy.values["white_list"]) or (standing is not None and bool(standing.values.get("white_list")))


def _resolve_name(enterprise: str, key: str, name: str) -> str:
    """The name as the snapshot has it; ``gate_channel_unknown`` for what no register knows."""
    if key == ruled.CHANNEL and any(line["name"] == name for line in facts.list_channels(enterprise, set())):
        return name
    if key == ruled.TEAM and current_versions(models.Team, enterprise).filter(key=name).exists():
        return name
    if key == ruled.DISPLAY and (value := numbers.normalise(name).value) is not None:
        return str(value)
    raise NianjianError("gate_channel_unknown", channel=name)


SHEETS: Final[Mapping[str, Sheet]] = {form.DO_NOT_CALL: DO_NOT_CALL, form.CONSENTS: CONSENTS}
MOBILE: Final = r"^1[3-9][0-9]{9}$"
BLOCK: Final = 1 << 24  # bytes of the file that are read at once
SHOWN: Final = 20
BARE: Final = [""]  # headers of a file that is one column of numbers
PROBE: Final = 1 << 20
EAST: Final = 28_800


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a list. ``rejected`` rows name no whole number or hold an unreadable time; ``lines`` the first."""

    kind: str
    file: str
    file_sha256: str
    sha256: str
    size: int
    rows: int
    entries: int
    rejected: int
    lines: tuple[int, ...]
    generation: int


def build_list(*, kind: str, path: Path, enterprise: str, actor: Actor) -> Receipt:
    """Build ``do-not-call`` or ``consents`` from a CSV with the register's headers; it takes the place of the last one.

    UTF-8 or GB18030, plain or gz; a file without headers is a column of numbers. Rows that cannot be read are left out
    and counted: an unreadable number cannot be dialled, and an unreadable consent is none. NianjianError
    ``gate_list_kind_unknown``, ``role_missing``, ``enterprise_unknown``, ``file_missing``, ``file_unreadable``,
    ``header_missing``, ``sheet_malformed``.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    accounts.enterprise(enterprise)
    if kind not in SHEETS:
        raise NianjianError("gate_list_kind_unknown", kind=kind, kinds=", ".join(SHEETS))
    with wrap_read_errors(path):
        digest = form.sha256_of(path)
    place = gate_feed.snapshot_folder()
    policy = gate_feed.build_policy(
        enterprise, gate_feed.find_published_policy(enterprise), int(clock.now().timestamp())
    )
    tenant = Tenant(policy, (), ())
    purposes, words = facts.Purposes(tenant, kind), facts.digest_purposes(tenant)
    with write.snapshot_lock(place):
        target = place / f".{enterprise}.{kind}.{os.getpid()}.list"
        with ListBuilder(target, spans=kind == form.CONSENTS, purposes=True) as builder:
            count = _fill(builder, path, SHEETS[kind], purposes)
            entries, size = builder.finish(), target.stat().st_size
        sha256 = write.store_list(place, target)
    built = gate_lists.BuiltList(kind, sha256, size, entries, purposes.names, words, path.name, digest, count.rejected)
    gate_lists.use_gate_list(enterprise=enterprise, built=built, actor=actor)
    fed = gate_feed.feed(enterprise=enterprise)
    lines = tuple(count.lines)
    return Receipt(kind, path.name, digest, sha256, size, count.rows, entries, count.rejected, lines, fed.generation)


def list_built_lists(*, enterprise: str, actor: Actor) -> list[BuiltListRow]:
    """The built lists in use."""
    require_permission(actor, enterprise, Permission.READ)
    return [
        BuiltListRow(
            kind=one.kind, file=one.file, file_sha256=one.file_sha256, sha256=one.sha256, entries=one.entries,
            size=one.size, recorded_by=one.recorded_by, recorded_at=one.recorded_at,
        )
        for one in gate_lists.list_gate_lists(enterprise)
    ]  # fmt: skip


class _Count:
    """Rows read, rows left out, and where the first of these stand."""

    def __init__(self) -> None:
        self.rows = self.rejected = 0
        self.lines: list[int] = []

    def take(self, good: np.ndarray[Any, Any], first: int) -> None:
        """Count a block whose first row stands in line ``first``."""
        bad = np.flatnonzero(~good)
        self.rows += len(good)
        self.rejected += len(bad)
        self.lines += [first + int(at) for at in bad[: SHOWN - len(self.lines)]]


def _fill(builder: ListBuilder, path: Path, sheet: Sheet, purposes: facts.Purposes) -> _Count:
    count = _Count()
    headers, reader = _open(path, sheet)
    columns = {column.field: place for place, header in enumerate(headers) if (column := sheet.column(header))}
    if headers == BARE:
        columns = {"number": 0}
    if "number" not in columns:
        raise NianjianError("header_missing", file=path.name, kind=sheet.kind, column=sheet.columns[0].header)
    field_name = "purpose" if sheet is CONSENTS else "scope"
    for batch in _batches(reader, path):

        def of(field: str, batch: pa.RecordBatch = batch) -> pa.Array | None:
            return batch.column(columns[field]) if field in columns else None

        entries = np.zeros(batch.num_rows, ENTRY)
        entries["key"] = _keys(batch.column(columns["number"]))
        good = entries["key"] != question.UNREADABLE
        entries["to"] = OPEN
        if sheet is CONSENTS:
            entries["from"], good = _seconds(of("obtained_at"), sheet.by_field("obtained_at"), 0, good)
            for name in ("expires_at", "withdrawn_at"):
                end, good = _seconds(of(name), sheet.by_field(name), OPEN, good)
                entries["to"] = np.minimum(entries["to"], end)
        entries["purpose"] = _purpose_numbers(of(field_name), batch.num_rows, purposes)
        count.take(good, count.rows + (1 if headers == BARE else 2))
        builder.add(entries[good])
    return count


def _open(path: Path, sheet: Sheet) -> tuple[list[str], csv.CSVStreamingReader]:
    """The headers ([""] for a bare column of numbers) and the reader over the rows, every column as text."""
    with pa.input_stream(str(path), compression="detect") as stream:
        probe = stream.read(PROBE)
    encoding = _encoding(probe, path)
    first = probe.decode(encoding, errors="ignore").partition("\n")[0].strip().split(",")
    headers = [header.strip().strip('"').lstrip("﻿") for header in first]
    bare = (
        not any(sheet.column(header) for header in headers) and question.number_key(headers[0]) != question.UNREADABLE
    )
    names = [str(place) for place in range(len(headers))]
    read = csv.ReadOptions(block_size=BLOCK, encoding=encoding, column_names=names, skip_rows=0 if bare else 1)
    texts = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    try:
        stream = pa.input_stream(str(path), compression="detect")
        return (BARE if bare else headers), csv.open_csv(stream, read, convert_options=texts)
    except pa.ArrowInvalid as fault:
        if "Empty CSV" in str(fault):
            line = (",".join(["-"] * len(names)) + "\n").encode()
            return headers, csv.open_csv(pa.py_buffer(line), read, convert_options=texts)
        raise NianjianError("sheet_malformed", file=path.name, line=str(fault)) from fault


def _batches(reader: csv.CSVStreamingReader, path: Path) -> Iterator[pa.RecordBatch]:
    try:
        yield from reader
    except pa.ArrowInvalid as fault:
        raise NianjianError("sheet_malformed", file=path.name, line=str(fault)) from fault


def _encoding(probe: bytes, path: Path) -> str:
    cut = probe[: probe.rfind(b"\n") + 1] or probe
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            cut.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "utf-8" if encoding == "utf-8-sig" else encoding
    raise NianjianError("encoding_unknown", file=path.name)


def _keys(column: pa.Array) -> np.ndarray[Any, Any]:
    """The key of each number: plain mobile numbers by the engine, the few others one by one."""
    texts = pc.utf8_trim_whitespace(column)
    plain = pc.match_substring_regex(texts, MOBILE)
    mobiles = pc.if_else(plain, texts, "0").cast(pa.uint64())
    keys: np.ndarray[Any, Any] = mobiles.to_numpy(zero_copy_only=False).copy()
    for at in np.flatnonzero(~plain.to_numpy(zero_copy_only=False)):
        keys[at] = question.number_key(texts[int(at)].as_py())
    return keys


def _seconds(
    column: pa.Array | None, of: Column, missing: int, good: np.ndarray[Any, Any]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Epoch seconds of each moment, and which rows are good still; wall time in Asia/Shanghai."""
    if column is None:
        return np.full(len(good), missing, "<u4"), good
    distinct = pc.dictionary_encode(pc.utf8_trim_whitespace(column))
    texts = distinct.dictionary
    read = pc.strptime(texts, format="%Y-%m-%d %H:%M:%S", unit="s", error_is_null=True)
    seconds = pc.subtract(read.cast(pa.int64()), EAST).to_numpy(zero_copy_only=False).astype("f8")
    for at in np.flatnonzero(np.isnan(seconds)):
        seconds[at] = _moment(texts[int(at)].as_py(), of, missing)
    moments = seconds[distinct.indices.to_numpy(zero_copy_only=False)]
    fits = ~np.isnan(moments)
    exact = np.where(moments == missing, missing, np.clip(np.nan_to_num(moments), 0, OPEN - 1))
    return exact.astype("<u4"), good & fits


def _moment(text: str, of: Column, missing: int) -> float:
    """Seconds of a moment written in another of the registers' forms; nan for what is none."""
    try:
        moment = value(text, of)
    except UnreadableError:
        return float("nan")
    return facts.to_epoch_seconds(moment, missing) if moment is None or isinstance(moment, datetime) else float("nan")


def _purpose_numbers(column: pa.Array | None, rows: int, purposes: facts.Purposes) -> np.ndarray[Any, Any]:
    if column is None:
        return np.zeros(rows, "u1")
    distinct = pc.dictionary_encode(column)
    numbers = np.array([purposes.of(text) for text in distinct.dictionary.to_pylist()], "u1")
    result: np.ndarray[Any, Any] = numbers[distinct.indices.to_numpy(zero_copy_only=False)]
    return result
