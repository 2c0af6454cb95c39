"""The key that signs sessions: given by the environment or made once in the home."""

from __future__ import annotations

import secrets
from typing import Final

from nianjian.config.env import Environment
from nianjian.config.folders import make_private, write_once

BYTES: Final = 50


def key(environment: Environment) -> str:
    """Return the signing key; the first caller makes the file, mode 0600, later ones read it."""
    if environment.secret_key:
        return environment.secret_key
    make_private(environment.home)
    path = environment.home / "secret_key"
    if path.exists():
        return path.read_text(encoding="utf-8")
    return write_once(path, secrets.token_urlsafe(BYTES))
