"""Words and error messages of the inspection package: items, checks, readers, rounds, seals, editions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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
    "outsourcing_agreement": mark("outsourcing agreement, further paper"),
}
BOARDS: Final[Mapping[str, str]] = {
    "general": mark("General papers"),
    "special": mark("Special papers"),
    "further": mark("Further papers asked for here"),
}
FORMS: Final[Mapping[str, str]] = {
    "original_scan": mark("scan of the original"),
    "copy_with_seal": mark("copy with the official seal"),
}
MARKS: Final[Mapping[str, str]] = {
    "cover_seal": mark("seal on the first page"),
    "riding_seal": mark("riding seal over every joint"),
    "copy_seal": mark("seal on the copy"),
}
NEXT: Final[Mapping[str, str]] = {
    "missing": mark("Upload the paper."),
    "returned": mark("Read why it was sent back, and upload a better file."),
    "not_ready": mark("Mend what the check found and upload the paper again, or let two people overrule the check."),
    "to_confirm": mark("Look at the pages and confirm them, or send the file back."),
    "expired": mark("Upload a paper that is valid on the day of handing in."),
}
NEXT_GENERATED: Final[Mapping[str, str]] = {
    **NEXT,
    "missing": mark("Generate it from the records."),
    "returned": mark("Read why it was sent back; generate it again, or upload a better file."),
    "not_ready": mark("Mend what the check found, and generate it again."),
    "expired": mark("Generate it again for the day of handing in."),
}
NEXT_MADE: Final[Mapping[str, str]] = {
    **NEXT_GENERATED,
    "to_confirm": mark("Read it and confirm it; it is sealed once, with the bound book."),
}
FIELDS: Final[Mapping[str, str]] = {
    "name": mark("name"),
    "credit_code": mark("unified social credit code"),
    "credit_code_repaired": mark("letters of the credit code were put right"),
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
VALUES: Final[Mapping[str, str]] = {"forever": mark("long-term"), "not_told": mark("not told")}
VERDICTS: Final[Mapping[str, str]] = {
    "ready": mark("ready"),
    "not_ready": mark("not ready"),
    "needs_person": mark("a person must look"),
}
STATES: Final[Mapping[str, str]] = {
    "missing": mark("missing"),
    "returned": mark("sent back"),
    "not_ready": mark("not ready"),
    "to_confirm": mark("to be confirmed by a person"),
    "expired": mark("not valid on that day"),
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
    "appended": mark("something was appended that is no signature; every page is as it was"),
    "signed": mark("a signature was appended; every byte before it is as it was"),
    "signature_broken": mark("a signature was appended that does not hold; every page is as it was"),
    "resaved": mark("saved again; every page is as it was"),
}
CERTAINTY: Final = {"high": mark("high"), "medium": mark("medium"), "low": mark("low")}
WHY: Final = {
    "place": mark("some pages are known by their place alone"),
    "no_paper": mark("the package's own paper did not lie beside the manifest: texts were not compared"),
    "text_unknown": mark("the text of some pages tells nothing; they are known by their picture"),
    "seal_absent": mark("no riding seal was seen on any sheet: not sealed yet, or a scan without colour"),
    "seal_unknown": mark("of some sheets it cannot be told whether the riding seal goes on"),
}
RIDING: Final = {
    "none": mark("no riding seal was planned"),
    "absent": mark("not seen on any sheet"),
    "joins": mark("goes on over every sheet"),
    "faults": mark("not whole"),
    "cannot_tell": mark("cannot be told"),
}
SHEETS: Final = {
    "joins": mark("found, joins"),
    "missing": mark("missing"),
    "does_not_join": mark("does not join"),
    "cannot_tell": mark("cannot be told"),
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
    "not_own_number": mark("no own number"),
    "duplicate": mark("duplicate"),
    "not_a_call": mark("not about a call"),
}


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
ROUND_CHANGES: Final[Mapping[str, str]] = {
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
DIFFERENCE_KINDS: Final[Mapping[str, str]] = {
    **PAGES,
    "missing_file": mark("the file is missing"),
    "extra_file": mark("the file does not belong to the package"),
    "manifest": mark("the manifest is missing, broken or another one"),
    "seal_missing": mark("the sheet's part of the riding seal is missing"),
    "seal_broken": mark("the sheet's part of the riding seal does not go on on its neighbours"),
}
WHOLE: Final = mark("the whole package")


SEAL_KINDS: Final[Mapping[str, str]] = {
    "official_seal": mark("official seal"),
    "finance_seal": mark("finance seal"),
    "legal_person_seal": mark("legal representative's seal"),
}
REQUEST_KINDS: Final[Mapping[str, str]] = {
    **SEAL_KINDS,
    "seal_use": mark("use of a seal's picture"),
    "finding_overruling": mark("overruling of what a check found"),
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
NO_SEAL: Final = mark(
    "A printed picture of a seal is no electronic seal in law. It serves drafts for looking at; what is handed in is"
    " stamped by hand, or signed with a certificate."
)


TEXTS: Final[Mapping[str, str]] = {
    "fill_in_field_unknown": mark("the report has no field {field}"),
    "fill_in_value_invalid": mark("{field} takes a whole number, a share of 0 to 100 %, or names apart by 、"),
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
    "dossier_not_ready": mark(
        "version {version} of {item} has findings that must not stand; add a file without them, or let two people"
        " overrule them"
    ),
    "dossier_finding_unknown": mark("version {version} of {item} has no finding {finding} there that can be overruled"),
    "dossier_days_reversed": mark("the paper ends on {until}, before it begins on {effective}; correct the days"),
    "dossier_reason_missing": mark("say why: the text is empty"),
    "dossier_item_required": mark("{item} must be in every package; only the algorithm filing may not apply"),
    # the file
    "scan_active_content": mark("it held active content ({kinds}); the copy that is used is free of it"),
    "scan_locked": mark("it was locked against changes; the copy that is used is not"),
    "scan_rebuilt": mark(
        "active content could not be taken out, so the pages were drawn anew as pictures: compare every page with the"
        " paper; text, links and the scan's own resolution are gone"
    ),
    "scan_repaired": mark("the file was damaged and has been repaired; compare every page with the paper"),
    "scan_signed": mark("it carries an electronic signature, which only the kept original holds"),
    "scan_ofd": mark("an OFD file is kept as evidence and not read; add a PDF of it, a person compares the two"),
    # a page
    "scan_not_a4": mark("{wide} × {high} mm is not A4; scan or print it on A4, 210 × 297 mm"),
    "scan_dpi_low": mark("{dpi} dpi, at least {least} are needed; scan it again at {least} dpi or more"),
    "scan_blank": mark("the page is blank; take it out, or scan its other side"),
    "scan_skewed": mark("the page leans by {degrees}°, at most {most}° are taken; lay it straight and scan again"),
    "scan_turned": mark("the page stands turned by {degrees}°; turn it upright"),
    "scan_across": mark("a landscape page lies across the upright sheet, as it is bound"),
    "scan_turn_unsure": mark("which way is up could not be told; look at the page"),
    "scan_blurred": mark("the page is blurred (edges {width} pixels wide); scan it again"),
    "scan_upscaled": mark("the picture looks enlarged from a lower resolution; look whether small print is sharp"),
    # seals
    "seal_cover_missing": mark("no official red seal, round or oval, was found on the first page"),
    "seal_copy_missing": mark("a copy needs the official red seal; none was found"),
    "seal_square_only": mark("only a square seal was found, which is a person's; the enterprise's seal is needed"),
    "seal_grey": mark("the page shows no colour; seal it in red, or scan it in colour if it is sealed"),
    "seal_large": mark("a seal of {diameter} mm, at most {most} mm are allowed; look whether it is one"),
    "seal_riding_missing": mark("no slice of a riding seal at the edge of the page; every joint must be sealed"),
    "seal_riding_broken": mark(
        "the riding seal does not go on from the page before; look whether a page was swapped or taken out"
    ),
    "seal_riding_partial": mark(
        "the slices of the riding seal do not add up to one seal; look whether a page is missing"
    ),
    # form
    "form_copy": mark("it looks like a black-and-white copy; a scan of the original is needed"),
    "form_original": mark("it looks like a scan of the original; a copy with the official seal is needed"),
    # fields
    "fields_unread": mark("not read: {fields}; a person reads and confirms them"),
    "riding_seal_sheets": mark("{given} is no number of sheets; 1 to {most} are planned"),
    "riding_seal_diameter": mark("a seal of {given} mm is none; {least} to {most} mm are planned"),
    "seal_picture_unreadable": mark("the seal's picture cannot be used; give a PNG of 8 to {largest} pixels a side"),
    "dossier_copy_unreadable": mark("{item}: {file} cannot be read; upload it again"),
    "upload_page_large": mark(
        "{item}, page {page}: at {dpi} dpi it does not fit into {bytes} bytes; scan it again with less noise,"
        " or in grey"
    ),
    "dossier_folder_full": mark("{folder} is not empty; name a new folder"),
    "dossier_manifest_unreadable": mark("{file} is no manifest of a package that this version knows"),
    "dossier_verify_what": mark(
        "give the package as a zip, or one file with its manifest.json beside it; a scan always with the manifest,"
        " or choose a package that was handed in"
    ),
    "dossier_zip_broken": mark("{file} is no zip that can be read; pack the package's folder anew"),
    "dossier_zip_large": mark("{file} unpacks to more than {members} files or {mib} MiB; pack the package alone"),
    "dossier_zip_path": mark("{file} holds a file that would leave its folder: {member}; pack the package anew"),
    "dossier_scan_unreadable": mark("{file} cannot be read as a scan; save it as one PDF"),
    "dossier_path_unknown": mark("there is nothing at {path}"),
    "dossier_folder_unusable": mark("{folder} cannot be used: {reason}; name a folder that you may write to"),
    "dossier_build_failed": mark("the package could not be built ({reason}); nothing was written, try it again"),
    "dossier_files_unknown": mark("there are no such files; what was made is kept for {days} days, then make it again"),
    "dossier_report_unknown": mark("{report} is no report; there are {reports}"),
    "dossier_fill_in_unknown": mark("no fill-in sheet of {year} was made yet; make it first"),
    "dossier_item_not_generated": mark("{name} is not generated; give one of {items}"),
    "generated_unsigned": mark(
        "generated from the registers: read it and confirm it; it is sealed in the bound book, whose scan splits itself"
    ),
    "sums_differ": mark(
        "{figure}: {paper} in the paper, {portrait} in the portrait; run the portrait anew, then generate it again"
    ),
    "sums_unknown": mark("{figure} is not in the portrait's run; run the portrait anew"),
    "claim_refused": mark(
        "{rule}: the paper gives the true figures in place of the claim, for {lack} ({count}). What makes it true:"
        " {remedy}"
    ),
    "claim_unproved": mark(
        "{rule}: the data do not prove a claim, for {lack}; fill in the blank by hand, or prove it: {remedy}"
    ),
    "claim_part_unknown": mark("{claim} has no part {part} that a person fills in"),
    "claim_blank": mark("only people know it: {fields}; fill it in on the item's page, it is kept for the next time"),
    "claim_contradicted": mark(
        "what was stated does not agree with the data, which are printed: {claim}; correct the statement or the data"
    ),
    "generated_blank": mark("the registers do not know: {fields}; fill it in by hand"),
    "dossier_file_empty": mark("{file} is empty; scan or save it again"),
    "dossier_file_large": mark(
        "{file} has {megabytes} MB, at most {most} MB are taken; scan at 300 dpi, or split it by item"
    ),
    "dossier_bytes_before": mark(
        "{file} has something else in front of the PDF; open it in a PDF reader and print it into a new PDF"
    ),
    "dossier_bytes_behind": mark(
        "{file} has something else behind the PDF; open it in a PDF reader and print it into a new PDF"
    ),
    "dossier_type_unknown": mark("{file} is none of PDF, JPEG, PNG, TIFF, OFD; save it as a PDF"),
    "dossier_name_other": mark("{file} is named as {named} but is {found}; give it the ending of what it is"),
    "dossier_password": mark("{file} opens with a password only; save it without one"),
    "dossier_pdf_broken": mark("{file} is a PDF that cannot be read; make it anew, or scan the paper again"),
    "dossier_file_broken": mark("{file} cannot be read; make it anew, or scan the paper again"),
    "dossier_file_costly": mark(
        "{file} takes more time or memory to read than any scan needs; print it into a new PDF, or scan the paper"
    ),
    "dossier_pages_none": mark("{file} has no page; make it anew"),
    "dossier_pages_many": mark("{file} has {pages} pages, at most {most} are taken; split it by item"),
    "dossier_page_side": mark(
        "{file}, page {page}: {wide} × {high} mm; sides of {least} to {most} mm are taken, the package is A4"
    ),
    "dossier_page_heavy": mark(
        "{file}, page {page}: its drawing is too large; print the page into a new PDF or scan it"
    ),
    "dossier_page_costly": mark(
        "{file}, page {page}: it takes more time or memory to draw than any page needs; print it into a new PDF, or"
        " scan the paper"
    ),
    "dossier_pixels_many": mark(
        "{file}, page {page}: a picture of {megapixels} million pixels, at most {most} are taken; scan at 300 dpi"
    ),
    "dossier_picture_pixels": mark("{file} has more than {most} million pixels; scan at 300 dpi"),
    "dossier_picture_broken": mark("{file} is a picture that cannot be read whole; take or scan it again"),
    "dossier_ofd_broken": mark("{file} is no OFD package that can be read; ask its issuer for a PDF, or for it anew"),
    "dossier_ofd_bomb": mark("{file} unpacks to far more than a document holds; ask its issuer for a PDF"),
    "dossier_item_unknown": mark("{item} is no item of the package; there are {items}"),
    "dossier_form_unknown": mark(
        "{rule} does not say whether {item} is an original scan or a copy with seal; correct it"
    ),
    "reading_failed": mark("{file} could not be read: {reason}; try again, and if it stays so read it by eye"),
    "reading_cancelled": mark("reading {file} was stopped"),
    "field_missing": mark("{field} was not found; a person reads it"),
    "field_unreadable": mark("{field} stands there and cannot be read; a person reads it"),
    "field_unsure": mark("{field} was read with confidence {confidence} only; compare it with the page"),
    "field_differs": mark("{field} is not what the register has; compare both"),
    "page_without_text": mark("no text was read on the page; look at it"),
    "paper_without_pages": mark("there is no page to read"),
    "item_without_reader": mark("no reader knows {item}; a person reads it"),
    "text_unread": mark("there is ink like text that was not read; look at the page"),
    "text_layer_differs": mark(
        "the text inside the PDF is not what the page shows; only what is seen counts, look at the page"
    ),
    "pages_missing": mark(
        "by their numbers, page {after} stands where the one after {before} should; look for a missing or moved page"
    ),
    "pages_begin_late": mark("the first page is numbered {number}; look for the pages before it"),
    "pages_end_early": mark("the last page is numbered {number} of {total}; look for the rest"),
    "opinion_not_found": mark(
        "no sentence says that the statements are prepared and present fairly in all material respects; a"
        " person reads the opinion"
    ),
    "opinion_not_passing": mark("the opinion is {opinion}; only a standard unqualified one passes"),
    "opinion_conflict": mark("the report speaks of several opinions ({kinds}); a person reads it"),
    "opinion_incomplete": mark(
        "a part that every standard report has was not read ({part}); a person reads the report"
    ),
    "opinion_parts_missing": mark(
        "the numbered parts do not follow each other: {before}, then {after}; look for a missing page"
    ),
    "opinion_quoted": mark("the words “{words}” only tell of an opinion; a person reads the report itself"),
    "opinion_suspicious": mark("“{words}” stands outside the usual boilerplate; a person reads what is said of it"),
    "opinion_unsure": mark("hardly readable: {words}; a person reads it"),
    "year_ambiguous": mark("the report speaks of several years alike ({years}); a person says which"),
    "year_differs": mark("the report is of {read}, the data year is {wanted}"),
    "dated_later": mark("dated {dated}, later than {asked_on}"),
    "name_not_found": mark("{name} does not stand in the paper; look whose it is"),
    "credit_code_bad": mark("the credit code's check digit is wrong as it was read; compare it with the page"),
    "credit_codes_several": mark("{count} different credit codes stand in the paper; a person says which"),
    "credit_code_repaired": mark("letters that no credit code has were put right: {read}; compare it with the page"),
    "credit_code_differs": mark("{read} is not the register's {wanted}"),
    "validity_not_told": mark("the licence names no last day; look it up in the public register"),
    "expired": mark("its last day was {expiry}, before {asked_on}"),
    "licence_number_unusual": mark("the licence number has no known shape as it was read; compare it with the page"),
    "licence_numbers_several": mark("{count} different licence numbers stand in the paper; a person says which"),
    "licence_number_repaired": mark("letters among the digits were put right: {number}; compare it with the page"),
    "licence_number_differs": mark("{read} is not the register's {wanted}"),
    "licence_part_missing": mark("{part} was not found in the file; both parts are needed"),
    "renewal_due": mark("it ends on {expiry}; renewal was due by {due}"),
    "identity_bad": mark("the number's check digit is wrong as it was read; compare it with the page"),
    "identities_several": mark("{count} different identity numbers stand in the paper; a person says which"),
    "identity_repaired": mark("letters among the digits were put right; compare the number with the page"),
    "birth_date_differs": mark("the birth date of the number is not printed on the card as it was read; compare both"),
    "side_missing": mark("{field} stands on the other side, which was not found; add it"),
    "articles_not_recognised": mark("the word 章程 does not stand in the paper; look what it is"),
    "list_without_rows": mark("no row of the table could be read; a person reads it"),
    "row_unreadable": mark("a row whose {column} cannot be read counts for nothing; a person reads it"),
    "row_unsure": mark("a row was read with confidence {confidence} only; compare it with the page"),
    "months_differ": mark("a row says {told} months, its period has {read}; a person says which"),
    "months_too_few": mark("{months} months in a row were paid, at least {wanted} are needed"),
    "months_end_early": mark("the last paid month is {last}; a later list may be wanted"),
    "people_not_throughout": mark("not everyone was paid for in the last {months} months; explain who began or left"),
    "people_few": mark("{people} people are listed, agencies speak of at least {wanted}"),
    "people_unread": mark(
        "no row of the list was read on pages {pages}, and {count} people of the staff list were not found elsewhere; a"
        " person reads these pages"
    ),
    "people_missing": mark("{count} people of the staff list were not found in the list; explain them"),
    "name_nearly": mark("a name differs from the staff list in one sign; compare it with the page"),
    "name_not_on_staff": mark("a name of the list is not on the staff list"),
    "names_nearly": mark("names that differ from the staff list in one sign: {count}; compare them with the page"),
    "names_not_on_staff": mark("names of the list that are not on the staff list: {count}"),
    "shares_sum": mark("the shares sum to {total} %, not {wanted} %"),
    "shares_printed_sum": mark("the table prints {printed} %, its rows sum to {total} %"),
    "seal_name_unread": mark("the name in the seal was not read (confidence {confidence}); look at it"),
    "seal_name_nearly": mark("the name in the seal differs in one sign as it was read; look at it"),
    "seal_name_differs": mark("the name in the seal is another one; look whose seal it is"),
    "dossier_manifest_altered": mark("{file} was altered: its own hash does not fit; take the one of the package"),
    "dossier_manifest_other": mark("the manifest is of {enterprise}, data year {season}; take the one of this season"),
    "dossier_manifest_draft": mark("the manifest is of a draft; build the complete package and hand that in"),
    "dossier_sealed_mixed": mark(
        "the codes name pages of several books ({books}); scan each book into a file of its own"
    ),
    "dossier_sealed_unknown": mark(
        "the package of the sealed book {book} is not here; build it on the page, then print it"
    ),
    "dossier_sealed_pages": mark("pages of the book are not there once each, or out of order: {pages}; scan it again"),
    "dossier_sealed_differs": mark("pages of the book are not what was printed: {pages}; look at them"),
    "dossier_sealed_unsealed": mark("no riding seal is seen on the scan; seal the book first, then scan it in colour"),
    "dossier_runs_differ": mark(
        "papers of one package come from one portrait; run {run} is on the cover, other papers are: {papers}. Generate"
        " them again"
    ),
    "dossier_package_unbuilt": mark("no complete package of data year {year} is here; build it first"),
    "dossier_package_differs": mark(
        "{file}, page {page}, is not what the manifest says ({change}); `nianjian dossier verify` names every page"
    ),
    "dossier_package_resaved": mark(
        "{file} was saved anew, or something but a signature stands behind it: hand in the folder as `nianjian dossier"
        " build` wrote it or `nianjian dossier sign` signed it, or build it anew"
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
"""Error codes and their messages."""
