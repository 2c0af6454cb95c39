"""A paper before it is kept: its name, what it is, its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import wrap_read_errors
from nianjian.platform.registers.attachments import NAME, ROW_LIMIT, TYPES


@dataclass(frozen=True, slots=True)
class Content:
    """``name`` without folder and control characters; ``media_type`` as the content shows it."""

    name: str
    media_type: str
    body: bytes


LIMIT: Final = ROW_LIMIT  # bytes; it is held in memory


def content(name: str, body: bytes) -> Content:
    """Check a file: ``file_empty``, ``file_too_large``, ``attachment_type_refused`` unless name and content agree."""
    plain = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable()).strip()
    stem, ending = Path(plain).stem[:NAME], Path(plain).suffix.lower()
    if not body:
        raise NianjianError("file_empty", file=plain)
    if len(body) > LIMIT:
        raise NianjianError("file_too_large", file=plain, limit=LIMIT)
    begins, media_type = TYPES.get(ending, (b"", ""))
    if not media_type or not body.startswith(begins):
        raise NianjianError("attachment_type_refused", file=plain, types=", ".join(sorted(TYPES)))
    return Content(f"{stem}{ending}", media_type, body)


def from_path(path: Path) -> Content:
    """Read a file; ``file_missing``, ``file_unreadable``, and those of `content`."""
    with wrap_read_errors(path):
        if path.stat().st_size > LIMIT:
            raise NianjianError("file_too_large", file=path.name, limit=LIMIT)
        body = path.read_bytes()
    return content(path.name, body)
