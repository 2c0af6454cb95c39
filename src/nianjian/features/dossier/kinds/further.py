"""Papers that some provinces ask for besides the guide's list; which of them, the province's rules say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.features.dossier.kinds.item import Form, Item
from nianjian.platform.rulebook.rulebooks import NAMES, RULE

FURTHER: Final[Mapping[str, Item]] = {
    name: Item(name, RULE, (), asked=Form.ORIGINAL, titles=(title,)) for title, name in NAMES.items()
}


# The rule that holds everywhere only tells what some provinces ask for; one of the province, or an overlay, asks.
