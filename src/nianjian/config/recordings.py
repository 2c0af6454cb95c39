"""Where the recordings of each enterprise lie on this server: NIANJIAN_RECORDINGS, read."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from nianjian.config import env
from nianjian.kernel.errors import NianjianError

SETTING: Final = "NIANJIAN_RECORDINGS"
CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


def folders(environ: Mapping[str, str] | None = None) -> dict[str, Path]:
    """Enterprise -> folder, out of ``CODE=/FOLDER`` with blanks, commas or line ends between.

    What does not fit in a word is escaped as in an address. ``recordings_malformed``: also a second folder of one
    enterprise, and a path that does not begin at the root.
    """
    found: dict[str, Path] = {}
    given = os.environ if environ is None else environ
    for entry in env.text(SETTING, given).replace(",", " ").split():
        code, _sign, text = entry.partition("=")
        folder = Path(unquote(text))
        if not CODE.fullmatch(code) or code in found or not folder.is_absolute() or "\0" in str(folder):
            raise NianjianError("recordings_malformed", setting=SETTING, entry=entry)
        found[code] = folder
    return found
