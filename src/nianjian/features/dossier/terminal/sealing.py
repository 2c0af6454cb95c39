"""Pictures of seals and signatures for the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from rich.console import Console

from nianjian.engines.paper.texts.dossier.sealing import CHANGED, NO_SEAL, PLACES, SEALS, STANDINGS, TRUST
from nianjian.engines.paper.texts.dossier.words import ITEMS
from nianjian.engines.paper.texts.plain import plain
from nianjian.platform.terminal import table
from nianjian.platform.terminal.language import _

Show = Callable[[Console], None]
STYLES: Final = {"trusted": "green", "unknown": "yellow", "none": "yellow"}


def picture_kept(told: Mapping[str, Any]) -> Show:
    """What was kept, and what it is not."""

    def show(console: Console) -> None:
        wide, high = told["pixels"]
        text = _("The {seal} is kept sealed: {wide} × {high} pixels, {mm} mm wide.")
        console.print(text.format(seal=_(SEALS[told["kind"]]), wide=wide, high=high, mm=told["width_mm"]))
        console.print(_(NO_SEAL), style="yellow")

    return show


def withdrawn(kind: str) -> Show:
    """One sentence."""
    return lambda console: console.print(
        _("The picture of the {seal} is withdrawn and deleted; no use of it counts any more.").format(
            seal=_(SEALS[kind])
        )
    )


def present_seals(data: Mapping[str, Any]) -> Show:
    """Pictures and uses, with what the law says."""

    def show(console: Console) -> None:
        console.print(_(NO_SEAL), style="yellow")
        console.print(data["law"], markup=False, highlight=False)
        header = (_("seal"), _("mm wide"), _("added by"), _("added at"))
        table.rows(
            console,
            header,
            [(_(SEALS[one["kind"]]), one["width_mm"], plain(one["recorded_by"]), one["recorded_at"])
             for one in data["pictures"]],
        )  # fmt: skip
        uses = (
            _("seal"), _("item"), _("version"), _("page"), _("mark"), _("asked by"), _("approved by"), _("placed"),
        )  # fmt: skip
        table.rows(console, uses, [_use(one) for one in data["impressions"]])

    return show


def _use(one: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        _(SEALS[one["kind"]]), _(ITEMS[one["item"]]), one["version"], one["page"], _(PLACES[one["mark"]]),
        plain(one["asked_by"]), plain(one["approved_by"]) or None, one["placed"],
    )  # fmt: skip


def signatures(data: Mapping[str, Any]) -> Show:
    """Each signature, a line a fact."""

    def show(console: Console) -> None:
        standing = data["standing"]
        console.print(_(STANDINGS[standing]), style=STYLES.get(standing, "red"))
        for one in data["signatures"]:
            _signature(console, one)

    return show


def _signature(console: Console, one: Mapping[str, Any]) -> None:
    standing = one["standing"]
    facts = [
        (_("signed by"), one["subject"]),
        (_("issued by"), one["issuer"]),
        (_("certificate holds"), f"{one['valid_from'][:10]} – {one['valid_to'][:10]}"),
        (_("trust"), _(TRUST[one["trust"]])),
        (_("changed after"), _(CHANGED[one["changed_after"]])),
        (_("covers the whole file"), _("yes") if one["whole_file"] else _("no")),
        (_("time as the signer says"), one["signed_at"] or "–"),
    ]
    stamp = one["timestamp"]
    told = _("none") if stamp is None else f"{stamp['at']} {stamp['authority']}"
    if stamp is not None and not stamp["intact"]:
        told = f"{told} ({_(STANDINGS['broken'])})"
    facts.append((_("time stamp"), told))
    if one["fault"]:
        facts.append((_("not checked, because"), one["fault"]))
    console.print(f"{plain(one['field'])}: {_(STANDINGS[standing])}", style=STYLES.get(standing, "red"), markup=False)
    for label, text in facts:
        console.print(f"  {label}: {plain(text)}", markup=False, highlight=False)


def papers_listed(data: Mapping[str, Any]) -> Show:
    """A line a paper."""

    def show(console: Console) -> None:
        header = (_("paper"), _("item"), _("name"), _("signatures"), _("state"))
        body = [
            (one["paper"], _(ITEMS[one["item"]]), plain(one["name"]), len(one["signatures"]),
             _(STANDINGS[one["standing"]]))
            for one in data["papers"]
        ]  # fmt: skip
        table.rows(console, header, body)

    return show


def present_saved_file(file: str) -> Show:
    """Where it lies now."""
    return lambda console: console.print(
        _("{file} is written as it came; the chain has an entry.").format(file=plain(file)), markup=False
    )


def signed(data: Mapping[str, Any]) -> Show:
    """The files, the certificate, and that the manifest still holds."""

    def show(console: Console) -> None:
        header = (_("file"), _("bytes"), _("time stamp"))
        table.rows(
            console, header, [(plain(one["path"]), one["bytes"], one["stamped"] or None) for one in data["files"]]
        )
        if data["left"]:
            count = len(data["left"])
            console.print(_("Files that bore a signature already and were left: {count}").format(count=count))
        text = _("Signed as {subject}, certificate until {until}")
        console.print(text.format(subject=plain(data["subject"]), until=data["valid_to"][:10]), markup=False)
        if not data["named"]:
            console.print(_("The certificate does not name the enterprise."), style="yellow")
        console.print(_("Manifest {digest}").format(digest=data["digest"]), highlight=False)

    return show
