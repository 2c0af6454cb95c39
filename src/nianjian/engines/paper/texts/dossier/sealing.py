"""Words and sentences about pictures of seals and electronic signatures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

SEALS: Final[Mapping[str, str]] = {
    "official_seal": mark("official seal"),
    "finance_seal": mark("finance seal"),
    "legal_person_seal": mark("legal representative's seal"),
}
KINDS: Final[Mapping[str, str]] = {**SEALS, "seal_use": mark("use of a seal's picture")}
PLACES: Final[Mapping[str, str]] = {
    "cover_seal": mark("first-page seal"),
    "copy_seal": mark("seal on copies"),
    "further_seal": mark("further seal"),
}
STANDINGS: Final[Mapping[str, str]] = {
    "none": mark("no signature"),
    "unreadable": mark("cannot be checked"),
    "broken": mark("broken"),
    "changed": mark("changed after signing"),
    "untrusted": mark("intact, not trusted"),
    "unknown": mark("intact, trust unknown"),
    "trusted": mark("intact and trusted"),
}
TRUST: Final[Mapping[str, str]] = {
    "unknown": mark("unknown: no roots are set"),
    "untrusted": mark("not under the roots that are set"),
    "trusted": mark("under the roots that are set"),
}
CHANGED: Final[Mapping[str, str]] = {
    "none": mark("nothing"),
    "form": mark("form fields were filled in or signed"),
    "notes": mark("notes were added"),
    "other": mark("the content"),
}
NO_SEAL: Final = mark(
    "A printed picture of a seal is no electronic seal in law. It serves drafts for looking at; what is handed in is"
    " stamped by hand, or signed with a certificate."
)
TEXTS: Final[Mapping[str, str]] = {
    "seal_kind_unknown": mark("“{kind}” is no kind of seal; there are {kinds}"),
    "seal_mark_wrong": mark("{kind} does not stand on {mark}; it may stand on {marks}"),
    "seal_width": mark("a seal of {given} × {high} mm cannot be used; 5 to {most} mm are possible"),
    "seal_number": mark("“{given}” is no length in mm"),
    "seal_picture_small": mark("{file} has too few pixels; scan the print again, {least} pixels a side at least"),
    "seal_picture_empty": mark(
        "{file} shows no single print of a seal on light paper; scan it again, and nothing else"
    ),
    "seal_picture_there": mark("there is a picture of {kind} already; withdraw it first"),
    "seal_picture_missing": mark("there is no picture of {kind} that may be used; add one"),
    "seal_picture_changed": mark(
        "the kept picture of {kind} is not the one that was put in; withdraw it and add it again"
    ),
    "seal_document_missing": mark("{item} of {year} has no file yet"),
    "seal_document_unfit": mark(
        "version {version} of {item} bears no seal: a person must have confirmed it, and it must have pages"
    ),
    "seal_place": mark(
        "page {page} of {pages} at {x} × {y} mm is no place; pages count from 1, a sheet has {wide} × {high} mm"
    ),
    "seal_use_there": mark("this seal on page {page} of this very paper ({item}) is approved already"),
    "seal_use_unknown": mark("there is no such use of a seal: {use}"),
    "seal_use_none": mark(
        "no use of a seal's picture is approved for the papers of {year} as they are now; ask for one first"
    ),
    "signature_not_pdf": mark("{file} is no PDF; signatures are read of PDFs alone"),
    "signature_none": mark("{file} bears no electronic signature"),
    "signature_roots_unreadable": mark(
        "{file} cannot be read; NIANJIAN_TRUST_ROOTS must name a PEM file with certificates"
    ),
    "signatures_many": mark("{file} bears more than {most} signatures; so many are not read"),
    "signed_paper_unknown": mark("there is no signed paper {paper}"),
    "signed_paper_changed": mark(
        "the kept file of signed paper {paper} is not the one that came; restore it from a backup"
    ),
    "signed_file_exists": mark("{file} is there already; name a new file"),
    "signer_unset": mark("no certificate is named; give --certificate or set NIANJIAN_SIGNER"),
    "signer_missing": mark("there is no file {file} with a certificate"),
    "signer_unreadable": mark("{file} cannot be opened: the password is wrong, or it is no PKCS#12 file"),
    "signer_expired": mark("the certificate of {file} holds from {first} to {last}, not now"),
    "signer_no_signing": mark("the certificate of {file} is not made for signing"),
    "tsa_unreachable": mark("the time-stamp authority {url} gave no time stamp; nothing was signed, try it again"),
    "signing_disk_full": mark("there is no room on the disk for the signed {file}; nothing was signed"),
    "signing_failed": mark("{file} could not be signed; nothing was changed"),
    "signing_draft": mark("this is a draft; build the package without what makes it one, then sign"),
    "signing_unknown_package": mark("no package with the manifest {digest} was built here for this enterprise"),
    "signing_not_intact": mark("{folder} is not what its manifest says; see nianjian dossier verify"),
    "signing_large": mark(
        "{file} would have {bytes} bytes with its signature, more than {most}; build the package again"
    ),
}
