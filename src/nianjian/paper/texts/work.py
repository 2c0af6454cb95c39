"""Sentences for long work and imports from the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "job_unknown": mark("there is no work {job}"),
    "job_over": mark("the work {job} is over already"),
}
