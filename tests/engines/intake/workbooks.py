"""Workbooks of call rows as bytes."""

import io
import zipfile
from collections.abc import Mapping, Sequence

import openpyxl
from tests.engines.intake.conftest import HEADER, row

HEADER_CELLS = HEADER.split(",")


def cells(number: int, **changes: str) -> list[object]:
    """One good row's cells."""
    return [cell or None for cell in row(number, **changes).split(",")]


def book(
    *,
    rows: Sequence[Sequence[object]] | None,
    more: Mapping[str, Sequence[Sequence[object]]] | None = None,
    hidden: Sequence[str] = (),
    patch: Mapping[str, str] | None = None,
    sheet: str | None = None,
) -> bytes:
    """A header and ``rows`` (None: no header either), further sheets; ``patch``, ``sheet``: the first one's XML."""
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    for one in [HEADER_CELLS, *rows] if rows is not None else []:
        workbook.active.append(list(one))
    for name, listed in (more or {}).items():
        added = workbook.create_sheet(name)
        added.sheet_state = "hidden" if name in hidden else "visible"
        for one in listed:
            added.append(list(one))
    out = io.BytesIO()
    workbook.save(out)
    return _touched(out.getvalue(), patch or {}, sheet) if patch or sheet else out.getvalue()


def _touched(data: bytes, patch: Mapping[str, str], sheet: str | None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = (sheet or text.decode()).encode()
                for before, after in patch.items():
                    text = text.replace(before.encode(), after.encode())
            new.writestr(name, text)
    return out.getvalue()
