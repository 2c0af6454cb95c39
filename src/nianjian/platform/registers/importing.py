"""Import a sheet into a register: all of it or nothing, every faulty cell named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers import kinds
from nianjian.platform.registers.references import list_allowed_references
from nianjian.platform.registers.tables import marking
from nianjian.platform.registers.tables.checking import check
from nianjian.platform.registers.tables.findings import Finding
from nianjian.platform.registers.tables.sheet_reader import Table, read
from nianjian.platform.registers.versions import service


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a sheet. With ``errors`` nothing was written; ``rejected`` counts the rows that hold them.

    ``rows``: read, inserted, updated, unchanged, rejected. ``warnings`` refuse nothing but change a light later.
    """

    kind: str
    file: str
    sha256: str
    sheet: str
    encoding: str
    rows: Mapping[str, int]
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    extra_columns: tuple[str, ...]
    error_workbook: str | None

    @property
    def ok(self) -> bool:
        """The sheet is in."""
        return not self.errors

    def as_dict(self) -> dict[str, object]:
        """The JSON answer."""
        return {
            "kind": self.kind,
            "file": self.file,
            "sha256": self.sha256,
            "sheet": self.sheet,
            "encoding": self.encoding,
            "rows": dict(self.rows),
            "errors": [one.as_dict() for one in self.errors],
            "warnings": [one.as_dict() for one in self.warnings],
            "extra_columns": list(self.extra_columns),
            "error_workbook": self.error_workbook,
        }


def import_sheet(
    *,
    kind: str,
    path: Path,
    enterprise: str,
    actor: Actor,
    error_workbook: Path | None = None,
    words: marking.Words | None = None,
) -> Receipt:
    """Read, check and write a sheet; one transaction and one audit entry, none of both with a faulty cell.

    With faults and ``error_workbook`` the sheet is written there with each bad cell marked, its reason put into
    ``words`` (code and values -> sentence; without it the code stands there). Raises NianjianError for a file that
    cannot be read at all (see `tables.reading.read`), ``enterprise_unknown``, ``register_kind_unknown``,
    ``role_missing``.
    """
    require(actor, enterprise, Act.LOAD)
    register = kinds.register(kind)
    tenant = accounts.enterprise(enterprise)
    table = read(path, register.sheet)
    checked = check(table, register.sheet, list_allowed_references(kind, tenant.code, sheet=True))
    rows = {"read": len(table.lines), "inserted": 0, "updated": 0, "unchanged": 0, "rejected": checked.faulty}
    marked = None
    if checked.findings:
        if error_workbook is not None:
            _mark(table, checked.findings, error_workbook, words or _code_only)
            marked = str(error_workbook)
    else:
        counts = service.upsert(
            model=register.model,
            sheet=register.sheet,
            enterprise=tenant.code,
            rows=checked.rows,
            has_extra=bool(table.extra),
            file=table.sha256,
            file_name=table.file,
            actor=actor,
        )
        rows |= {"inserted": counts.inserted, "updated": counts.updated, "unchanged": counts.unchanged}
    return Receipt(
        kind=kind,
        file=table.file,
        sha256=table.sha256,
        sheet=table.sheet,
        encoding=table.encoding,
        rows=rows,
        errors=tuple(checked.findings),
        warnings=tuple(checked.warnings),
        extra_columns=tuple(table.extra.values()),
        error_workbook=marked,
    )


def _mark(table: Table, findings: list[Finding], path: Path, words: marking.Words) -> None:
    try:
        marking.mark(table, findings, path, words)
    except OSError as fault:
        raise NianjianError("file_unwritable", file=str(path), reason=fault.strerror or "") from fault


def _code_only(code: str, values: Mapping[str, object]) -> str:
    hint = values.get("hint")
    return f"{code}: {hint}" if hint else code
