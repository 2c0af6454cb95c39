"""Cuts page ranges out of a clean copy, in the limited child."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.ingest.limited import Ended, run
from nianjian.features.dossier.ingest.receive import Received


def fit(got: Received) -> Path:
    """The clean copy that may be cut; dossier_cut_unfit where parts of it would hide what the check says of the whole.

    That is: an OFD, an electronic signature (which no part keeps), a damaged file, one that is pictures of itself.
    """
    if got.clean is None or got.signed or got.repaired or got.rebuilt:
        raise NianjianError("dossier_cut_unfit", file=got.name)
    return got.clean


def cut(clean: Path, ranges: Sequence[tuple[int, int]], folder: Path, *, name: str) -> list[Path]:
    """A PDF for each (first, last), in their order; dossier_file_costly, dossier_file_broken, dossier_pdf_broken."""
    try:
        run("cut", name, str(clean), str(folder), json.dumps(list(ranges)))
    except Ended as end:
        if end.reason in {"time", "memory", "output"}:
            raise NianjianError("dossier_file_costly", file=name, reason=end.reason) from end
        raise NianjianError("dossier_file_broken", file=name) from end
    return [folder / f"{place}.pdf" for place in range(len(ranges))]
