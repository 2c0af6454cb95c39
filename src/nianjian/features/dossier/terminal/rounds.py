"""Rounds on a terminal: a package in a line or in full, and what differs between two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console

from nianjian.engines.paper.texts.dossier.rounds import ASKED, CHANGES, EVIDENCE, PAGES, ROUNDS, WHOLE
from nianjian.engines.paper.texts.dossier.words import ITEMS
from nianjian.engines.paper.texts.plain import plain
from nianjian.platform.terminal import table
from nianjian.platform.terminal.language import _

Told = Mapping[str, Any]
Show = Callable[[Console], None]


def line(told: Told) -> Show:
    """One package."""
    text = _("Package {number}: {state}; {answered} of {requests} requests answered").format(
        number=told["number"], state=_(ROUNDS[told["state"]]), answered=told["answered"], requests=told["requests"]
    )

    def show(console: Console) -> None:
        console.print(text, markup=False, highlight=False)
        if told["due"]:
            console.print(due(told), markup=False, highlight=False, style="red" if told["late"] else "")
        if told["left_out"]:
            left = _("{count} answers did not go out with the next package").format(count=told["left_out"])
            console.print(left, markup=False, highlight=False, style="red")
        if not told["built_here"]:
            console.print(_("The audit chain has no build of this package."), style="yellow")

    return show


def due(told: Told) -> str:
    """The last day, and how sure it is."""
    how = _("as the notice says") if told["printed"] else _("counted in working days")
    if told["provisional"]:
        how = _("provisional: the holidays of that year are not announced yet")
    text = _("last day {due} ({how}), overdue") if told["late"] else _("last day {due} ({how})")
    return text.format(due=told["due"], how=how)


def lines(found: Sequence[Told]) -> Show:
    """A season's packages."""
    header = (_("Number"), _("state"), _("handed in on"), _("place"), _("requests"), _("due"))
    body = [
        (one["number"], _(ROUNDS[one["state"]]), one["handed_on"], one["place"],
         f"{one['answered']}/{one['requests']}", one["due"])
        for one in found
    ]  # fmt: skip
    return lambda console: table.rows(console, header, body)


def full(told: Told) -> Show:
    """One package with everything about it."""

    def show(console: Console) -> None:
        line(told)(console)
        for notice in told["notices"]:
            head = _("Came back on {received}").format(received=notice["received"])
            console.print(f"{head} {plain(notice['reference'])} · {due(notice)}", markup=False, highlight=False)
            header = ("ID", _("item"), _("what they ask for"), _("state"), _("answer"))
            table.rows(console, header, list(_requests(notice["requests"])))
        for one in told["papers"]:
            file_line(one)(console)

    return show


def _requests(requests: Sequence[Told]) -> Iterator[tuple[object, ...]]:
    for one in requests:
        newest = one["answers"][0] if one["answers"] else None
        said = None
        if newest is not None:
            version = "" if newest["version"] is None else _("version {version}").format(version=newest["version"])
            said = " ".join(part for part in (version, newest["note"]) if part)
        yield one["id"], item(one["item"]), one["text"], _(ASKED[one["state"]]), said


def item(name: str) -> str:
    """An item, or the whole package."""
    return _(ITEMS[name]) if name else _(WHOLE)


def file_line(told: Told) -> Show:
    """A file of evidence."""
    text = f"{told['id']} {_(EVIDENCE[told['kind']])}: {plain(told['name'])} {told['sha256'][:12]}"
    return lambda console: console.print(text, markup=False, highlight=False)


def changes(told: Told) -> Show:
    """What differs."""

    def show(console: Console) -> None:
        if told["same"]:
            console.print(_("The two packages hold the same pages."), style="green")
        for one in told["items"]:
            if one["kind"] == "same":
                continue
            console.print(f"{item(one['item'])}: {_(CHANGES[one['kind']])}", style="bold", markup=False)
            for page in one["pages"]:
                console.print(f"  {page_change(page)}", markup=False, highlight=False)

    return show


def page_change(page: Told) -> str:
    """A page of an item, and where it lies in the paper edition."""
    text = _("page {page}") if page["book"] is None else _("page {page} (paper edition page {book})")
    return f"{text.format(page=page['page'], book=page['book'])}: {_(PAGES[page['kind']])}"
