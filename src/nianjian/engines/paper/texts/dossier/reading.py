"""Sentences for what readers find in papers; the page's number stands beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
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
}
