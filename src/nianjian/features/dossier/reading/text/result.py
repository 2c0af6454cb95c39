"""What a reader hands back: values with the place they were read at, and findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from nianjian.features.dossier.finding import Finding, Weight
from nianjian.features.dossier.reading.text.lines import Box, Line

SURE: Final = 0.90
"""Least confidence of a line whose value goes on without a remark; docs/develop/reading.md has the evidence."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a field has its value: the words as they stand on the page."""

    field: str
    words: str
    page: int
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Facts:
    """All that one paper tells. ``fields`` are plain values for JSON; ``personal`` names those that are masked."""

    fields: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    personal: frozenset[str] = frozenset()


def stop(code: str, page: int | None = None, **values: object) -> Finding:
    """Return a finding that makes the paper not ready."""
    return Finding(code, Weight.STOP, page, values)


def ask(code: str, page: int | None = None, **values: object) -> Finding:
    """Return a finding that a person must look at."""
    return Finding(code, Weight.ASK, page, values)


def note(code: str, page: int | None = None, **values: object) -> Finding:
    """Return a finding that is only said."""
    return Finding(code, Weight.NOTE, page, values)


def to_evidence(name: str, line: Line) -> Evidence:
    """The line as evidence of the field ``name``."""
    return Evidence(name, line.text, line.page, line.box, line.confidence)


def unsure(name: str, line: Line) -> tuple[Finding, ...]:
    """A finding where the line was read with less than full confidence."""
    if line.confidence >= SURE:
        return ()
    return (ask("field_unsure", line.page, field=name, confidence=f"{line.confidence:.2f}"),)
