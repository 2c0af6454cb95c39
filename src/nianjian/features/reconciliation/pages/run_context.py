"""What the pages of a run share: the run of this enterprise, and words for codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.reconcile import LIKELY, REASONS, RESULTS
from nianjian.engines.paper.words import Words
from nianjian.features.reconciliation.operations import runs
from nianjian.platform.web.access import Request

Json = dict[str, Any]
VERDICT_BADGES: Final[Mapping[str, str]] = {"passed": "good", "failed": "bad", "insufficient": "warn"}
STATE_BADGES: Final[Mapping[str, str]] = {"open": "bad", "explained": "warn", "settled": "good"}


def get_run_or_404(request: Request, code: str, reconciliation: str) -> Json:
    """The run, if it is of this enterprise; else 404."""
    try:
        told = runs.get_run(run=reconciliation, actor=request.actor)
    except NianjianError as error:
        raise Http404 from error
    if told["enterprise"] != code:
        raise Http404
    return told


def why(one: Json, _: Words) -> str:
    """Likely cause and reasons of a difference."""
    words = [_(LIKELY[one["likely"]])] if one["likely"] else []
    words += [_({**REASONS, **RESULTS}[code]) for code in one["reasons"]]
    return "；".join(words)


def about(one: Json) -> str:
    """Whom or what a difference is about, masked."""
    return " ".join(str(text) for text in one["about"].values() if text)
