"""Sentences for codes of the checklist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "dossier_version_unknown": mark("{item} has no version {version}; `nianjian dossier list` shows the newest"),
    "dossier_version_old": mark("version {version} of {item} is not the newest; look at version {newest}"),
    "dossier_version_returned": mark("version {version} of {item} was sent back; add a new file"),
    "dossier_arrival_unknown": mark("no file {arrival} waits to be sorted; somebody may have decided on it"),
    "dossier_cut_none": mark("name at least one paper: its item, its first and its last page"),
    "dossier_cut_outside": mark("pages {first} to {last} are no range of a file with {pages} pages; correct them"),
    "dossier_cut_overlap": mark("page {page} stands in two papers; a page belongs to one"),
    "dossier_cut_twice": mark("two papers are to be {item}, and one would replace the other; scan them as one"),
    "dossier_cut_left": mark("pages {pages} belong to no paper; give them to one, or say that they may be deleted"),
    "dossier_cut_unfit": mark(
        "{file} cannot be cut: it is OFD, signed electronically, damaged, has content that nobody can clean or fields"
        " that its papers share, and parts would hide that; scan each paper into a file of its own"
    ),
    "dossier_picture_unknown": mark("there is no picture of page {page}; have the pages drawn first"),
    "dossier_not_ready": mark("version {version} of {item} has findings that must not stand; add a file without them"),
    "dossier_days_reversed": mark("the paper ends on {until}, before it begins on {effective}; correct the days"),
    "dossier_reason_missing": mark("say why: the text is empty"),
    "dossier_item_required": mark("{item} must be in every package; only the algorithm filing may not apply"),
}
