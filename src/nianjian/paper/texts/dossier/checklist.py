"""Sentences for codes of the checklist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "dossier_version_unknown": mark("{item} has no version {version}; `nianjian dossier list` shows the newest"),
    "dossier_version_old": mark("version {version} of {item} is not the newest; look at version {newest}"),
    "dossier_version_returned": mark("version {version} of {item} was sent back; add a new file"),
    "dossier_arrival_unknown": mark("no file {arrival} waits to be sorted; somebody may have decided on it"),
    "dossier_picture_unknown": mark("there is no picture of page {page}; have the pages drawn first"),
    "dossier_not_ready": mark("version {version} of {item} has findings that must not stand; add a file without them"),
    "dossier_days_reversed": mark("the paper ends on {until}, before it begins on {effective}; correct the days"),
    "dossier_reason_missing": mark("say why: the text is empty"),
    "dossier_item_required": mark("{item} must be in every package; only the algorithm filing may not apply"),
}
