"""What differs between a package and its manifest, in words."""

from __future__ import annotations

from typing import Final

from nianjian.paper.words import mark

KINDS: Final = {
    "swapped": mark("exchanged for another page"),
    "added": mark("added"),
    "removed": mark("removed"),
    "reordered": mark("moved"),
    "changed": mark("changed"),
    "missing_file": mark("the file is missing"),
    "extra_file": mark("the file does not belong to the package"),
    "manifest": mark("the manifest is missing, broken or another one"),
}
NOTES: Final = {
    "appended": mark("something was appended that is no signature; every page is as it was"),
    "signed": mark("a signature was appended; every byte before it is as it was"),
    "signature_broken": mark("a signature was appended that does not hold; every page is as it was"),
    "resaved": mark("saved again; every page is as it was"),
}
CERTAINTY: Final = {"high": mark("high"), "medium": mark("medium"), "low": mark("low")}
