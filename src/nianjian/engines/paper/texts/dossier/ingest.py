"""Sentences for files that are not taken in: which file, which page, what helps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
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
}
