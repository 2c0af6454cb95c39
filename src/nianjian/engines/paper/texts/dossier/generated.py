"""What generated items call the codes in them, and sentences about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

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
TEXTS: Final[Mapping[str, str]] = {
    "dossier_item_not_generated": mark("{name} is not generated; give one of {items}"),
    "generated_unsigned": mark("generated from the registers: print it, have it sealed and signed, then add the scan"),
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
    "generated_blank": mark("the registers do not know: {fields}; fill it in by hand"),
}
