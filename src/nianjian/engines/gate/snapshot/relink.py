"""Put a snapshot together again after its files were copied: links of lists, and which generation is in force."""

from __future__ import annotations

import os
from pathlib import Path

from nianjian.engines.gate.snapshot import format as form
from nianjian.engines.gate.snapshot.write import link


def relink(root: Path) -> int:
    """Link lists into the generations that name them; the newest that is whole is in force. How many are whole.

    A generation whose list is nowhere stays as it is: it cannot be opened, and the next feed writes another.
    """
    whole = [folder for folder in sorted((root / form.GENERATIONS).glob("[0-9]*")) if _whole(root, folder)]
    if whole and not (root / form.CURRENT).exists():
        link(root, whole[-1])
    return len(whole)


def _whole(root: Path, folder: Path) -> bool:
    try:
        manifest = form.read((folder / form.MANIFEST).read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    missing = False
    for code, entry in manifest.tenants.items():
        for one in entry.lists:
            place = folder / f"{code}.{one.name}.list"
            if place.exists():
                continue
            try:
                os.link(root / form.LISTS / f"{one.sha256}.list", place)
            except FileNotFoundError:
                missing = True
    return not missing
