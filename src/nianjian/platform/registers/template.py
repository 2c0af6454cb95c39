"""Write the empty sheet of a register."""

from __future__ import annotations

import tempfile
from pathlib import Path

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers import kinds
from nianjian.platform.registers.tables import marking


def write(kind: str, path: Path) -> None:
    """Write an xlsx with headers, notes, choice lists and an example sheet; the same bytes each time.

    ``register_kind_unknown``, ``file_unwritable``.
    """
    sheet = kinds.register(kind).sheet
    try:
        marking.empty(sheet, path)
    except OSError as fault:
        raise NianjianError("file_unwritable", file=str(path), reason=fault.strerror or "") from fault


def content(kind: str) -> bytes:
    """The same as bytes; ``register_kind_unknown``."""
    with tempfile.TemporaryDirectory(prefix="nianjian-template-") as name:
        path = Path(name) / "sheet.xlsx"
        write(kind, path)
        return path.read_bytes()
