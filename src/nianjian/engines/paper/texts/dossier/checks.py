"""Sentences for what checks find on files and pages; the page's number stands beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
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
}
