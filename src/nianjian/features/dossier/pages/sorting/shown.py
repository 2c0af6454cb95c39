"""A file that waits, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from nianjian.engines.paper.texts.dossier.words import FIELDS
from nianjian.engines.paper.words import words
from nianjian.features.dossier.arrivals import query
from nianjian.features.dossier.arrivals.model import Arrival
from nianjian.features.dossier.arrivals.ranges import spoken
from nianjian.features.dossier.kinds.catalogue import ITEMS
from nianjian.features.dossier.pages.shown import title
from nianjian.platform.web import work as data
from nianjian.platform.web.language import current

KIB = 1024


@dataclass(frozen=True, slots=True)
class Waiting:
    """``chosen``: the item that stands in the field at first, or ""; ``said``: what speaks for it, a line a guess.

    ``cut``: it may have several papers.
    """

    key: int
    name: str
    size: str
    badge: str
    state: str
    chosen: str
    said: list[str]
    cut: bool


def waiting(row: Arrival, *, cutting: bool = False) -> Waiting:
    """A file with what its content speaks for; only a clear proposal is filled in. ``cutting``: that waits or runs."""
    told, fault = query.proposal(row), query.fault(row)
    badge, state, chosen = "plain", gettext("not read yet"), ""
    said: list[str] = []
    cut = fault is None and (told or {}).get("pages", 2) > 1  # an OFD has 0; what nobody has counted may have more
    if fault is not None:
        badge, state, said = "bad", gettext("cannot be read"), [data.told(fault)[0]]
    elif told is not None:
        said = [_evidence(one) for one in told["guesses"]]
        chosen = str(told["item"]) if told["sure"] else ""
        said += [_part(one) for one in told.get("papers", ())]
        if told.get("papers"):
            badge, state = "warn", gettext("several papers")
        elif told["sure"]:
            badge, state = "good", title(chosen)
        elif told["item"]:
            badge, state = "warn", gettext("perhaps {item}").format(item=title(str(told["item"])))
        else:
            badge, state = "warn", gettext("not recognised")
    if cutting:
        badge, state, chosen = "plain", gettext("being cut"), ""
    return Waiting(row.pk, row.name or "", f"{-(-row.size // KIB)} KiB", badge, state, chosen, said, cut)


def _part(one: dict[str, Any]) -> str:
    """Pages that seem to be a paper of their own."""
    item = title(str(one["item"])) if one["item"] else gettext("not recognised")
    return gettext("pages {pages}: {item}").format(pages=spoken(one["first"], one["last"]), item=item)


def _evidence(one: dict[str, Any]) -> str:
    """What speaks for an item, as it was read."""
    _ = words(current())
    comma = _(", ")
    parts = [gettext("{item}: {points} points").format(item=title(one["item"]), points=one["points"])]
    if one["title"]:
        parts.append(gettext("heading “{title}”").format(title=one["title"]))
    if one["words"]:
        parts.append(gettext("words {words}").format(words=comma.join(one["words"])))
    if one["fields"]:
        fields = comma.join(_(FIELDS[name]) if name in FIELDS else name for name in one["fields"])
        parts.append(gettext("read: {fields}").format(fields=fields))
    return " · ".join(parts)


def choices(further: Sequence[str]) -> list[tuple[str, str]]:
    """Every item with its name, the ``further`` ones that are asked for here too."""
    return [(item, title(item)) for item in (*ITEMS, *further)]
