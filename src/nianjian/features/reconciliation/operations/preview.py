"""Look at an export or a bill before it is compared: its own headings, what each is read as. Nothing of it is kept."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints.forwards.look import ListColumn, ListLook, columns_of
from nianjian.features.reconciliation import bill
from nianjian.features.reconciliation.counts import BILL
from nianjian.features.reconciliation.filing import export
from nianjian.features.reconciliation.filing.mapping import parsed
from nianjian.features.reconciliation.operations import bills, filing
from nianjian.features.reconciliation.operations.work import sized
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env, spill
from nianjian.platform.registers import mappings
from nianjian.platform.registers.columns import Sheet
from nianjian.platform.registers.sheet_reader import read_beginning
from nianjian.platform.registers.uploads import plain_name

__all__ = ["HEADINGS", "ListColumn", "ListLook", "get_mapping", "keep", "look_at", "names", "sheet_of"]

HEADINGS: Final = frozenset({"header_missing", "column_missing", "column_twice"})  # a mapping is what helps


def sheet_of(kind: str) -> Sheet:
    """What is known of a bill, or of an export; ``reconcile_kind_unknown``."""
    if kind == BILL:
        return bill.SHEET
    filing.sheet_of(kind)
    return export.SHEETS[kind]


def look_at(*, enterprise: str, kind: str, name: str, content: bytes, mapping: bytes | None, actor: Actor) -> ListLook:
    """What the columns are and whether every cell could be read so; ``kind``: of an export, or `BILL`.

    ``role_missing``, ``enterprise_unknown``, ``reconcile_kind_unknown``, ``file_empty``, ``file_too_large``,
    ``mapping_invalid``, and what `sheet_reader.read_beginning` raises: it is no table at all then.
    """
    require(actor, enterprise, Act.REPORT)
    accounts.enterprise(enterprise)
    sized(name, content)
    sheet = sheet_of(kind)
    given = bills.mapping(mapping) if kind == BILL else None
    chosen = filing.mapping_of(mapping, kind) if given is None else given.export
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as folder:  # closed to others, soon gone
        path = Path(folder) / plain_name(name)
        path.write_bytes(content)
        found = read_beginning(path, export.apply_mapping(sheet, chosen))
        columns = columns_of(found, export.apply_mapping(sheet, chosen))
        fault, read = None, len(found.lines)
        try:
            if given is not None:
                bill.load(path, given)
            else:
                read = len(export.load(path, kind, chosen).rows)
        except NianjianError as wrong:
            fault = wrong
    return ListLook(found.file, found.sheet, found.encoding, columns, fault, read, 0, (), 0)


def names(enterprise: str, kind: str) -> list[str]:
    """Names under which mappings of this kind were kept."""
    return mappings.list_mapping_names(enterprise, kind)


def get_mapping(enterprise: str, kind: str, name: str) -> dict[str, object]:
    """One of them; ``mapping_unknown``."""
    return {
        key: value for key, value in mappings.get_mapping(enterprise, name, kind).items() if key != mappings.PURPOSE
    }


def keep(*, enterprise: str, kind: str, name: str, mapping: bytes, actor: Actor) -> None:
    """Keep a mapping under a name; ``role_missing``, ``mapping_name_malformed``, ``mapping_name_taken``.

    ``mapping_invalid`` for one that no file could be read by.
    """
    if kind == BILL:
        bills.mapping(mapping)
    else:
        filing.mapping_of(mapping, kind)
    data = parsed(mapping, name)
    mappings.save_mapping(enterprise=enterprise, name=name, data=data, purpose=kind, actor=actor)
