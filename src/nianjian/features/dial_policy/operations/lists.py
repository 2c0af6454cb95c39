"""Build a list of millions of numbers from a file, straight into the snapshot: no row of it goes into the database."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from nianjian.engines.gate import telephone
from nianjian.engines.gate.snapshot import files as form
from nianjian.engines.gate.snapshot import write
from nianjian.engines.gate.snapshot.list_builder import ENTRY, ListBuilder
from nianjian.engines.gate.snapshot.lists import OPEN
from nianjian.engines.gate.snapshot.tenant import Tenant
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import wrap_read_errors
from nianjian.features.dial_policy.operations import facts
from nianjian.features.dial_policy.operations import feed as gate_feed
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers import gate_lists
from nianjian.platform.registers.cells import UnreadableError, value
from nianjian.platform.registers.columns import Column, Sheet
from nianjian.platform.registers.consents import CONSENTS
from nianjian.platform.registers.do_not_call import DO_NOT_CALL

SHEETS: Final[Mapping[str, Sheet]] = {form.DO_NOT_CALL: DO_NOT_CALL, form.CONSENTS: CONSENTS}
MOBILE: Final = r"^1[3-9][0-9]{9}$"
BLOCK: Final = 1 << 24  # bytes of the file that are read at once
SHOWN: Final = 20
BARE: Final = [""]  # headers of a file that is one column of numbers
PROBE: Final = 1 << 20
EAST: Final = 28_800

Progress = Callable[[int, int], None]
"""(rows read, entries taken)."""


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


def build(*, kind: str, path: Path, enterprise: str, actor: Actor, progress: Progress) -> Receipt:
    """Build ``do-not-call`` or ``consents`` from a CSV with the register's headers; it takes the place of the last one.

    UTF-8 or GB18030, plain or gz; a file without headers is a column of numbers. Rows that cannot be read are left out
    and counted: an unreadable number cannot be dialled, and an unreadable consent is none. NianjianError
    ``gate_list_kind_unknown``, ``role_missing``, ``enterprise_unknown``, ``file_missing``, ``file_unreadable``,
    ``header_missing``, ``sheet_malformed``.
    """
    require(actor, enterprise, Act.LOAD)
    accounts.enterprise(enterprise)
    if kind not in SHEETS:
        raise NianjianError("gate_list_kind_unknown", kind=kind, kinds=", ".join(SHEETS))
    digest = _sha256(path)
    place = gate_feed.root()
    told = gate_feed.policy(enterprise, gate_feed.find_published_policy(enterprise), int(clock.now().timestamp()))
    tenant = Tenant(told, (), ())
    purposes, words = facts.Purposes(tenant, kind), facts.words(tenant)
    with write.snapshot_lock(place):
        made = place / f".{enterprise}.{kind}.{os.getpid()}.list"
        with ListBuilder(made, spans=kind == form.CONSENTS, purposes=True) as builder:
            count = _fill(builder, path, SHEETS[kind], purposes, progress)
            entries, size = builder.finish(), made.stat().st_size
        sha256 = write.store_list(place, made)
    built = gate_lists.BuiltList(kind, sha256, size, entries, purposes.names, words, path.name, digest, count.rejected)
    gate_lists.use_gate_list(enterprise=enterprise, built=built, actor=actor)
    fed = gate_feed.feed(enterprise=enterprise)
    lines = tuple(count.lines)
    return Receipt(kind, path.name, digest, sha256, size, count.rows, entries, count.rejected, lines, fed.generation)


def list_built_lists(*, enterprise: str, actor: Actor) -> list[dict[str, Any]]:
    """The built lists in use."""
    require(actor, enterprise, Act.READ)
    names = ("kind", "file", "file_sha256", "sha256", "entries", "size", "recorded_by", "recorded_at")
    return [{name: getattr(one, name) for name in names} for one in gate_lists.list_gate_lists(enterprise)]


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


def _fill(builder: ListBuilder, path: Path, sheet: Sheet, purposes: facts.Purposes, progress: Progress) -> _Count:
    count, taken = _Count(), 0
    headers, reader = _open(path, sheet)
    columns = {column.field: place for place, header in enumerate(headers) if (column := sheet.column(header))}
    if headers == BARE:
        columns = {"number": 0}
    if "number" not in columns:
        raise NianjianError("header_missing", file=path.name, kind=sheet.kind, column=sheet.columns[0].header)
    named = "purpose" if sheet is CONSENTS else "scope"
    for batch in _batches(reader, path):

        def of(field: str, batch: pa.RecordBatch = batch) -> pa.Array | None:
            return batch.column(columns[field]) if field in columns else None

        entries = np.zeros(batch.num_rows, ENTRY)
        entries["key"] = _keys(batch.column(columns["number"]))
        good = entries["key"] != telephone.UNREADABLE
        entries["to"] = OPEN
        if sheet is CONSENTS:
            entries["from"], good = _seconds(of("obtained_at"), sheet.by_field("obtained_at"), 0, good)
            ends = [sheet.by_field("expires_at"), sheet.by_field("withdrawn_at")]
            for column in ends:
                end, good = _seconds(of(column.field), column, OPEN, good)
                entries["to"] = np.minimum(entries["to"], end)
        entries["purpose"] = _purposes(of(named), batch.num_rows, purposes)
        count.take(good, count.rows + (1 if headers == BARE else 2))
        builder.add(entries[good])
        taken += int(good.sum())
        progress(count.rows, taken)
    return count


def _open(path: Path, sheet: Sheet) -> tuple[list[str], csv.CSVStreamingReader]:
    """The headers ([""] for a bare column of numbers) and the reader over the rows, every column as text."""
    with pa.input_stream(str(path), compression="detect") as stream:
        probe = stream.read(PROBE)
    encoding = _encoding(probe, path)
    first = probe.decode(encoding, errors="ignore").partition("\n")[0].strip().split(",")
    headers = [header.strip().strip('"').lstrip("﻿") for header in first]
    bare = (
        not any(sheet.column(header) for header in headers) and telephone.number_key(headers[0]) != telephone.UNREADABLE
    )
    names = [str(place) for place in range(len(headers))]
    read = csv.ReadOptions(block_size=BLOCK, encoding=encoding, column_names=names, skip_rows=0 if bare else 1)
    texts = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    try:
        stream = pa.input_stream(str(path), compression="detect")
        return (BARE if bare else headers), csv.open_csv(stream, read, convert_options=texts)
    except pa.ArrowInvalid as fault:
        if "Empty CSV" in str(fault):
            return headers, csv.open_csv(
                pa.py_buffer((",".join(["-"] * len(names)) + "\n").encode()), read, convert_options=texts
            )
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
        keys[at] = telephone.number_key(texts[int(at)].as_py())
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
        found = value(text, of)
    except UnreadableError:
        return float("nan")
    return facts.seconds(found, missing) if found is None or isinstance(found, datetime) else float("nan")


def _purposes(column: pa.Array | None, rows: int, purposes: facts.Purposes) -> np.ndarray[Any, Any]:
    if column is None:
        return np.zeros(rows, "u1")
    distinct = pc.dictionary_encode(column)
    numbers = np.array([purposes.of(text) for text in distinct.dictionary.to_pylist()], "u1")
    found: np.ndarray[Any, Any] = numbers[distinct.indices.to_numpy(zero_copy_only=False)]
    return found


def _sha256(path: Path) -> str:
    with wrap_read_errors(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
