"""The copy for a network that fails: the sheet, the answers and the logs as HTML and PDF in one zip.

It holds what was looked at, with its days, and nothing that the pages would not show to a reader: numbers are masked.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from nianjian.engines.paper.words import words
from nianjian.features.inspection.operations.checks import work
from nianjian.features.inspection.operations.day.sheet import sheet
from nianjian.platform.accounts.query import Actor

MEDIA: Final = "application/zip"
SUMS: Final = "SHA256SUMS"
STAMP: Final = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can hold: the same content gives the same bytes
MODE: Final = 0o600 << 16


def bundle(
    *, enterprise: str, actor: Actor, language: str, day: date | None = None, anew: bool = False
) -> tuple[str, bytes]:
    """Name and content; a part that nobody has looked at yet is not in it.

    ``anew``: all of it is looked up now, at its cost, and so nothing lacks. ``role_missing``, ``enterprise_unknown``,
    ``visit_unknown``, ``drawing_failed``. Cost: some seconds, most of them for the PDF.
    """
    from nianjian.engines.paper.inspection import day as papers  # noqa: PLC0415 -- the printer loads for a copy alone
    from nianjian.engines.paper.inspection.papers import html, pdf  # noqa: PLC0415 -- as above

    _ = words(language)
    told = sheet(enterprise=enterprise, actor=actor, day=day, anew=anew)
    contents = {"index": papers.sheet(told, _)}
    for part, drawn in (("answers", papers.answers), ("retention", papers.logs)):
        looked = (work.now if anew else work.newest)(enterprise=enterprise, part=part, actor=actor)
        if looked is not None:
            contents[part] = drawn(looked, told, _)
    ways = [(f"{name}.html", str(one["title"])) for name, one in contents.items()]
    files = {f"{name}.html": html(one, language, ways) for name, one in contents.items()}
    files |= {f"{name}.pdf": pdf(one) for name, one in contents.items()}
    name = told["visit"]["day"] if told["visit"] else told["today"]
    return f"inspection-day-{enterprise}-{name}.zip", packed(files)


def write_bundle(
    *, enterprise: str, actor: Actor, language: str, path: Path, day: date | None = None, anew: bool = False
) -> None:
    """Write it to a file; what `bundle` raises, OSError."""
    _name, content = bundle(enterprise=enterprise, actor=actor, language=language, day=day, anew=anew)
    path.touch(0o600)
    path.write_bytes(content)


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of the files by name, with their sums, which ``sha256sum -c`` checks."""
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in sorted({**files, SUMS: sums.encode()}.items()):
            told = zipfile.ZipInfo(name, STAMP)
            told.compress_type, told.external_attr = zipfile.ZIP_DEFLATED, MODE
            pack.writestr(told, content)
    return out.getvalue()
