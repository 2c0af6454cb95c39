"""Error codes in the shell's language of the moment."""

from __future__ import annotations

from collections.abc import Mapping

from nianjian.engines.paper.texts import errors
from nianjian.platform.terminal.language import _


def sentence(code: str, values: Mapping[str, object]) -> str:
    """As `paper.texts.errors.sentence`."""
    return errors.sentence(code, values, _)


def named(value: str, code: object) -> object:
    """As `paper.texts.errors.named`."""
    return errors.named(value, code, _)
