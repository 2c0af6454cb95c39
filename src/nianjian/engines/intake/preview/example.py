"""A small file of each source as its switch or vendor writes it: what to compare one's own export with."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError

FOLDER: Final = Path(__file__).resolve().parents[1] / "examples"


def example(source: str) -> Path:
    """The file of a source; ``source_unknown``."""
    found = {path.stem: path for path in FOLDER.iterdir()}
    if source not in found:
        raise NianjianError("source_unknown", source=source, known=", ".join(sorted(found)))
    return found[source]
