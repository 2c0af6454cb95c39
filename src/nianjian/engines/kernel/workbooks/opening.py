"""Open a workbook of whatever kind, to hold its rows in memory."""

from __future__ import annotations

import zipfile
from collections.abc import Container
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.workbooks.limits import HELD, Limits
from nianjian.engines.kernel.workbooks.old_workbook import OldWorkbook
from nianjian.engines.kernel.workbooks.sheet import faulty
from nianjian.engines.kernel.workbooks.workbook import BROKEN, CONTENT, Workbook

_OTHERS: Final = {"xl/workbook.bin": "xlsb", "content.xml": "ods"}


def open_workbook(file: str, path: Path, limits: Limits = HELD) -> Workbook | OldWorkbook:
    """``file`` is its name for people; ``workbook_broken`` and what the two kinds raise."""
    try:
        names = zipfile.ZipFile(path).NameToInfo if zipfile.is_zipfile(path) else {}
    except (*BROKEN, OSError, ValueError) as error:
        raise faulty(file, str(error)) from error
    if names and other_kind(names) is None:
        return Workbook.opened(file, path, limits)
    return OldWorkbook(file, path, limits)


def other_kind(names: Container[str]) -> str | None:
    """``xlsb`` or ``ods`` by the names of a zip's members; None for an xlsx and for what is no workbook."""
    if CONTENT not in names and "mimetype" not in names:
        return None
    return next((kind for part, kind in _OTHERS.items() if part in names), None)
