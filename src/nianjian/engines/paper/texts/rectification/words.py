"""What the codes of rectification are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

STEPS: Final[Mapping[str, str]] = {
    "opened": mark("case opened"),
    "located": mark("located"),
    "isolated": mark("isolated"),
    "measured": mark("measured"),
    "reported": mark("reported"),
    "submitted": mark("submitted"),
    "closed": mark("closed"),
    "measure_added": mark("measure named"),
    "measure_done": mark("measure carried out"),
    "paper_added": mark("paper added"),
    "paper_corrected": mark("what is said of a paper was corrected"),
}
DIMENSIONS: Final[Mapping[str, str]] = {
    "display": mark("complained number"),
    "line": mark("line"),
    "team": mark("team"),
    "complainant": mark("complainant"),
}
PAPERS: Final[Mapping[str, str]] = {
    "notice": mark("rectification notice"),
    "test_report": mark("technical test report"),
    "annex": mark("annex"),
}
ORDERS: Final[Mapping[str, str]] = {
    "isolate": mark("isolation"),
    "lift": mark("lifting"),
    "isolation": mark("isolation of a channel"),
    "isolation_lift": mark("lifting of an isolation"),
}
