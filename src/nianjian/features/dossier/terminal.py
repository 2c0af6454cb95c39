"""The package on a terminal, and the words of its JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from nianjian.engines.paper.dossier import finding_text
from nianjian.engines.paper.texts.dossier import (
    ASKED,
    CHANGED,
    EVIDENCE,
    ITEMS,
    NO_SEAL,
    PAGES,
    PLACES,
    REPORTS,
    ROUND_CHANGES,
    ROUNDS,
    SEAL_KINDS,
    SOURCES,
    STANDINGS,
    STATES,
    TRUST,
    UNKNOWN,
    VERDICTS,
    WHOLE,
)
from nianjian.engines.paper.texts.dossier import SEALS as REQUIRED_SEALS
from nianjian.engines.paper.words import CHINESE, plain_text
from nianjian.features.dossier.fill_in import format_change
from nianjian.features.dossier.finding import to_document as page_to_document
from nianjian.platform.terminal import table
from nianjian.platform.terminal.language import _, language

if TYPE_CHECKING:
    from nianjian.features.dossier.check import CheckResult
    from nianjian.features.dossier.finding import Finding


Json = Mapping[str, Any]

VERDICT_STYLES: Final = {"ready": "green", "needs_person": "yellow", "not_ready": "bold red"}


def to_document(checked: CheckResult) -> dict[str, object]:
    """The answer as JSON."""
    return {
        "item": checked.item,
        "verdict": checked.verdict.value,
        "findings": [_finding(one) for one in checked.findings],
        "fields": dict(checked.fields),
        "pages": [page_to_document(one) for one in checked.pages],
        "file": {"sha256": checked.sha256, "kind": checked.kind, **checked.package},
    }


def _finding(one: Finding) -> dict[str, object]:
    return {"code": one.code, "page": one.page, "message": finding_text(one.code, {"page": one.page, **one.values}, _)}


def present_check(told: Json) -> Callable[[Console], None]:
    """The verdict, what speaks against it, and the pages."""

    def show(console: Console) -> None:
        head = f"{_(ITEMS[told['item']])}: {_(VERDICTS[told['verdict']])}"
        console.print(head, style=VERDICT_STYLES[told["verdict"]], highlight=False, markup=False)
        for one in told["findings"]:
            where = _("page {page}: ").format(page=one["page"]) if one["page"] else ""
            console.print(f"  {where}{one['message']}", highlight=False, markup=False)
        header = (_("page"), "A4", "dpi", _("blank"), _("skew"), _("rotation"), _("colour"), _("seals"))
        table.rows(console, header, (_line(page) for page in told["pages"]))

    return show


def _line(page: Json) -> tuple[object, ...]:
    seals = ", ".join(f"{_(REQUIRED_SEALS[one['kind']])} {one['diameter_mm']:.0f} mm" for one in page["seals"])
    skew = None if page["skew_deg"] is None else f"{page['skew_deg']:.1f}°"
    words = tuple(_("yes") if page[name] else _("no") for name in ("a4", "blank"))
    colour = _("colour") if page["colour"] == "colour" else _("grey")
    return (page["page"], words[0], page["dpi"], words[1], skew, page["rotation"], colour, seals)


CHECKLIST_STYLES: Final = {True: "green", False: "yellow"}


def present_checklist(told: Mapping[str, Any]) -> Callable[[Console], None]:
    """Whether it is complete, and a line an item."""

    def show(console: Console) -> None:
        done: bool = told["complete"]
        console.print(_("complete") if done else _("not complete"), style=CHECKLIST_STYLES[done], markup=False)
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


Told = Mapping[str, Any]


def plain_sheet(told: Told) -> dict[str, Any]:
    """As JSON: days and moments as text."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in told.items()}


def present_sheet(told: Told, files: Sequence[Path]) -> Callable[[Console], None]:
    """A line a field."""
    title = "title_zh" if language() == CHINESE else "title_en"
    header = (_("Code number"), _("Field"), _("Value"), _("Source"), _("Last year"), _("Change"))
    rows = [
        (one["number"] or None, one[title], one["value"] or _(UNKNOWN), _(SOURCES[one["source"]]), one["before"],
         format_change(one, _))
        for one in told["fields"]
    ]  # fmt: skip

    def show(console: Console) -> None:
        console.print(_(REPORTS[told["report"]]), style="bold", markup=False)
        table.rows(console, header, rows)
        counts = _("{unknown} fields are not known here; {over} changed by more than the limit.")
        console.print(counts.format(unknown=told["unknown"], over=told["over"]), markup=False, highlight=False)
        for path in files:
            console.print(f"  {plain_text(str(path))}", markup=False, highlight=False)

    return show


Show = Callable[[Console], None]


def present_package(told: Told) -> Show:
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


def present_packages(found: Sequence[Told]) -> Show:
    """A season's packages."""
    header = (_("Number"), _("state"), _("handed in on"), _("place"), _("requests"), _("due"))
    body = [
        (one["number"], _(ROUNDS[one["state"]]), one["handed_on"], one["place"],
         f"{one['answered']}/{one['requests']}", one["due"])
        for one in found
    ]  # fmt: skip
    return lambda console: table.rows(console, header, body)


def present_full_package(told: Told) -> Show:
    """One package with everything about it."""

    def show(console: Console) -> None:
        present_package(told)(console)
        for notice in told["notices"]:
            head = _("Came back on {received}").format(received=notice["received"])
            console.print(f"{head} {plain_text(notice['reference'])} · {due(notice)}", markup=False, highlight=False)
            header = ("ID", _("item"), _("what they ask for"), _("state"), _("answer"))
            table.rows(console, header, list(_requests(notice["requests"])))
        for one in told["papers"]:
            present_evidence(one)(console)

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


def present_evidence(told: Told) -> Show:
    """A file of evidence."""
    text = f"{told['id']} {_(EVIDENCE[told['kind']])}: {plain_text(told['name'])} {told['sha256'][:12]}"
    return lambda console: console.print(text, markup=False, highlight=False)


def present_changes(told: Told) -> Show:
    """What differs."""

    def show(console: Console) -> None:
        if told["same"]:
            console.print(_("The two packages hold the same pages."), style="green")
        for one in told["items"]:
            if one["kind"] == "same":
                continue
            console.print(f"{item(one['item'])}: {_(ROUND_CHANGES[one['kind']])}", style="bold", markup=False)
            for page in one["pages"]:
                console.print(f"  {page_change(page)}", markup=False, highlight=False)

    return show


def page_change(page: Told) -> str:
    """A page of an item, and where it lies in the paper edition."""
    text = _("page {page}") if page["book"] is None else _("page {page} (paper edition page {book})")
    return f"{text.format(page=page['page'], book=page['book'])}: {_(PAGES[page['kind']])}"


TRUST_STYLES: Final = {"trusted": "green", "unknown": "yellow", "none": "yellow"}


def present_stored_image(told: Mapping[str, Any]) -> Show:
    """What was kept, and what it is not."""

    def show(console: Console) -> None:
        wide, high = told["pixels"]
        text = _("The {seal} is kept sealed: {wide} × {high} pixels, {mm} mm wide.")
        console.print(text.format(seal=_(SEAL_KINDS[told["kind"]]), wide=wide, high=high, mm=told["width_mm"]))
        console.print(_(NO_SEAL), style="yellow")

    return show


def present_withdrawal(kind: str) -> Show:
    """One sentence."""
    return lambda console: console.print(
        _("The picture of the {seal} is withdrawn and deleted; no use of it counts any more.").format(
            seal=_(SEAL_KINDS[kind])
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
            [(_(SEAL_KINDS[one["kind"]]), one["width_mm"], plain_text(one["recorded_by"]), one["recorded_at"])
             for one in data["pictures"]],
        )  # fmt: skip
        uses = (
            _("seal"), _("item"), _("version"), _("page"), _("mark"), _("asked by"), _("approved by"), _("placed"),
        )  # fmt: skip
        table.rows(console, uses, [_use(one) for one in data["impressions"]])

    return show


def _use(one: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        _(SEAL_KINDS[one["kind"]]), _(ITEMS[one["item"]]), one["version"], one["page"], _(PLACES[one["mark"]]),
        plain_text(one["asked_by"]), plain_text(one["approved_by"]) or None, one["placed"],
    )  # fmt: skip


def present_signatures(data: Mapping[str, Any]) -> Show:
    """Each signature, a line a fact."""

    def show(console: Console) -> None:
        standing = data["standing"]
        console.print(_(STANDINGS[standing]), style=TRUST_STYLES.get(standing, "red"))
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
    console.print(
        f"{plain_text(one['field'])}: {_(STANDINGS[standing])}", style=TRUST_STYLES.get(standing, "red"), markup=False
    )
    for label, text in facts:
        console.print(f"  {label}: {plain_text(text)}", markup=False, highlight=False)


def present_papers(data: Mapping[str, Any]) -> Show:
    """A line a paper."""

    def show(console: Console) -> None:
        header = (_("paper"), _("item"), _("name"), _("signatures"), _("state"))
        body = [
            (one["paper"], _(ITEMS[one["item"]]), plain_text(one["name"]), len(one["signatures"]),
             _(STANDINGS[one["standing"]]))
            for one in data["papers"]
        ]  # fmt: skip
        table.rows(console, header, body)

    return show


def present_saved_file(file: str) -> Show:
    """Where it lies now."""
    return lambda console: console.print(
        _("{file} is written as it came; the chain has an entry.").format(file=plain_text(file)), markup=False
    )


def present_signing(data: Mapping[str, Any]) -> Show:
    """The files, the certificate, and that the manifest still holds."""

    def show(console: Console) -> None:
        header = (_("file"), _("bytes"), _("time stamp"))
        table.rows(
            console, header, [(plain_text(one["path"]), one["bytes"], one["stamped"] or None) for one in data["files"]]
        )
        if data["left"]:
            count = len(data["left"])
            console.print(_("Files that bore a signature already and were left: {count}").format(count=count))
        text = _("Signed as {subject}, certificate until {until}")
        console.print(text.format(subject=plain_text(data["subject"]), until=data["valid_to"][:10]), markup=False)
        if not data["named"]:
            console.print(_("The certificate does not name the enterprise."), style="yellow")
        console.print(_("Manifest {digest}").format(digest=data["digest"]), highlight=False)

    return show
