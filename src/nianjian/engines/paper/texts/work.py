"""Sentences for long work and imports from the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "job_unknown": mark("there is no work {job}"),
    "job_over": mark("the work {job} is over already"),
    "job_lost": mark("the work {job} was taken over by another worker"),
    "job_broken_off": mark(
        "the worker ended in the middle of the work {job}, and it was not begun again: what had been written is"
        " complete, the rest was taken back. Look at the data page, then ask for it again"
    ),
    "job_fault": mark(
        "unexpected fault {kind} in the work {job}; the worker's log tells where."
        " Nothing of the step under way was kept"
    ),
    "sheet_has_faults": mark("{rows} rows of {file} have faults; nothing was written"),
    "draft_unknown": mark("there is no import {draft} under way"),
    "draft_running": mark("the import {draft} is being carried out and cannot be changed"),
    "files_missing": mark("the import has no file yet"),
    "file_twice": mark("{file} is there already"),
    "file_single": mark("one sheet at a time: {file} was not taken"),
    "rejects_none": mark("no row at the beginning of {file} would be rejected"),
    "sheet_too_large": mark(
        "{file} is larger than {limit}, or as a workbook {unpacked} unpacked; let the worker check it"
    ),
    "sheet_faults_many": mark("{file} has {faults} faults, more than {most}; let the worker mark them"),
    "marked_sheet_missing": mark(
        "the check {job} has no marked sheet: it is not done, it found no fault, or its {days} days are over"
    ),
    "upload_too_large": mark("{file} is larger than {limit}; import it in the shell with `nianjian calls import`"),
    "mapping_unknown": mark("there is no mapping named {name}"),
    "mapping_name_malformed": mark("a mapping's name has 1 to {longest} signs"),
    "mapping_name_taken": mark("a mapping for something else is called {name}"),
    "setting_not_a_count": mark("{setting} is a whole number above 0, not “{value}”"),
    "account_closed": mark("the account of {user} was closed; its work is not done any more"),
}
