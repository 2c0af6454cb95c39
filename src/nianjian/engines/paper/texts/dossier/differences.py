"""What differs between a package and its manifest, in words."""

from __future__ import annotations

from typing import Final

from nianjian.engines.paper.words import mark

KINDS: Final = {
    "swapped": mark("exchanged for another page"),
    "added": mark("added"),
    "removed": mark("removed"),
    "reordered": mark("moved"),
    "changed": mark("changed"),
    "missing_file": mark("the file is missing"),
    "extra_file": mark("the file does not belong to the package"),
    "manifest": mark("the manifest is missing, broken or another one"),
    "seal_missing": mark("the sheet's part of the riding seal is missing"),
    "seal_broken": mark("the sheet's part of the riding seal does not go on on its neighbours"),
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
