"""From a database URL to Django's settings of it: SQLite in the home, or PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from nianjian.engines.kernel.errors import NianjianError

WAIT: Final = 30  # seconds that a writer waits for another one

# Every transaction of SQLite takes the write lock at its start: a read that turns into a write would fail at once
# instead of waiting. WAL keeps readers going beside the writer; synchronous stays FULL, the audit chain must
# survive a power cut.
SQLITE: Final = {
    "timeout": WAIT,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


def settings(url: str, home: Path) -> dict[str, object]:
    """Django's ``DATABASES["default"]``; ``database_url_malformed`` without echoing the URL, it holds a password."""
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(home / "nianjian.sqlite3"), "OPTIONS": SQLITE}
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        raise NianjianError("database_url_malformed", scheme=parts.scheme)
    try:
        port = parts.port
    except ValueError as fault:
        raise NianjianError("database_url_malformed", scheme=parts.scheme) from fault
    return {
        "ENGINE": "django.db.backends.postgresql", "NAME": name, "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""), "HOST": parts.hostname or "", "PORT": port or "",
        "OPTIONS": dict(parse_qsl(parts.query)), "CONN_HEALTH_CHECKS": True,
    }  # fmt: skip
