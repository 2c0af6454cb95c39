"""Words and error messages of the inspection package: items, checks, readers, rounds, seals, editions."""

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.texts.inspection_day import ROWS
from nianjian.engines.paper.words import mark

ITEMS: Final[Mapping[str, str]] = {
    "business_licence": mark("business licence"),
    "licence": mark("licence, original and duplicate"),
    "articles": mark("articles of association"),
    "shareholders": mark("table of shareholders"),
    "audit_report": mark("audit report"),
    "legal_person_id": mark("ID card of the legal representative"),
    "social_insurance": mark("social-insurance payment list"),
    "number_ledger": mark("ledger of code-number use"),
    "seat_table": mark("list of seats"),
    "monthly_traffic": mark("monthly traffic report"),
    "complaint_records": mark("complaint handling records"),
    "responsibility_report": mark("report on the information-security responsibility system"),
    "algorithm_filing": mark("algorithm filing for AI outbound"),
    "report_pledge": mark("pledge for the annual report"),
    "conduct_pledge": mark("pledge of no violations"),
    "financial_statements": mark("financial statements"),
    "system_pictures": mark("pictures of system and seats"),
    "access_agreement": mark("access agreement"),
    "number_certificate": mark("certificate of the code numbers"),
    "protection_grade": mark("proof of graded protection"),
    "outsourcing_agreement": mark("outsourcing agreement, further document"),
}
INTERNAL: Final[Mapping[str, str]] = {  # papers for the house itself, which are no items of the checklist
    "self_check": mark("Self-check report"),
    "complaint_sop": mark("Emergency procedure for complaints (SOP)"),
}
FORMS: Final[Mapping[str, str]] = {
    "original_scan": mark("scan of the original"),
    "copy_with_seal": mark("copy with the official seal"),
}
MARKS: Final[Mapping[str, str]] = {
    "cover_seal": mark("seal on the first page"),
    "riding_seal": mark("riding seal across every joint"),
    "copy_seal": mark("seal on the copy"),
}
NEXT: Final[Mapping[str, str]] = {
    "missing": mark("Upload the document."),
    "returned": mark("Read why it was sent back, and upload a better file."),
    "not_ready": mark("Fix what the check found and upload the document again, or have two people overrule the check."),
    "to_confirm": mark("Look at the pages and confirm them, or send the file back."),
    "expired": mark("Upload a document that is valid on the hand-in date."),
}
NEXT_GENERATED: Final[Mapping[str, str]] = {
    **NEXT,
    "missing": mark("Generate it from the records."),
    "returned": mark("Read why it was sent back; generate it again, or upload a better file."),
    "not_ready": mark("Fix what the check found, and generate it again."),
    "expired": mark("Generate it again for the hand-in date."),
    "blank": mark(
        "State what is missing on this page and generate it again, or confirm it again and say why it stays blank."
    ),
}
NEXT_MADE: Final[Mapping[str, str]] = {
    **NEXT_GENERATED,
    "to_confirm": mark("Read and confirm it. It is sealed once, with the bound book."),
}
FIELDS: Final[Mapping[str, str]] = {
    "name": mark("name"),
    "credit_code": mark("unified social credit code"),
    "credit_code_repaired": mark("letters of the credit code were corrected"),
    "legal_representative": mark("legal representative"),
    "valid_until": mark("valid until"),
    "number": mark("licence number"),
    "expiry": mark("last day"),
    "renewal_due": mark("renewal due by"),
    "parts": mark("parts of the licence"),
    "opinion": mark("opinion"),
    "firm": mark("audit firm"),
    "verification_code": mark("verification code"),
    "year": mark("year"),
    "dated": mark("dated"),
    "id_number": mark("identity number"),
    "born": mark("born on"),
    "person_name": mark("person's name"),
    "period": mark("months paid for"),
    "holder": mark("shareholder"),
    "share": mark("share held"),
    "months": mark("months in a row"),
    "from": mark("first month"),
    "to": mark("last month"),
    "people": mark("people listed"),
    "covered_throughout": mark("paid for in every month"),
    "names": mark("names"),
    "holders": mark("shareholders"),
    "total": mark("sum of the shares"),
    "as_at": mark("as at"),
    "filed": mark("filed seats"),
    "opened": mark("opened seats"),
    "complaints": mark("number of complaints"),
    "state": mark("state of the filing"),
    "as_of": mark("figures as of"),
    "run": mark("run of the portrait"),
}
OPINIONS: Final[Mapping[str, str]] = {
    "standard": mark("standard unqualified"),
    "emphasis": mark("unqualified with emphasis of matter"),
    "going_concern": mark("unqualified with going-concern doubt"),
    "qualified": mark("qualified"),
    "adverse": mark("adverse"),
    "disclaimer": mark("disclaimer of opinion"),
    "unclear": mark("not clear"),
}
OPINION_PARTS: Final[Mapping[str, str]] = {  # of a standard audit report
    "opening": mark("the opening: whose statements were audited"),
    "supported": mark("the sentence that the evidence is a basis for the opinion"),
    "headings": mark("the headings of the opinion and of both responsibilities"),
    "basis": mark("the part on the basis for the opinion"),
}
#: Id of the rule that a paper's claim rests on -> the check or the paper that it is about; no paper prints the id.
CLAIM_RULES: Final[Mapping[str, str]] = {
    **ROWS,
    "M9": ITEMS["seat_table"],
    "M10": ITEMS["monthly_traffic"],
    "M11": ITEMS["complaint_records"],
    "M12": ITEMS["responsibility_report"],
    "M13": ITEMS["algorithm_filing"],
    "R9": INTERNAL["complaint_sop"],
}
PAGES_LOST: Final = mark("missing, misplaced or unread: {pages}")
PAGES_ASTRAY: Final = mark("a page is doubled or misplaced")
VALUES: Final[Mapping[str, str]] = {"forever": mark("long-term"), "not_told": mark("not stated")}
VERDICTS: Final[Mapping[str, str]] = {
    "ready": mark("ready"),
    "not_ready": mark("not ready"),
    "needs_person": mark("manual check needed"),
}
STATES: Final[Mapping[str, str]] = {
    "missing": mark("missing"),
    "returned": mark("sent back"),
    "not_ready": mark("not ready"),
    "to_confirm": mark("to be confirmed by a person"),
    "expired": mark("not valid on that day"),
    "blank": mark("has blanks"),
    "ready": mark("ready"),
    "not_applicable": mark("does not apply"),
}
SEALS: Final[Mapping[str, str]] = {
    "round": mark("round seal"),
    "oval": mark("oval seal"),
    "square": mark("square seal"),
    "slice": mark("slice of a riding seal"),
}


NOTES: Final = {
    "appended": mark("something other than a signature was appended; every page is unchanged"),
    "signed": mark("a signature was appended; every byte before it is unchanged"),
    "signature_broken": mark("an invalid signature was appended; every page is unchanged"),
    "resaved": mark("saved again; every page is unchanged"),
}
CERTAINTY: Final = {"high": mark("high"), "medium": mark("medium"), "low": mark("low")}
WHY: Final = {
    "place": mark("some pages are identified only by their position"),
    "no_paper": mark("the package's paper edition was not next to the manifest: texts were not compared"),
    "text_unknown": mark("the text of some pages is inconclusive; they are identified by their image"),
    "seal_absent": mark("no riding seal was found on any sheet: not sealed yet, or a scan without colour"),
    "seal_unknown": mark("for some sheets it cannot be determined whether the riding seal continues"),
}
RIDING: Final = {
    "none": mark("no riding seal was planned"),
    "absent": mark("not found on any sheet"),
    "joins": mark("continuous across every sheet"),
    "faults": mark("not whole"),
    "cannot_tell": mark("cannot be determined"),
}
SHEETS: Final = {
    "joins": mark("found, continuous"),
    "missing": mark("missing"),
    "does_not_join": mark("not continuous"),
    "cannot_tell": mark("cannot be determined"),
}


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
FILL_IN_CHANGES: Final[Mapping[str, str]] = {
    "same": mark("as last year"),
    "differs": mark("differs"),
    "unknown": mark("cannot be compared"),
}
UNKNOWN: Final = mark("to be filled in")
ENTERED: Final = mark("filled in by a person")


CLASSES: Final[Mapping[str, str]] = {
    "own_short": mark("own short number"),
    "other_short": mark("other short numbers"),
    "landline": mark("landline numbers"),
    "mobile": mark("mobile numbers"),
    "shared_400_800": mark("400 and 800 numbers"),
    "other": mark("other numbers"),
    "unknown": mark("number not known"),
}
EXCLUSIONS: Final[Mapping[str, str]] = {
    "": mark("counted"),
    "not_accepted": mark("not accepted"),
    "not_own_number": mark("not our number"),
    "duplicate": mark("duplicate"),
    "not_a_call": mark("not about a call"),
}


ROUNDS: Final[Mapping[str, str]] = {
    "submitted": mark("handed in"),
    "returned": mark("returned, to be answered"),
    "answered": mark("answered, to be handed in again"),
    "resubmitted": mark("handed in again"),
    "passed": mark("passed"),
}
ASKED: Final[Mapping[str, str]] = {
    "open": mark("no answer yet"),  # not the words of calls: "not answered" is another word in Chinese
    "to_confirm": mark("new file not confirmed"),
    "answered": mark("answer given"),
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
ROUND_CHANGES: Final[Mapping[str, str]] = {
    "same": mark("the same"),
    "added": mark("added"),
    "removed": mark("taken out"),
    "changed": mark("pages differ"),
    "resaved": mark("another file with the same pages"),
    "untold": mark("another file; its pages cannot be compared"),
}
PAGES: Final[Mapping[str, str]] = {
    "swapped": mark("replaced by another page"),
    "added": mark("added"),
    "removed": mark("removed"),
    "reordered": mark("moved"),
    "changed": mark("changed"),
}
DIFFERENCE_KINDS: Final[Mapping[str, str]] = {
    **PAGES,
    "missing_file": mark("the file is missing"),
    "extra_file": mark("the file does not belong to the package"),
    "manifest": mark("the manifest is missing, damaged or a different one"),
    "seal_missing": mark("the sheet's part of the riding seal is missing"),
    "seal_broken": mark("the sheet's part of the riding seal does not continue on its neighbours"),
}
WHOLE: Final = mark("the whole package")


SEAL_KINDS: Final[Mapping[str, str]] = {
    "official_seal": mark("official seal"),
    "finance_seal": mark("finance seal"),
    "legal_person_seal": mark("legal representative's seal"),
}
REQUEST_KINDS: Final[Mapping[str, str]] = {
    **SEAL_KINDS,
    "seal_use": mark("use of a seal image"),
    "finding_overruling": mark("overruling of a check finding"),
    "scan_overruling": mark("overruling of a finding on the scan of a sealed book"),
}
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
#: Step of a package -> its name, and what it waits for or is about.
STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "figures": (mark("Figures"), mark("the year's run, from which the documents take their figures")),
    "materials": (mark("Materials ready"), mark("generated from the records or uploaded, and confirmed by a person")),
    "build": (mark("Binding"), mark("one book of all documents, once every material is ready")),
    "seal": (mark("Printing and sealing"), mark("sealed once, as a book, after it has been built")),
    "scan": (mark("Scan"), mark("the sealed book is scanned once and splits by itself")),
    "check": (mark("Split check"), mark("each item's sealed pages against what was printed, after the scan")),
    "final": (mark("Final edition"), mark("upload and paper edition from the checked scan")),
    "submit": (
        mark("Submission"),
        mark("recorded once with its reference number; licence report and package are submitted together"),
    ),
}
NO_SEAL: Final = mark(
    "A seal image is not a legally valid electronic seal. Use it on drafts for review only; stamp what is "
    "handed in by hand, or sign it with a certificate."
)


TEXTS: Final[Mapping[str, str]] = {
    "fill_in_field_unknown": mark("the report has no field {field}"),
    "fill_in_value_invalid": mark("{field} must be a whole number, a share of 0 to 100 %, or names separated by 、"),
    "dossier_sealed_scan_unknown": mark("of version {version} of {item} there is no scan of the sealed book"),
    "dossier_version_unknown": mark("{item} has no version {version}; the newest is shown by `nianjian dossier list`"),
    "dossier_version_old": mark("version {version} of {item} is not the newest; use version {newest}"),
    "dossier_version_returned": mark("version {version} of {item} was sent back; add a new file"),
    "dossier_arrival_unknown": mark("no file {arrival} is waiting to be sorted; somebody may have already handled it"),
    "dossier_cut_none": mark("name at least one document: its item, its first and its last page"),
    "dossier_cut_outside": mark(
        "pages {first} to {last} are not a valid range in a file with {pages} pages; correct them"
    ),
    "dossier_cut_overlap": mark("page {page} is in two documents; a page belongs to only one"),
    "dossier_cut_twice": mark(
        "two documents are assigned to {item}, and one would replace the other; scan them as one"
    ),
    "dossier_cut_left": mark(
        "pages {pages} belong to no document; assign them to one, or confirm that they may be deleted"
    ),
    "dossier_cut_unfit": mark(
        "{file} cannot be split: it is OFD, electronically signed, damaged, has content that cannot be "
        "cleaned or form fields that its documents share, and splitting would hide that; scan each document "
        "into a separate file"
    ),
    "dossier_picture_unknown": mark("there is no image of page {page}; render the pages first"),
    "dossier_not_ready": mark(
        "version {version} of {item} has findings that must be resolved; add a file without them, or have "
        "two people overrule them"
    ),
    "dossier_explanation_missing": mark(
        "version {version} of {item} does not cover everyone; explain it when you confirm it (new staff, dispatched, "
        "retired, part-time, …)"
    ),
    "dossier_finding_unknown": mark("version {version} of {item} has no finding {finding} there that can be overruled"),
    "dossier_days_reversed": mark(
        "the document expires on {until}, before it takes effect on {effective}; correct the dates"
    ),
    "dossier_reason_missing": mark("give the reason: the text is empty"),
    "dossier_item_required": mark(
        "{item} must be in every package; only the algorithm filing can be marked as not applicable"
    ),
    # the file
    "scan_active_content": mark("it contained active content ({kinds}); the copy in use is free of it"),
    "scan_locked": mark("it was locked against changes; the copy in use is not"),
    "scan_rebuilt": mark(
        "active content could not be removed, so the pages were redrawn as images: compare every page with "
        "the original; text, links and the original scan resolution are lost"
    ),
    "scan_repaired": mark("the file was damaged and has been repaired; compare every page with the original"),
    "scan_signed": mark("it has an electronic signature, which only the stored original contains"),
    "scan_ofd": mark(
        "an OFD file is stored as evidence and not read; add a PDF of it, and have a person compare the two"
    ),
    # a page
    "scan_not_a4": mark("{wide} × {high} mm is not A4; scan or print it on A4, 210 × 297 mm"),
    "scan_dpi_low": mark("{dpi} dpi, at least {least} are needed; scan it again at {least} dpi or more"),
    "scan_blank": mark("the page is blank; remove it, or scan its other side"),
    "scan_skewed": mark("the page is skewed by {degrees}°, at most {most}° are accepted; straighten it and scan again"),
    "scan_turned": mark("the page is rotated by {degrees}°; turn it upright"),
    "scan_across": mark("a landscape page lies sideways on the upright sheet, as it is bound"),
    "scan_turn_unsure": mark("the orientation could not be determined; check the page"),
    "scan_blurred": mark("the page is blurred (edges {width} pixels wide); scan it again"),
    "scan_upscaled": mark("the image looks enlarged from a lower resolution; check whether small print is sharp"),
    # seals
    "seal_cover_missing": mark("no official red seal, round or oval, was found on the first page"),
    "seal_copy_missing": mark("a copy needs the official red seal; none was found"),
    "seal_square_only": mark("only a square seal was found, which is a personal one; the enterprise's seal is needed"),
    "seal_grey": mark("the page has no colour; seal it in red, or scan it in colour if it is already sealed"),
    "seal_large": mark("a seal of {diameter} mm, at most {most} mm are allowed; check whether it is really a seal"),
    "seal_riding_missing": mark("no slice of a riding seal at the edge of the page; every joint must be sealed"),
    "seal_riding_broken": mark(
        "the riding seal does not continue from the page before; check whether a page was swapped or removed"
    ),
    "seal_riding_partial": mark(
        "the slices of the riding seal do not add up to one seal; check whether a page is missing"
    ),
    # form
    "form_copy": mark("it looks like a black-and-white copy; a scan of the original is needed"),
    "form_original": mark("it looks like a scan of the original; a copy with the official seal is needed"),
    # fields
    "fields_unread": mark("not read: {fields}; a person must read and confirm them"),
    "riding_seal_sheets": mark("{given} is not a valid number of sheets; use 1 to {most}"),
    "riding_seal_diameter": mark("{given} mm is not a valid seal diameter; use {least} to {most} mm"),
    "seal_picture_unreadable": mark("the seal image cannot be used; provide a PNG of 8 to {largest} pixels a side"),
    "dossier_copy_unreadable": mark("{item}: {file} cannot be read; upload it again"),
    "upload_page_large": mark(
        "{item}, page {page}: at {dpi} dpi it does not fit into {bytes} bytes; scan it again with less "
        "noise, or in greyscale"
    ),
    "dossier_folder_full": mark("{folder} is not empty; choose a new folder"),
    "dossier_manifest_unreadable": mark("{file} is not a package manifest that this version supports"),
    "dossier_verify_what": mark(
        "upload the package as a zip, or one file together with its manifest.json; for a scan always include "
        "the manifest, or choose a package that was handed in"
    ),
    "dossier_zip_broken": mark("{file} is not a readable zip; pack the package folder again"),
    "dossier_zip_large": mark("{file} unpacks to more than {members} files or {mib} MiB; pack the package alone"),
    "dossier_zip_path": mark(
        "{file} contains a file that would be unpacked outside its folder: {member}; pack the package again"
    ),
    "dossier_scan_unreadable": mark("{file} cannot be read as a scan; save it as one PDF"),
    "dossier_path_unknown": mark("there is nothing at {path}"),
    "dossier_folder_unusable": mark("{folder} cannot be used: {reason}; choose a folder that you can write to"),
    "dossier_build_failed": mark("the package could not be built ({reason}); nothing was written, try again"),
    "dossier_files_unknown": mark(
        "there are no such files; generated files are kept for {days} days, generate them again"
    ),
    "dossier_report_unknown": mark("{report} is not a report; choose one of {reports}"),
    "dossier_fill_in_unknown": mark("there is no fill-in sheet of {year} yet; create it first"),
    "dossier_item_not_generated": mark("{name} is not generated; choose one of {items}"),
    "generated_unsigned": mark(
        "generated from the registers: read and confirm it; it is sealed as part of the bound book, whose "
        "scan is split automatically"
    ),
    "sums_differ": mark(
        "{figure}: {paper} in the document, {portrait} in the portrait; run the portrait again, then generate it again"
    ),
    "sums_unknown": mark("{figure} is not in the portrait; run the portrait again"),
    "claim_refused": mark(
        "{rule}: the document states the true figures instead of the claim, because of {lack} ({count}). To "
        "make it true: {remedy}"
    ),
    "claim_unproved": mark(
        "{rule}: the data does not prove a claim, because of {lack}; fill in the blank by hand, or prove it: {remedy}"
    ),
    "claim_part_unknown": mark("{claim} has no part {part} that can be filled in"),
    "claim_blank": mark("only you know this: {fields}; fill it in on the item's page, it is kept for next time"),
    "filing_missing": mark(
        "the form says neither that the algorithm is filed nor, with a reason, that the filing does not apply; state it"
        " on the item's page and generate the document again"
    ),
    "claim_contradicted": mark(
        "the statement does not agree with the data, which is printed instead: {claim}; correct the "
        "statement or the data"
    ),
    "cells_blank": mark(
        "{count} cells are blank, for the register does not know them: {cells}; enter them there and generate the list"
        " again"
    ),
    "cells_unknown": mark(
        "printed as – because the register does not know it: {columns}; enter it there if the authority asks for it"
    ),
    "generated_blank": mark(
        "the register of licences does not know: {fields}; enter it there, else the paper leaves a blank to fill in"
    ),
    "dossier_file_empty": mark("{file} is empty; scan or save it again"),
    "dossier_file_large": mark(
        "{file} has {megabytes} MB, at most {most} MB are accepted; scan at 300 dpi, or split it by item"
    ),
    "dossier_bytes_before": mark(
        "{file} has other content before the PDF; open it in a PDF reader and print it to a new PDF"
    ),
    "dossier_bytes_behind": mark(
        "{file} has other content after the PDF; open it in a PDF reader and print it to a new PDF"
    ),
    "dossier_type_unknown": mark("{file} is not PDF, JPEG, PNG, TIFF or OFD; save it as a PDF"),
    "dossier_name_other": mark(
        "{file} has the extension of {named} but is {found}; rename it with the right extension"
    ),
    "dossier_password": mark("{file} needs a password to open; save it without one"),
    "dossier_pdf_broken": mark("{file} is a PDF that cannot be read; create it again, or scan the document again"),
    "dossier_file_broken": mark("{file} cannot be read; create it again, or scan the document again"),
    "dossier_file_costly": mark(
        "{file} takes more time or memory to read than any scan needs; print it to a new PDF, or scan the document"
    ),
    "dossier_pages_none": mark("{file} has no pages; create it again"),
    "dossier_pages_many": mark("{file} has {pages} pages, at most {most} are accepted; split it by item"),
    "dossier_page_side": mark(
        "{file}, page {page}: {wide} × {high} mm; sides of {least} to {most} mm are accepted, the package is A4"
    ),
    "dossier_page_heavy": mark(
        "{file}, page {page}: its drawing content is too large; print the page to a new PDF or scan it"
    ),
    "dossier_page_costly": mark(
        "{file}, page {page}: it takes more time or memory to render than any page needs; print it to a new "
        "PDF, or scan the document"
    ),
    "dossier_pixels_many": mark(
        "{file}, page {page}: an image of {megapixels} million pixels, at most {most} are accepted; scan at 300 dpi"
    ),
    "dossier_picture_pixels": mark("{file} has more than {most} million pixels; scan at 300 dpi"),
    "dossier_picture_broken": mark("{file} is an image that cannot be read completely; photograph or scan it again"),
    "dossier_ofd_broken": mark("{file} is not a readable OFD package; ask its issuer for a PDF, or for a new copy"),
    "dossier_ofd_bomb": mark("{file} unpacks to far more than a document contains; ask its issuer for a PDF"),
    "dossier_item_unknown": mark("{item} is not an item of the package; choose one of {items}"),
    "dossier_form_unknown": mark(
        "{rule} does not say whether {item} is an original scan or a copy with seal; correct it"
    ),
    "reading_failed": mark("{file} could not be read: {reason}; try again, and if it still fails read it yourself"),
    "field_missing": mark("{field} was not found; a person must read it"),
    "field_unreadable": mark("{field} is present but cannot be read; a person must read it"),
    "field_unsure": mark("{field} was read with a confidence of only {confidence}; compare it with the page"),
    "field_differs": mark("{field} differs from the register; check both"),
    "page_without_text": mark("no text was read on the page; check it"),
    "paper_without_pages": mark("there is no page to read"),
    "item_without_reader": mark("there is no reader for {item}; a person must read it"),
    "text_unread": mark("there is ink that looks like text but was not read; check the page"),
    "text_layer_differs": mark(
        "the text inside the PDF differs from what the page shows; only the visible text counts, check the page"
    ),
    "pages_missing": mark(
        "after printed page {before} comes printed page {after} ({gap}); check that the file is complete and in order"
    ),
    "pages_begin_late": mark("the first page is numbered {number}; look for the missing pages before it"),
    "pages_end_early": mark("the last page is numbered {number} of {total}; look for the missing pages"),
    "opinion_not_found": mark(
        "no sentence says that the statements are prepared and present fairly in all material respects; a "
        "person must read the opinion"
    ),
    "opinion_not_passing": mark("the opinion is {opinion}; only a standard unqualified opinion passes"),
    "opinion_conflict": mark("the report mentions several opinions ({kinds}); a person must read it"),
    "opinion_incomplete": mark("a part of every standard report was not read ({part}); a person must read the report"),
    "opinion_parts_missing": mark(
        "the numbered parts are not consecutive: {before}, then {after}; look for a missing page"
    ),
    "opinion_quoted": mark("the words “{words}” only refer to an opinion; a person must read the report itself"),
    "opinion_suspicious": mark("“{words}” is outside the usual boilerplate; a person must read the context"),
    "opinion_unsure": mark("barely legible: {words}; a person must read it"),
    "year_ambiguous": mark(
        "the report mentions several years equally often ({years}); a person must decide which one applies"
    ),
    "year_differs": mark("the report is for {read}, the data year is {wanted}"),
    "dated_later": mark("dated {dated}, later than {asked_on}"),
    "name_not_found": mark("{name} is not in the document; check whose it is"),
    "credit_code_bad": mark("the check digit of the credit code as read is wrong; compare it with the page"),
    "credit_codes_several": mark(
        "{count} different credit codes are in the document; a person must decide which one applies"
    ),
    "credit_code_repaired": mark("letters that no credit code has were corrected: {read}; compare it with the page"),
    "credit_code_differs": mark("{read} differs from {wanted} in the register"),
    "validity_not_told": mark("the licence states no last day; look it up in the public register"),
    "expired": mark("its last day was {expiry}, before {asked_on}"),
    "licence_number_unusual": mark("the licence number as read has no known format; compare it with the page"),
    "licence_numbers_several": mark(
        "{count} different licence numbers are in the document; a person must decide which one applies"
    ),
    "licence_number_repaired": mark("letters among the digits were corrected: {number}; compare it with the page"),
    "licence_number_differs": mark("{read} differs from {wanted} in the register"),
    "licence_part_missing": mark("{part} was not found in the file; both parts are needed"),
    "renewal_due": mark("it expires on {expiry}; renewal was due by {due}"),
    "identity_bad": mark("the check digit of the number as read is wrong; compare it with the page"),
    "identities_several": mark(
        "{count} different identity numbers are in the document; a person must decide which one applies"
    ),
    "identity_repaired": mark("letters among the digits were corrected; compare the number with the page"),
    "birth_date_differs": mark(
        "the birth date in the number does not match the one printed on the card as read; compare both"
    ),
    "side_missing": mark("{field} is on the other side, which was not found; add it"),
    "articles_not_recognised": mark("the word 章程 is not in the document; check what it is"),
    "list_without_rows": mark("no row of the table could be read; a person must read it"),
    "row_unreadable": mark("a row whose {column} cannot be read is not counted; a person must read it"),
    "row_unsure": mark("a row was read with a confidence of only {confidence}; compare it with the page"),
    "months_differ": mark("a row says {told} months, its period covers {read}; a person must decide which one applies"),
    "months_too_few": mark("{months} months in a row were paid, at least {wanted} are needed"),
    "months_old": mark("the last paid month is {last}; the list must show the latest paid months before submission"),
    "months_end_early": mark("the last paid month is {last}; a later list may be required"),
    "people_not_throughout": mark("not everyone was paid for in the last {months} months; explain who joined or left"),
    "people_few": mark("{people} people are listed, agencies expect at least {wanted}"),
    "people_unread": mark(
        "no row of the list was read on pages {pages}, and {count} people of the staff list were not found "
        "elsewhere; a person must read these pages"
    ),
    "people_missing": mark("{count} people of the staff list were not found in the list; explain them"),
    "name_nearly": mark("a name differs from the staff list in one character; compare it with the page"),
    "name_not_on_staff": mark("a name in the list is not on the staff list"),
    "names_nearly": mark("names that differ from the staff list in one character: {count}; compare them with the page"),
    "names_not_on_staff": mark("names in the list that are not on the staff list: {count}"),
    "shares_sum": mark("the shares sum to {total} %, not {wanted} %"),
    "shares_printed_sum": mark("the table prints {printed} %, its rows sum to {total} %"),
    "seal_name_unread": mark("the name in the seal was not read (confidence {confidence}); check it"),
    "seal_name_nearly": mark("the name in the seal as read differs in one character; check it"),
    "seal_name_differs": mark("the seal has a different name; check whose seal it is"),
    "dossier_manifest_altered": mark("{file} was altered: its own hash does not match; use the one in the package"),
    "dossier_manifest_other": mark("the manifest is for {enterprise}, data year {season}; use the one of this season"),
    "dossier_manifest_draft": mark("the manifest is for a draft; build the complete package and hand that in"),
    "dossier_sealed_mixed": mark(
        "the codes name pages of several books ({books}); scan each book into a separate file"
    ),
    "dossier_sealed_unknown": mark(
        "the package of the sealed book {book} is not here; build it on the page, then print it"
    ),
    "dossier_sealed_pages": mark("pages of the book are missing, duplicated or out of order: {pages}; scan it again"),
    "dossier_sealed_differs": mark("pages of the book differ from what was printed: {pages}; check them"),
    "dossier_sealed_unsealed": mark(
        "no riding seal is visible on the scan; seal the book first, then scan it in colour"
    ),
    "dossier_edition_file": mark(
        "{file} is from the upload edition of a package: version {version} of {item} has been generated already and "
        "nothing needs to be added"
    ),
    "dossier_book_pages": mark(
        "the pages of {file} bear the codes of a sealed book, in which version {version} of {item} is printed; scan "
        "the whole book and upload it under “Sort documents”"
    ),
    "dossier_scan_not_refused": mark(
        "nothing was found on file {arrival} that two persons can overrule: only pages that differ and a riding seal "
        "that is not visible"
    ),
    "overruling_needs_user": mark(
        "two named persons overrule the finding {finding}: --as USER with the token in NIANJIAN_TOKEN"
    ),
    "dossier_runs_differ": mark(
        "documents of one package must come from one portrait; run {run} is on the cover, the others come "
        "from: {papers}. Generate them again"
    ),
    "dossier_basis_differs": mark(
        "the generated documents state the figures {basis}, but the enterprise files them {filed_basis}; return and "
        "generate the documents again, then build the package"
    ),
    "dossier_package_unbuilt": mark("there is no complete package of data year {year}; build it first"),
    "dossier_package_differs": mark(
        "{file}, page {page}, differs from the manifest ({change}); `nianjian dossier verify` lists every page"
    ),
    "dossier_package_resaved": mark(
        "{file} was saved again, or something other than a signature was appended: hand in the folder as "
        "`nianjian dossier build` wrote it or `nianjian dossier sign` signed it, or build it again"
    ),
    "dossier_package_alone": mark(
        "{file} is only a manifest, and the files that it lists are not stored here, so the season could never be"
        " archived; name the folder of the package instead"
    ),
    "dossier_place_missing": mark("say where it was handed in: the window or the system"),
    "dossier_day_ahead": mark("{day} is in the future; give the day on which it happened"),
    "dossier_day_before": mark("{day} is before {earlier}, when the package was handed in; correct the day"),
    "dossier_day_before_build": mark(
        "{day} is before {built}, when this package was built; correct the day, or take the hand-in back and record it "
        "with the package that was handed in"
    ),
    "dossier_due_before_receipt": mark(
        "the notice was received on {received}, after its last day {due}; correct the dates"
    ),
    "dossier_submitted_already": mark("this package is already registered as number {number}; add the receipt there"),
    "dossier_round_over": mark("package {number} has passed; nothing more is due"),
    "dossier_round_unknown": mark(
        "no package {number} was handed in for {year}; list them with `nianjian dossier rounds`"
    ),
    "dossier_round_refused": mark("not possible: package {number} has the state “{round_state}”"),
    "dossier_requests_missing": mark("give at least one request: what was asked for"),
    "dossier_requests_many": mark("{count} requests, at most {most} are accepted; combine those of the same item"),
    "dossier_request_unknown": mark(
        "package {number} has no request {request}; list them with `nianjian dossier rounds --number {number}`"
    ),
    "dossier_request_unreadable": mark("“{given}” is not a request; write ITEM=TEXT, or =TEXT for the whole package"),
    "dossier_version_submitted": mark(
        "version {version} of {item} was already handed in with package {number}; add the new file first"
    ),
    "dossier_answer_whole": mark("the request concerns the whole package: answer it in words, without a version"),
    "dossier_evidence_kind": mark("{given} is not a kind of evidence; choose one of {known}"),
    "dossier_evidence_unknown": mark("package {number} has no file {evidence}"),
    "seal_kind_unknown": mark("“{kind}” is not a kind of seal; choose one of {kinds}"),
    "seal_mark_wrong": mark("{kind} cannot be placed on {mark}; it can be placed on {marks}"),
    "seal_width": mark("a seal of {given} × {high} mm cannot be used; use 5 to {most} mm"),
    "seal_number": mark("“{given}” is not a length in mm"),
    "seal_picture_small": mark("{file} has too few pixels; scan the imprint again, at least {least} pixels a side"),
    "seal_picture_empty": mark(
        "{file} does not show a single seal imprint on light paper; scan it again, with nothing else"
    ),
    "seal_picture_there": mark("there is already an image of {kind}; withdraw it first"),
    "seal_picture_missing": mark("there is no usable image of {kind}; add one"),
    "seal_picture_changed": mark(
        "the stored image of {kind} differs from the one that was added; withdraw it and add it again"
    ),
    "seal_document_missing": mark("{item} of {year} has no file yet"),
    "seal_document_unfit": mark(
        "version {version} of {item} cannot be sealed: a person must have confirmed it, and it must have pages"
    ),
    "seal_place": mark(
        "page {page} of {pages} at {x} × {y} mm is not a valid position; pages count from 1, a sheet is "
        "{wide} × {high} mm"
    ),
    "seal_use_there": mark("this seal on page {page} of this document ({item}) is already approved"),
    "seal_use_unknown": mark("there is no seal use {use}"),
    "seal_use_none": mark(
        "no use of a seal image is approved for the documents of {year} as they are now; request one first"
    ),
    "signature_not_pdf": mark("{file} is not a PDF; signatures are read only from PDFs"),
    "signature_none": mark("{file} has no electronic signature"),
    "signature_roots_unreadable": mark(
        "{file} cannot be read; NIANJIAN_TRUST_ROOTS must name a PEM file with certificates"
    ),
    "signatures_many": mark("{file} has more than {most} signatures; it is not read"),
    "signed_paper_unknown": mark("there is no signed document {paper}"),
    "signed_paper_changed": mark(
        "the stored file of signed document {paper} differs from the one received; restore it from a backup"
    ),
    "signed_file_exists": mark("{file} already exists; choose a new file"),
    "signer_unset": mark("no certificate is given; pass --certificate or set NIANJIAN_SIGNER"),
    "signer_missing": mark("there is no certificate file {file}"),
    "signer_unreadable": mark("{file} cannot be opened: the password is wrong, or it is not a PKCS#12 file"),
    "signer_expired": mark("the certificate of {file} is valid from {first} to {last}, not now"),
    "signer_no_signing": mark("the certificate of {file} is not suitable for signing"),
    "tsa_unreachable": mark("the time-stamp authority {url} returned no time stamp; nothing was signed, try again"),
    "signing_disk_full": mark("there is not enough disk space for the signed {file}; nothing was signed"),
    "signing_failed": mark("{file} could not be signed; nothing was changed"),
    "signing_draft": mark("this is a draft; build the final package, then sign"),
    "signing_unknown_package": mark("no package with the manifest {digest} was built here for this enterprise"),
    "signing_not_intact": mark("{folder} differs from its manifest; see nianjian dossier verify"),
    "signing_large": mark(
        "{file} would have {bytes} bytes with its signature, more than {most}; build the package again"
    ),
}
"""Error codes and their messages."""
