"""What the web server grants a connection: technical limits, each with its reason in `env.SETTINGS`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from nianjian.platform.home import env


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, bytes a second and numbers of connections."""

    head_seconds: int
    idle_seconds: int
    body_seconds: int
    bytes_per_second: int
    connections: int
    connections_per_address: int

    def is_late(self, seconds: float, transferred: int) -> bool:
        """Whether so many bytes in so many seconds are slower than the lowest rate, after a start of a head's time."""
        return seconds > self.head_seconds + transferred / self.bytes_per_second


def read(environ: Mapping[str, str] | None = None) -> Limits:
    """The limits in force; ``setting_not_a_count``."""
    source = os.environ if environ is None else environ
    return Limits(
        head_seconds=env.count("NIANJIAN_WEB_HEAD_SECONDS", source),
        idle_seconds=env.count("NIANJIAN_WEB_IDLE_SECONDS", source),
        body_seconds=env.count("NIANJIAN_WEB_BODY_SECONDS", source),
        bytes_per_second=env.count("NIANJIAN_WEB_BYTES_PER_SECOND", source),
        connections=env.count("NIANJIAN_WEB_CONNECTIONS", source),
        connections_per_address=env.count("NIANJIAN_WEB_CONNECTIONS_PER_ADDRESS", source),
    )
