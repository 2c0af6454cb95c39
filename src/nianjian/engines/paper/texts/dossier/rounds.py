"""What the codes of a round are called, and sentences about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

ROUNDS: Final[Mapping[str, str]] = {
    "submitted": mark("handed in"),
    "returned": mark("came back, to be answered"),
    "answered": mark("answered, to be handed in again"),
    "resubmitted": mark("handed in again"),
    "passed": mark("passed"),
}
ASKED: Final[Mapping[str, str]] = {
    "open": mark("no answer yet"),  # not the words of calls: "not answered" is another word in Chinese
    "to_confirm": mark("new file not confirmed"),
    "answered": mark("answer there"),
    "sent": mark("handed in"),
    "left_out": mark("handed in without the answer"),
}
EVIDENCE: Final[Mapping[str, str]] = {
    "manifest": mark("manifest"),
    "receipt": mark("receipt"),
    "acceptance": mark("notice of acceptance"),
    "notice": mark("notice of return"),
    "opinion": mark("opinion that it passed"),
    "annex": mark("annex"),
}
CHANGES: Final[Mapping[str, str]] = {
    "same": mark("the same"),
    "added": mark("added"),
    "removed": mark("taken out"),
    "changed": mark("pages differ"),
    "resaved": mark("another file with the same pages"),
    "untold": mark("another file; its pages cannot be compared"),
}
PAGES: Final[Mapping[str, str]] = {
    "swapped": mark("exchanged for another page"),
    "added": mark("added"),
    "removed": mark("removed"),
    "reordered": mark("moved"),
    "changed": mark("changed"),
}
#: What a package's files differ in from its manifest, further to its pages.
DIFFERS: Final[Mapping[str, str]] = {
    **PAGES,
    "missing_file": mark("the file is missing"),
    "extra_file": mark("the file does not belong to the package"),
    "manifest": mark("the manifest is missing, broken or another one"),
}
WHOLE: Final = mark("the whole package")
TEXTS: Final[Mapping[str, str]] = {
    "dossier_manifest_altered": mark("{file} was altered: its own hash does not fit; take the one of the package"),
    "dossier_manifest_other": mark("the manifest is of {enterprise}, data year {season}; take the one of this season"),
    "dossier_manifest_draft": mark("the manifest is of a draft; build the complete package and hand that in"),
    "dossier_package_differs": mark(
        "{file}, page {page}, is not what the manifest says ({change}); `nianjian dossier verify` names every page"
    ),
    "dossier_place_missing": mark("say where it was handed in: the window or the system"),
    "dossier_day_ahead": mark("{day} is still to come; give the day on which it happened"),
    "dossier_day_before": mark("{day} is before {earlier}, when the package was handed in; correct the day"),
    "dossier_due_before_receipt": mark("the notice was received on {received}, after its last day {due}; correct them"),
    "dossier_submitted_already": mark("this very package is number {number} already; add the receipt there"),
    "dossier_round_over": mark("package {number} has passed; no further one is due"),
    "dossier_round_unknown": mark("no package {number} was handed in for {year}; `nianjian dossier rounds` lists them"),
    "dossier_round_refused": mark("not possible: package {number} stands as “{round_state}”"),
    "dossier_requests_missing": mark("say what was asked for: at least one request"),
    "dossier_requests_many": mark("{count} requests, at most {most} are taken; put those of one item together"),
    "dossier_request_unknown": mark(
        "package {number} has no request {request}; `nianjian dossier rounds --number {number}` lists them"
    ),
    "dossier_request_unreadable": mark("“{given}” is no request; write ITEM=TEXT, or =TEXT for the whole package"),
    "dossier_version_submitted": mark(
        "version {version} of {item} was handed in with package {number} already; add the new file first"
    ),
    "dossier_answer_whole": mark("the request is about the whole package: answer it in words, without a version"),
    "dossier_evidence_kind": mark("{given} is no kind of evidence; there are {known}"),
    "dossier_evidence_unknown": mark("package {number} has no file {evidence}"),
}
