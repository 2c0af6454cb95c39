"""What the actions of ``nianjian dossier`` do in an open home.

Each takes the options and its place: the enterprise, who acts, and the season, item and number where they are named.
"""

import argparse
import getpass
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import write_private_file
from nianjian.features.dossier import terminal
from nianjian.features.dossier.documents import ItemTold
from nianjian.features.dossier.materials import ALGORITHM
from nianjian.features.dossier.operations import (
    checklist,
    fill_in,
    generate,
    overrulings,
    package,
    rounds,
    seals,
    signatures,
)
from nianjian.features.dossier.operations.rounds import Handover, RequestInput
from nianjian.features.dossier.operations.seals import PrintRequest
from nianjian.features.dossier.package_documents import RoundTold, SealsTold
from nianjian.features.dossier.states import Verdict
from nianjian.features.dossier.terminal import answer, plain_json, sentence
from nianjian.features.rectification.storage import PaperContent, read_paper
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.language import _

Args = argparse.Namespace
Place = dict[str, Any]
MOST: Final = 1000  # uses and papers that a list shows
GOOD: Final = frozenset({"submitted", "answered", "resubmitted", "passed"})


def list_items(args: Args, place: Place) -> Answer:
    """The checklist."""
    lines = checklist.list_items(**place, on=args.on)
    done = checklist.is_complete(lines)
    items = [checklist.line_to_document(one, ItemTold) for one in lines]
    data = {"year": args.year, "complete": done, "items": items}
    return Answer(data, lambda console: terminal.show_checklist(console, items, done=done), DONE if done else NO)


def add_file(args: Args, place: Place) -> Answer:
    """Check a file and store it."""
    version, checked = checklist.add(**place, path=args.file)
    document = terminal.to_document(checked)
    data = {**to_builtins(document), "version": version.number}
    code = NO if checked.verdict is Verdict.NOT_READY else DONE
    return Answer(data, lambda console: terminal.show_check(console, document), code)


def confirm(args: Args, place: Place) -> Answer:
    """A person stands for a version."""
    row = checklist.confirm(
        **place, effective_on=args.effective, valid_until=args.valid_until, explanation=args.explanation
    )
    until = None if row.valid_until is None else row.valid_until.isoformat()
    data = {"item": args.item, "version": row.number, "confirmed": True, "valid_until": until}
    return sentence(_("{item}: version {version} is confirmed"), data)


def send_back(args: Args, place: Place) -> Answer:
    """Send a version back."""
    row = checklist.send_back(**place, reason=args.reason)
    data = {"item": args.item, "version": row.number, "returned": True}
    return sentence(_("{item}: version {version} was sent back"), data)


def overrule(args: Args, place: Place) -> Answer:
    """Ask for a finding to be overruled."""
    address = {name: value for name, value in place.items() if name != "number"}
    request = overrulings.request_overruling(
        **address, version=args.number, finding=args.finding, page=args.page, reason=args.reason
    )
    text = _("{item}: a second person must agree (approval {approval}) before {finding} is overruled")
    return sentence(text, asdict(request))


def state_claim(args: Args, place: Place) -> Answer:
    """State a part of a claim, or list what can be stated of an item."""
    if args.claim is None:
        blanks = [plain_json(asdict(blank)) for blank in fill_in.list_blanks(**place)]
        return answer(terminal.show_statements, {"item": args.item, "statements": blanks})
    address = {name: value for name, value in place.items() if name != "item"}
    blank = fill_in.state_claim(**address, claim=args.claim, part=args.part, text=args.text)
    return answer(terminal.show_statements, {"item": args.item, "statements": [plain_json(asdict(blank))]})


def set_applicability(args: Args, place: Place) -> Answer:
    """Why the algorithm filing does not apply."""
    checklist.not_applicable(**place, item=ALGORITHM, reason=args.reason)
    data = {"item": ALGORITHM, "not_applicable": args.reason.strip()}
    return sentence(_("{item} does not apply: {not_applicable}") if args.reason.strip() else _("{item} applies"), data)


def assign(args: Args, place: Place) -> Answer:
    """Who brings an item."""
    checklist.assign(**place, owner=args.owner, due=args.due)
    data = {"item": args.item, "owner": args.owner, "due": None if args.due is None else args.due.isoformat()}
    return sentence(_("{item}: {owner} is responsible"), data)


def comment(args: Args, place: Place) -> Answer:
    """Say something about an item."""
    row = checklist.comment(**place, text=args.text)
    return sentence(_("{item}: comment {comment} is saved"), {"item": args.item, "comment": row.pk})


def reuse(args: Args, place: Place) -> Answer:
    """Take over from the year before."""
    data = {"year": args.year, "taken": checklist.reuse(**place)}
    return sentence(_("Taken over from last year, to be confirmed again: {taken}"), data)


def generate_items(args: Args, place: Place) -> Answer:
    """Make items from the records."""
    items = generate.generate(**place, items=args.items, folder=args.output, replace=args.replace)
    documents = [generate.generated_to_document(one, [str(path) for path in one.files]) for one in items]
    data = {"enterprise": place["enterprise"], "season": args.year, "items": documents}
    bad = any(one.verdict is Verdict.NOT_READY or one.waits for one in items)
    return Answer(data, lambda console: terminal.show_generated(console, items), NO if bad else DONE)


def build_package(args: Args, place: Place) -> Answer:
    """Bind both editions."""
    built = package.build(**place, folder=args.output, on=args.on, pictures=args.seal_pictures)
    data = {"enterprise": place["enterprise"], "season": args.year, **to_builtins(built)}
    return Answer(data, lambda console: terminal.show_built(console, built), NO if built.draft else DONE)


def _entry(argument: str) -> tuple[tuple[str, str], str]:
    """A field, the code number that it is about or "", and its text."""
    name, _equals, text = argument.partition("=")
    number, _dot, field = name.rpartition(".")
    return (field, number), text


def make_sheet(args: Args, place: Place) -> Answer:
    """The fill-in sheet of a report."""
    where = place | {"report": fill_in.get_report(args.report)}
    if args.entered:
        fill_in.enter_values(**where, texts=dict(map(_entry, args.entered)))
    row = fill_in.make_or_read_sheet(**where)
    sheet = fill_in.reveal_sheet(**where) if args.full else fill_in.sheet_to_document(row, full=False)
    paths = [] if args.output is None else fill_in.write_sheet_files(**where, folder=args.output)
    files = [str(path) for path in paths]
    data = plain_json(asdict(sheet)) | {"files": files}
    return Answer(data, lambda console: terminal.show_sheet(console, sheet, files))


def submit(args: Args, place: Place) -> Answer:
    """Note that a package was handed in."""
    require_permission(place["actor"], place["enterprise"], Permission.MANAGE_DATA)
    receipt = _read_file(args.receipt)
    handed = Handover(args.on or clock.today(), args.place, args.reference)
    of = {"enterprise": place["enterprise"], "year": args.year}
    read = rounds.read_built_package(**of) if args.path is None else rounds.read_package_path(args.path, **of)
    data = rounds.record_submission(**place, package=read, handed=handed)
    if receipt is not None:
        rounds.add_evidence(**place, number=data.number, kind="receipt", file=receipt)
    return answer(terminal.show_package, data)


def record_notice(args: Args, place: Place) -> Answer:
    """Note that a package came back."""
    data = rounds.record_notice(
        **place, received=args.received, due=args.due, reference=args.reference,
        requests=[_read_request(one) for one in args.request], paper=_read_file(args.notice),
    )  # fmt: skip
    return answer(terminal.show_package, data, _code(data))


def _read_request(text: str) -> RequestInput:
    item, sign, request_text = text.partition("=")
    if not sign:
        raise NianjianError("dossier_request_unreadable", given=text)
    return RequestInput(item, request_text)


def _read_file(path: Path | None) -> PaperContent | None:
    return None if path is None else read_paper(path)


def answer_request(args: Args, place: Place) -> Answer:
    """Answer a request."""
    data = rounds.record_answer(**place, request=args.request, version=args.version, note=args.note)
    return answer(terminal.show_package, data, _code(data))


def record_passed(args: Args, place: Place) -> Answer:
    """Note that the authority took a package as good."""
    return answer(terminal.show_package, rounds.record_passed(**place, on=args.on or clock.today()))


def evidence(args: Args, place: Place) -> Answer:
    """Keep a file about a package, or take one out."""
    if args.get is not None and args.output is not None:
        row, content = rounds.download_evidence(**place, evidence=args.get)
        write_private_file(args.output, content)
        document = rounds.evidence_to_document(row)
        data = {**plain_json(document), "output": str(args.output)}
        return Answer(data, lambda console: terminal.show_evidence(console, document))
    if args.file is None or args.get is not None:
        message = _("give a FILE to store, or --get with --output")
        raise NianjianError("usage", program="nianjian dossier evidence", message=message)
    row = rounds.add_evidence(**place, kind=args.kind, file=read_paper(args.file))
    return answer(terminal.show_evidence, rounds.evidence_to_document(row))


def show_rounds(args: Args, place: Place) -> Answer:
    """The packages of a season, or one in full."""
    if args.number is None:
        packages = rounds.list_packages(**place)
        data = plain_json({"year": args.year, "rounds": packages})
        return Answer(data, lambda console: terminal.show_packages(console, packages))
    one = rounds.get_package(**place)
    return answer(terminal.show_full_package, one, _code(one))


def compare(args: Args, place: Place) -> Answer:
    """What differs between two packages."""
    data = rounds.compare_packages(**place, before=args.before, after=args.after)
    return answer(terminal.show_changes, data, DONE if data.same else NO)


def _code(data: RoundTold) -> int:
    """0 where nothing is waited for from us, or only the next package."""
    return DONE if data.state in GOOD and not data.left_out else NO


def add_seal_image(args: Args, place: Place) -> Answer:
    """Keep the picture of a seal."""
    row = seals.store_image(
        **place, kind=args.kind, name=args.file.name, content=_read(args.file), width_mm=args.width_mm
    )
    return answer(terminal.show_stored_image, seals.to_picture_document(row))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NianjianError("file_missing", file=str(path)) from error


def withdraw_seal_image(args: Args, place: Place) -> Answer:
    """Take a picture out of use."""
    row = seals.withdraw_image(**place, kind=args.kind)
    return answer(terminal.show_withdrawal, {"kind": row.kind, "sha256": row.sha256, "withdrawn": True})


def list_seal_images(args: Args, place: Place) -> Answer:
    """Pictures, and the uses of a season."""
    code, actor = place["enterprise"], place["actor"]
    pictures = [seals.to_picture_document(one) for one in seals.list_images(code, actor)]
    uses = [seals.to_impression_document(one) for one in seals.list_uses(code, args.year, actor, 0, MOST)]
    law = seals.citation(checklist.get_rulebook(code))
    data = plain_json({"pictures": pictures, "impressions": uses, "law": law})
    return Answer(data, lambda console: terminal.show_seals(console, SealsTold(law, pictures), uses))


def request_print(args: Args, place: Place) -> Answer:
    """Ask for a print of a seal's picture."""
    params = PrintRequest(args.year, args.item, args.kind, args.reason, args.mark, args.page, args.x_mm, args.y_mm)
    data = seals.request_print(enterprise=place["enterprise"], actor=place["actor"], params=params)
    return answer(terminal.show_print_request, data, NO if data.state == "pending" else DONE)


def add_signed_paper(args: Args, place: Place) -> Answer:
    """Keep a signed PDF."""
    row = signatures.store_paper(**place, name=args.file.name, content=_read(args.file))
    paper = signatures.to_document(row)
    code = DONE if row.standing in {"unknown", "trusted"} else NO
    return Answer(
        plain_json(paper), lambda console: terminal.show_signatures(console, paper.standing, paper.signatures), code
    )


def list_signed_papers(args: Args, place: Place) -> Answer:
    """Signed papers of a season."""
    rows = signatures.list_papers(place["enterprise"], args.year, place["actor"], 0, MOST)
    papers = [signatures.to_document(one) for one in rows]
    return Answer({"papers": plain_json(papers)}, lambda console: terminal.show_papers(console, papers))


def fetch_signed_paper(args: Args, place: Place) -> Answer:
    """Write a signed paper as it came."""
    if args.output.exists():
        raise NianjianError("signed_file_exists", file=str(args.output))
    row, content = signatures.download_paper(**place)
    write_private_file(args.output, content)
    return answer(terminal.show_saved_file, {"paper": row.pk, "sha256": row.sha256, "file": str(args.output)})


def sign_package(args: Args, place: Place) -> Answer:
    """Sign the files for the platform."""
    done = signatures.sign_package(**place, folder=args.folder, ask=_ask, certificate=args.certificate, tsa=args.tsa)
    data = {"enterprise": place["enterprise"], **to_builtins(done)}
    return Answer(data, lambda console: terminal.show_signing(console, done))


def _ask(name: str) -> str:
    """The password, typed unseen; without a terminal there is none to ask."""
    if not sys.stdin.isatty():
        return ""
    return getpass.getpass(_("Password of {file}: ").format(file=name))
