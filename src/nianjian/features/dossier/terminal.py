"""The package on a terminal, and the words of its JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from rich.console import Console

from nianjian.engines.paper.people import actor_text, actor_texts
from nianjian.engines.paper.texts.dossier import (
    ASKED,
    CERTAINTY,
    CHANGED,
    DIFFERENCE_KINDS,
    EVIDENCE,
    INTERNAL,
    ITEMS,
    NO_SEAL,
    NOTES,
    PAGES,
    PLACES,
    REPORTS,
    RIDING,
    ROUND_CHANGES,
    ROUNDS,
    SEAL_KINDS,
    SHEETS,
    STANDINGS,
    STATES,
    TRUST,
    UNKNOWN,
    VERDICTS,
    WHOLE,
    WHY,
)
from nianjian.engines.paper.texts.dossier import SEALS as REQUIRED_SEALS
from nianjian.engines.paper.words import CHINESE, plain_text
from nianjian.features.dossier.documents import CheckedPage, CheckFinding, FileCheck
from nianjian.features.dossier.fill_in import format_change, source_text
from nianjian.features.dossier.package_documents import (
    RoundFull,
    RoundNotice,
    RoundPaper,
    RoundRequest,
    RoundsDiffer,
    RoundTold,
    SealsTold,
    SealTold,
    SealUseAsked,
    SealUseTold,
    SignedTold,
)
from nianjian.features.dossier.recognition import format_range
from nianjian.features.dossier.signatures import Signature, Timestamp
from nianjian.features.dossier.states import finding_text
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, Answer
from nianjian.platform.terminal.language import _, language

if TYPE_CHECKING:
    from nianjian.features.dossier.check import CheckResult
    from nianjian.features.dossier.documents import FillInTold, ItemTold
    from nianjian.features.dossier.editions.verify import Rescan, Result
    from nianjian.features.dossier.operations.generate import GeneratedItem
    from nianjian.features.dossier.operations.package import BuiltPackage
    from nianjian.features.dossier.operations.signatures import SigningResult

Json = Mapping[str, Any]


Data = TypeVar("Data")


def answer(show: Callable[[Console, Data], None], data: Data, code: int = DONE) -> Answer:
    """An answer that ``show`` draws from its own data."""
    return Answer(plain_json(data), lambda console: show(console, data), code)


#: Fields that the commands' JSON names first, where the API has another order.
FIRST: Final[Mapping[type, tuple[str, ...]]] = {
    **dict.fromkeys((RoundTold, RoundFull), ("number", "place", "reference", "built_here", "pages")),
    RoundPaper: ("id", "name"),
    SealTold: ("kind", "sha256", "recorded_at", "recorded_by"),
    SealUseTold: ("impression", "kind", "picture_sha256", "withdrawn", "x_mm", "y_mm", "reason"),
    SignedTold: ("paper", "name", "signatures"),
    **{one: tuple(sorted(field.name for field in fields(one))) for one in (Signature, Timestamp)},
}


def plain_json(value: Any) -> Any:  # noqa: ANN401 -- as JSON
    """A result as the commands print it: days and moments as text with all their digits, some fields ahead."""
    if is_dataclass(value):
        names = dict.fromkeys((*FIRST.get(type(value), ()), *(field.name for field in fields(value))))
        return {name: plain_json(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {name: plain_json(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain_json(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def sentence(text: str, data: Json) -> Answer:
    """An answer in one sentence with its values; an item by its name."""
    values = {name: ", ".join(value) or "-" if isinstance(value, list) else value for name, value in data.items()}
    if "item" in data:
        values["item"] = item_name(data["item"])
    return Answer(data, lambda console: console.print(text.format(**values), markup=False, highlight=False))


VERDICT_STYLES: Final = {"ready": "green", "needs_person": "yellow", "not_ready": "bold red"}


def to_document(checked: CheckResult) -> FileCheck:
    """The answer, its findings in sentences."""
    return FileCheck(
        item=checked.item,
        verdict=checked.verdict.value,
        findings=[
            CheckFinding(one.code, one.page, finding_text(one.code, {"page": one.page, **one.values}, _))
            for one in checked.findings
        ],
        fields=checked.fields,
        pages=[CheckedPage.of(one) for one in checked.pages],
        file={"sha256": checked.sha256, "kind": checked.kind, **checked.package},
    )


def show_check(console: Console, checked: FileCheck) -> None:
    """The verdict, what speaks against it, and the pages."""
    head = f"{_(ITEMS[checked.item])}: {_(VERDICTS[checked.verdict])}"
    console.print(head, style=VERDICT_STYLES[checked.verdict], highlight=False, markup=False)
    for one in checked.findings:
        where = _("page {page}: ").format(page=one.page) if one.page else ""
        console.print(f"  {where}{one.message}", highlight=False, markup=False)
    header = (_("page"), "A4", "dpi", _("blank"), _("skew"), _("rotation"), _("colour"), _("seals"))
    table.rows(console, header, (_line(page) for page in checked.pages))


def _line(page: CheckedPage) -> tuple[object, ...]:
    seals = ", ".join(f"{_(REQUIRED_SEALS[one.kind])} {one.diameter_mm:.0f} mm" for one in page.seals or ())
    skew = None if page.skew_deg is None else f"{page.skew_deg:.1f}°"
    words = tuple(_("yes") if one else _("no") for one in (page.a4, page.blank))
    colour = _("colour") if page.colour == "colour" else _("grey")
    return (page.page, words[0], page.dpi, words[1], skew, page.rotation, colour, seals)


def show_checklist(console: Console, items: Sequence[ItemTold], *, done: bool) -> None:
    """Whether it is complete, and a line an item."""
    console.print(_("complete") if done else _("not complete"), style="green" if done else "yellow", markup=False)
    header = (_("item"), _("state"), _("version"), _("owner"), _("due"), _("valid until"))
    body = (
        (
            _(ITEMS[one.item]), _(STATES[one.state]), one.version, actor_text(one.owner, _) or None, one.due,
            one.valid_until,
        )
        for one in items
    )  # fmt: skip
    table.rows(console, header, body)


def show_sheet(console: Console, sheet: FillInTold, files: Sequence[str]) -> None:
    """A line a field."""
    chinese = language() == CHINESE
    header = (_("Code number"), _("Field"), _("Value"), _("Source"), _("Last year"), _("Change"))
    rows = [
        (one.number or None, one.title_zh if chinese else one.title_en, one.value or _(UNKNOWN), source_text(one, _),
         one.before, format_change(one, _))
        for one in sheet.fields
    ]  # fmt: skip
    console.print(_(REPORTS[sheet.report]), style="bold", markup=False)
    table.rows(console, header, rows)
    counts = _("{unknown} fields are still to be filled in; {over} changed by more than the limit.")
    console.print(counts.format(unknown=sheet.unknown, over=sheet.over), markup=False, highlight=False)
    for path in files:
        console.print(f"  {plain_text(path)}", markup=False, highlight=False)


def show_generated(console: Console, items: Sequence[GeneratedItem]) -> None:
    """What was made of each item, or why it was left."""
    for one in items:
        name = _(({**ITEMS, **INTERNAL})[one.item])
        if one.confirmed:
            console.print(_("{item}: already confirmed, left unchanged").format(item=name), markup=False)
            continue
        if one.waits:
            text = _(
                "{item}: version {version} was uploaded and is waiting for confirmation; --replace adds a "
                "version on top of it"
            )
            console.print(text.format(item=name, version=one.version), style="yellow", markup=False)
            continue
        console.print(f"{name}: {_(VERDICTS[one.verdict.value])}", style="bold", markup=False)
        for finding in one.findings:
            console.print(f"  {finding_text(finding.code, finding.values, _)}", markup=False, highlight=False)
        for path in one.files:
            console.print(f"  {plain_text(str(path))}", markup=False, highlight=False)


def show_built(console: Console, built: BuiltPackage) -> None:
    """The files, and what is not in them."""
    header = (_("file"), _("pages"), _("bytes"))
    table.rows(console, header, [(plain_text(one.path), one.pages, one.bytes) for one in built.files])
    console.print(_("Manifest {digest}").format(digest=built.digest), highlight=False)
    if built.pictures:
        text = _("Seal images on it: {count}; it is a draft.")
        console.print(f"{text.format(count=built.pictures)} {_(NO_SEAL)}", style="yellow")
    if built.blank:
        names = ", ".join(_(ITEMS[item]) for item in built.blank)
        text = _("With blanks that nobody has filled in or explained: {items}")
        console.print(text.format(items=names), style="yellow", markup=False)
    if built.missing:
        console.print(_("A draft, marked as such on every page; not included:"), style="yellow")
    for one in built.missing:
        why = _("an OFD file cannot be bound; add a PDF of it") if one.item in built.unbound else _(STATES[one.state])
        console.print(f"  {_(ITEMS[one.item])}: {why}", markup=False)


def show_proposals(console: Console, data: Json) -> None:
    """A line a file."""
    header = (_("file"), _("item"), _("certainty"))
    body = [(plain_text(one["file"]), _proposal(one), _("high") if one["sure"] else _("low")) for one in data["files"]]
    table.rows(console, header, body)


def _proposal(one: Json) -> str:
    def name(item: str | None) -> str:
        return _(ITEMS[item]) if item else _("not recognised")

    parts = [f"{format_range(part['first'], part['last'])} {name(part['item'])}" for part in one["papers"]]
    return _(", ").join(parts) or name(one["item"])


def show_plan(console: Console, data: Json) -> None:
    """A line a stamp."""
    if not data["stamps"]:
        console.print(_("One sheet: no riding seal."))
        return
    header = (_("Stamp"), _("Sheets"), _("Number of sheets"), _("pages"), _("Strip"), _("Centre from below"))
    body = [
        (
            one["stamp"], f"{one['first']}–{one['last']}", one["sheets"], f"{one['first_page']}–{one['last_page']}",
            f"{one['sliver_mm']} mm", f"{float(one['height']):.0%}",
        )
        for one in data["stamps"]
    ]  # fmt: skip
    table.rows(console, header, body)


def show_verification(console: Console, result: Result) -> None:
    """What differs from the manifest."""
    _differences(console, result)
    for one in result.notes:
        console.print(f"{plain_text(one.file)}: {_(NOTES[one.kind])}")
    if result.intact:
        text = _("Intact: {files} files with {pages} pages. Manifest {digest}")
        console.print(text.format(files=result.files, pages=result.pages, digest=result.manifest_sha256), style="green")


def show_scan(console: Console, result: Rescan) -> None:
    """What differs between a scan and the manifest, and how sure that is."""
    _differences(console, result)
    text = _("{scanned} pages scanned, {expected} expected; confidence: {certainty}")
    certainty = _(CERTAINTY[result.certainty])
    console.print(text.format(scanned=result.scanned, expected=result.expected, certainty=certainty))
    for why in result.why:
        console.print(_(WHY[why]), style="yellow")
    read = result.text
    counts = {"differ": len(read.differ), "unknown": len(read.unknown)}
    text = _("Texts: {read} pages read, {agree} match, {differ} differ, {unknown} inconclusive")
    console.print(text.format(read=read.read, agree=read.agree, **counts))
    riding = result.riding_seal
    console.print(_("Riding seal: {state}").format(state=_(RIDING[riding.state])))
    for one in riding.sheets:
        if one.state != "joins" and riding.state != "absent":
            console.print(_("Sheet {sheet}: {state}").format(sheet=one.sheet, state=_(SHEETS[one.state])))
    if result.by_place:
        pages = ", ".join(map(str, result.by_place))
        console.print(_("Identified only by their position: pages {pages}").format(pages=pages), style="yellow")
    console.print(_("Images show order and presence of pages, not that a page is genuine."))


def _differences(console: Console, result: Result | Rescan) -> None:
    for one in result.differences:
        page = "" if one.page is None else " " + _("page {page}").format(page=one.page)
        console.print(f"{plain_text(one.file)}{page}: {_(DIFFERENCE_KINDS[one.kind])}", style="red")


def show_package(console: Console, data: RoundTold) -> None:
    """One package."""
    text = _("Package {number}: {state}; {answered} of {requests} requests answered").format(
        number=data.number, state=_(ROUNDS[data.state]), answered=data.answered, requests=data.requests
    )
    console.print(text, markup=False, highlight=False)
    if data.due:
        console.print(_due(data), markup=False, highlight=False, style="red" if data.late else "")
    if data.left_out:
        left = _("{count} answers were not sent with the next package").format(count=data.left_out)
        console.print(left, markup=False, highlight=False, style="red")
    if not data.built_here:
        console.print(_("The audit chain contains no build of this package."), style="yellow")


def _due(deadline: RoundTold | RoundNotice) -> str:
    """The last day, and how sure it is."""
    how = _("as stated in the notice") if deadline.printed else _("counted in working days")
    if deadline.provisional:
        how = _("provisional: the holidays of that year have not been announced yet")
    text = _("last day {due} ({how}), overdue") if deadline.late else _("last day {due} ({how})")
    return text.format(due=deadline.due, how=how)


def show_packages(console: Console, packages: Sequence[RoundTold]) -> None:
    """A season's packages."""
    header = (_("Number"), _("state"), _("handed in on"), _("place"), _("requests"), _("due"))
    body = [
        (one.number, _(ROUNDS[one.state]), one.handed_on, one.place or _("not filled in"),
         f"{one.answered}/{one.requests}", one.due)
        for one in packages
    ]  # fmt: skip
    table.rows(console, header, body)


def show_full_package(console: Console, data: RoundFull) -> None:
    """One package with everything about it."""
    show_package(console, data)
    for notice in data.notices:
        head = _("Returned on {received}").format(received=notice.received)
        console.print(f"{head} {plain_text(notice.reference)} · {_due(notice)}", markup=False, highlight=False)
        header = ("ID", _("item"), _("what they ask for"), _("state"), _("answer"))
        table.rows(console, header, list(_requests(notice.requests)))
    for one in data.papers:
        show_evidence(console, one)


def _requests(requests: Sequence[RoundRequest]) -> Iterator[tuple[object, ...]]:
    for one in requests:
        newest = one.answers[0] if one.answers else None
        said = None
        if newest is not None:
            version = "" if newest.version is None else _("version {version}").format(version=newest.version)
            said = " ".join(part for part in (version, newest.note) if part)
        yield one.id, item_name(one.item), one.text, _(ASKED[one.state]), said


def item_name(name: str) -> str:
    """An item, or the whole package."""
    return _(ITEMS[name]) if name else _(WHOLE)


def show_evidence(console: Console, data: RoundPaper) -> None:
    """A file of evidence."""
    text = f"{data.id} {_(EVIDENCE[data.kind])}: {plain_text(data.name)} {data.sha256[:12]}"
    console.print(text, markup=False, highlight=False)


def show_changes(console: Console, data: RoundsDiffer) -> None:
    """What differs."""
    if data.same:
        console.print(_("The two packages contain the same pages."), style="green")
    for one in data.items:
        if one.kind == "same":
            continue
        console.print(f"{item_name(one.item)}: {_(ROUND_CHANGES[one.kind])}", style="bold", markup=False)
        for page in one.pages:
            text = _("page {page}") if page.book is None else _("page {page} (paper edition page {book})")
            where = text.format(page=page.page, book=page.book)
            console.print(f"  {where}: {_(PAGES[page.kind])}", markup=False, highlight=False)


TRUST_STYLES: Final = {"trusted": "green", "unknown": "yellow", "none": "yellow"}


def show_stored_image(console: Console, data: SealTold) -> None:
    """What was kept, and what it is not."""
    wide, high = data.pixels
    text = _("The {seal} is stored encrypted: {wide} × {high} pixels, {mm} mm wide.")
    console.print(text.format(seal=_(SEAL_KINDS[data.kind]), wide=wide, high=high, mm=data.width_mm))
    console.print(_(NO_SEAL), style="yellow")


def show_withdrawal(console: Console, data: Json) -> None:
    """One sentence."""
    console.print(
        _("The image of the {seal} is withdrawn and deleted; its approved uses are no longer valid.").format(
            seal=_(SEAL_KINDS[data["kind"]])
        )
    )


def show_print_request(console: Console, data: SealUseAsked) -> None:
    """Who says yes, and how."""
    text = _("Requested as {approval}; approval by a second person: nianjian approve {approval} --as USER")
    console.print(text.format(approval=data.approval), highlight=False)


def show_statements(console: Console, data: Json) -> None:
    """A line a part, with who has stated it."""
    header = (_("claim"), _("part"), _("what it is"), _("stated"), _("stated by"))
    body = [
        (
            one["claim"],
            one["part"],
            _(one["label"]),
            plain_text(one["text"] or "–"),
            actor_text(one["stated_by"] or "–", _),
        )
        for one in data["statements"]
    ]
    table.rows(console, header, body)


def show_seals(console: Console, images: SealsTold, uses: Sequence[SealUseTold]) -> None:
    """Pictures and uses, with what the law says."""
    console.print(_(NO_SEAL), style="yellow")
    console.print(images.law, markup=False, highlight=False)
    header = (_("seal"), _("mm wide"), _("added by"), _("added at"))
    table.rows(
        console,
        header,
        [(_(SEAL_KINDS[one.kind]), one.width_mm, actor_text(one.recorded_by, _), one.recorded_at.isoformat())
         for one in images.seals],
    )  # fmt: skip
    heads = (
        _("seal"), _("item"), _("version"), _("page"), _("mark"), _("requested by"), _("approved by"), _("placed"),
    )  # fmt: skip
    table.rows(console, heads, [_use(one) for one in uses])


def _use(one: SealUseTold) -> tuple[object, ...]:
    return (
        _(SEAL_KINDS[one.kind]), _(ITEMS[one.item]), one.version, one.page, _(PLACES[one.mark]),
        *(text or None for text in actor_texts([one.asked_by, one.approved_by], _)), one.placed,
    )  # fmt: skip


def show_signatures(console: Console, standing: str, signatures: Sequence[Signature]) -> None:
    """Each signature, a line a fact."""
    console.print(_(STANDINGS[standing]), style=TRUST_STYLES.get(standing, "red"))
    for one in signatures:
        _signature(console, one)


def _signature(console: Console, one: Signature) -> None:
    standing = one.standing
    facts = [
        (_("signed by"), one.subject),
        (_("issued by"), one.issuer),
        (_("certificate validity"), f"{one.valid_from[:10]} – {one.valid_to[:10]}"),
        (_("trust"), _(TRUST[one.trust])),
        (_("changed after"), _(CHANGED[one.changed_after])),
        (_("covers the whole file"), _("yes") if one.whole_file else _("no")),
        (_("time according to the signer"), one.signed_at or "–"),
    ]
    stamp = one.timestamp
    stamp_text = _("none") if stamp is None else f"{stamp.at} {stamp.authority}"
    if stamp is not None and not stamp.intact:
        stamp_text = f"{stamp_text} ({_(STANDINGS['broken'])})"
    facts.append((_("time stamp"), stamp_text))
    if one.fault:
        facts.append((_("not checked, because"), one.fault))
    console.print(
        f"{plain_text(one.field)}: {_(STANDINGS[standing])}", style=TRUST_STYLES.get(standing, "red"), markup=False
    )
    for label, text in facts:
        console.print(f"  {label}: {plain_text(text)}", markup=False, highlight=False)


def show_papers(console: Console, papers: Sequence[SignedTold]) -> None:
    """A line a paper."""
    header = (_("document"), _("item"), _("name"), _("signatures"), _("state"))
    body = [
        (one.paper, _(ITEMS[one.item]), plain_text(one.name), len(one.signatures),
         _(STANDINGS[one.standing]))
        for one in papers
    ]  # fmt: skip
    table.rows(console, header, body)


def show_saved_file(console: Console, data: Json) -> None:
    """Where it lies now."""
    console.print(
        _("{file} is written as received; the audit chain has an entry.").format(file=plain_text(data["file"])),
        markup=False,
    )


def show_signing(console: Console, data: SigningResult) -> None:
    """The files, the certificate, and that the manifest still holds."""
    header = (_("file"), _("bytes"), _("time stamp"))
    table.rows(console, header, [(plain_text(one.path), one.bytes, one.stamped or None) for one in data.files])
    if data.left:
        count = len(data.left)
        console.print(_("Files that already had a signature and were skipped: {count}").format(count=count))
    text = _("Signed as {subject}, certificate until {until}")
    console.print(text.format(subject=plain_text(data.subject), until=data.valid_to[:10]), markup=False)
    if not data.named:
        console.print(_("The certificate does not name the enterprise."), style="yellow")
    console.print(_("Manifest {digest}").format(digest=data.digest), highlight=False)
