"""A file of a seal's print as a picture with clear ground, made by the limited child."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.impressions.service import Read
from nianjian.features.dossier.ingest.limited import Ended, run

LIMIT: Final = 20 << 20  # bytes of the file as it comes
WALL: Final = 60.0  # seconds


def read(name: str, content: bytes, room: Path) -> Read:
    """``room``: for temporary files, closed to others.

    ``file_empty``, ``file_too_large``, ``dossier_file_costly``, ``dossier_picture_broken``,
    ``dossier_picture_pixels``, ``seal_picture_small``, ``seal_picture_empty``.
    """
    if not content:
        raise NianjianError("file_empty", file=name)
    if len(content) > LIMIT:
        raise NianjianError("file_too_large", file=name, limit=LIMIT)
    with tempfile.TemporaryDirectory(dir=room) as folder:  # gone with the clear picture
        source, target = Path(folder) / "source", Path(folder) / "target.png"
        source.write_bytes(content)
        try:
            (told,) = run("seal_picture", name, str(source), str(target), wall=WALL)
        except Ended as end:
            if end.reason in {"time", "memory", "output"}:
                raise NianjianError("dossier_file_costly", file=name, reason=end.reason) from end
            raise NianjianError("dossier_picture_broken", file=name) from end
        return Read(target.read_bytes(), int(told["wide"]), int(told["high"]))
