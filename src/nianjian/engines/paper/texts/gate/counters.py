"""Sentences for the codes of the gate's counters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "gate_journal_locked": mark(
        "Another process counts calls in {folder}. One gate process at a time may use this journal: stop the other "
        "one, or give several processes a common store."
    ),
    "gate_journal_damaged": mark(
        "The counters' journal {file} is damaged at line {line}: counts would be lost, so no call is allowed. Restore "
        "the file, or move its folder away after the end of the day; then counting begins anew."
    ),
    "gate_store_address": mark(
        "The address of the gate's store is not understood. Write valkey://HOST:PORT, valkeys://HOST:PORT (TLS) or "
        "unix:///PATH."
    ),
    "gate_store_unfit": mark(
        "The gate's store would lose counts: {setting} is “{found}” and must be “{wanted}”. Set it in the store's "
        "configuration; until then no call is allowed."
    ),
    "gate_store_unread": mark(
        "The gate's store does not show its settings ({reply}), so nobody can know whether it keeps the counts. Allow "
        "its user the command CONFIG GET."
    ),
}
