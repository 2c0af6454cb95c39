"""The checklist as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from rich.console import Console

from nianjian.engines.paper.texts.dossier.words import ITEMS, STATES
from nianjian.platform.terminal import table
from nianjian.platform.terminal.language import _

STYLES: Final = {True: "green", False: "yellow"}


def present_checklist(told: Mapping[str, Any]) -> Callable[[Console], None]:
    """Whether it is complete, and a line an item."""

    def show(console: Console) -> None:
        done: bool = told["complete"]
        console.print(_("complete") if done else _("not complete"), style=STYLES[done], markup=False)
        header = (_("item"), _("state"), _("version"), _("owner"), _("due"), _("valid until"))
        body = (
            (
                _(ITEMS[one["item"]]), _(STATES[one["state"]]), one["version"], one["owner"] or None, one["due"],
                one["valid_until"],
            )
            for one in told["items"]
        )  # fmt: skip
        table.rows(console, header, body)

    return show


def present_sentence(sentence: str, told: Mapping[str, object]) -> Callable[[Console], None]:
    """One sentence with the answer's values; an item by its name."""
    values = {name: ", ".join(value) or "-" if isinstance(value, list) else value for name, value in told.items()}
    if "item" in told:
        values["item"] = _(ITEMS[str(told["item"])])
    return lambda console: console.print(sentence.format(**values), markup=False, highlight=False)
