"""How much may come out of a packed file. A bomb is refused before it fills the disk or the memory."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError

MIB: Final = 1 << 20

# Call records shrink to a twentieth, XML of a workbook to a thirtieth; deflate ends at a thousandth.
RATIO: Final = 250
UNSUSPECTED: Final = 64 * MIB  # unpacked: up to here no ratio is asked
RESERVE: Final = 256 * MIB  # of the disk: never filled
STEP: Final = 64 * MIB  # written between two looks at the disk


def checked_ratio(file: str, packed: int, unpacked: int) -> None:
    """NianjianError ``unpacked_too_large`` where ``unpacked`` bytes came out of so few that it must be a bomb."""
    if unpacked > UNSUSPECTED and unpacked > RATIO * max(packed, 1):
        raise NianjianError(
            "unpacked_too_large", file=file, size=megabytes(unpacked), packed=megabytes(packed), ratio=RATIO
        )


def checked_room(file: str, folder: Path, needed: int) -> None:
    """NianjianError ``disk_too_small`` where ``folder``'s disk has no room for ``needed`` more bytes."""
    free = shutil.disk_usage(folder).free
    if needed + RESERVE > free:
        raise NianjianError("disk_too_small", file=file, needed=megabytes(needed), free=megabytes(free))


def checked_part(file: str, part: str, size: int, limit: int) -> None:
    """NianjianError ``part_too_large`` where a part that must be held in memory is over its limit."""
    if size > limit:
        raise NianjianError("part_too_large", file=file, part=part, size=megabytes(size), limit=megabytes(limit))


def megabytes(size: int) -> str:
    """For people: ``12 MB``; less than one in ``KB``."""
    return f"{size // MIB} MB" if size >= MIB else f"{-(-size // 1024)} KB"
