"""What the fill-in sheet calls its codes, and sentences about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

REPORTS: Final[Mapping[str, str]] = {
    "licence": mark("Fill-in sheet of the licence report"),
    "code_number": mark("Fill-in sheet of the code-number report"),
}
SHORT: Final[Mapping[str, str]] = {"licence": mark("Licence report"), "code_number": mark("Code-number report")}
SOURCES: Final[Mapping[str, str]] = {
    "licences": mark("register of licences"),
    "numbers": mark("register of code numbers"),
    "lines": mark("register of lines"),
    "staff": mark("register of staff"),
    "social_insurance": mark("social-insurance payment list"),
    "portrait": mark("the year's portrait"),
    "calls": mark("calls of the portrait's run"),
    "tickets": mark("complaints of the portrait's run"),
    "hand": mark("to be filled in by hand"),
}
CHANGES: Final[Mapping[str, str]] = {
    "same": mark("as last year"),
    "differs": mark("differs"),
    "unknown": mark("cannot be compared"),
}
UNKNOWN: Final = mark("not known here")
TEXTS: Final[Mapping[str, str]] = {
    "dossier_report_unknown": mark("{report} is no report; there are {reports}"),
    "dossier_fill_in_unknown": mark("no fill-in sheet of {year} was made yet; make it first"),
}
