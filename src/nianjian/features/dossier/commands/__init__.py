"""``nianjian dossier``: the package of the annual inspection. Only options stand here: the acts load Django."""

import argparse
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path

from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions, day, enterprise, number, on_day, year
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin


def configure(parser: argparse.ArgumentParser) -> None:
    """Every action, in the order of the help."""
    actions = Actions(parser)
    _configure_items(actions)
    _configure_files(actions)
    _configure_package(actions)
    _configure_rounds(actions)
    _configure_fill_in(actions)
    _configure_seal_images(actions.group(
        "seal-picture", _("seal images: stored encrypted, placed on drafts with the consent of two people")
    ))  # fmt: skip
    _configure_signatures(actions)


def _verb(actions: Actions, name: str, act: str, about: str, *, season: bool = True) -> argparse.ArgumentParser:
    """An action at an enterprise, of a season; ``act``: its function, imported once the home is open."""
    parser = actions.add(name, partial(_run, act), about)
    enterprise(parser, required=False)
    if season:
        year(parser)
    return parser


def _run(act: str, args: argparse.Namespace) -> Answer:
    """Do the act for whom asks, at the place that the options name."""
    actor = begin(args)
    from nianjian.features.dossier.commands import acts
    from nianjian.features.rectification.operations import default_enterprise

    place = {"enterprise": default_enterprise(args.enterprise), "actor": actor}
    names = [one for one in ("year", "item", "number") if getattr(args, one, None) is not None]
    answer: Answer = getattr(acts, act)(args, place | {one: getattr(args, one) for one in names})
    return answer


def _offline(act: str, args: argparse.Namespace) -> Answer:
    """Do an act that needs no home."""
    from nianjian.features.dossier.commands import offline

    answer: Answer = getattr(offline, act)(args)
    return answer


def _item(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--item", required=True, metavar="ITEM", help=_("the item's name, for example audit_report"))


def _flag(parser: argparse.ArgumentParser, option: str, about: str) -> None:
    parser.add_argument(option, action="store_true", help=about)


def _output(parser: argparse.ArgumentParser, metavar: str, about: str, *, required: bool = False) -> None:
    parser.add_argument("--output", "-o", type=Path, required=required, metavar=metavar, help=about)


def _configure_items(actions: Actions) -> None:
    listed = _verb(actions, "list", "list_items", _("the checklist: each item with its state, owner and days"))
    on_day(listed, "--on", _("as for a package handed in on this day instead of today"))
    added = _verb(actions, "add", "add_file", _("check a file and store it as an item's newest version"))
    added.add_argument("file", type=Path, metavar="FILE", help=_("PDF, JPEG, PNG or TIFF; OFD is stored, not read"))
    _item(added)
    confirmed = _verb(
        actions, "confirm", "confirm", _("confirm the newest version of an item after a person has checked it")
    )
    _version(confirmed)
    on_day(confirmed, "--effective", _("the day from which the document is valid"))
    on_day(confirmed, "--valid-until", _("the last day on which it is valid; default: as read"))
    confirmed.add_argument(
        "--explanation", default="", metavar="TEXT", help=_("why people are not covered, where the check found any")
    )
    returned = _verb(actions, "return", "send_back", _("send the newest version of an item back"))
    _version(returned)
    returned.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    wrong = _verb(actions, "overrule", "overrule", _("ask a second person to overrule a check finding on a scan"))
    _version(wrong)
    wrong.add_argument("--finding", required=True, metavar="CODE", help=_("code of the finding, as --json shows it"))
    wrong.add_argument("--page", type=number, metavar="N", help=_("its page; default: the whole file"))
    wrong.add_argument("--reason", required=True, metavar="TEXT", help=_("why the check is wrong"))
    stated = _verb(
        actions, "state", "state_claim", _("state what the data does not contain; generated documents print it")
    )
    _item(stated)
    stated.add_argument("--claim", metavar="CLAIM", help=_("claim of the item; default: list what can be stated"))
    stated.add_argument("--part", default="text", metavar="PART", help=_("part of the claim"))
    stated.add_argument("--text", default="", metavar="TEXT", help=_("the statement; an empty text withdraws it"))
    free = _verb(
        actions, "not-applicable", "set_applicability", _("give the reason the algorithm filing does not apply")
    )
    free.add_argument("--reason", required=True, metavar="TEXT", help=_("the reason; an empty text withdraws it"))
    assigned = _verb(actions, "assign", "assign", _("set who provides an item, and by when"))
    _item(assigned)
    assigned.add_argument("--owner", required=True, metavar="WHO", help=_("who does it"))
    on_day(assigned, "--due", _("by when"))
    comment = _verb(actions, "comment", "comment", _("comment on an item"))
    _item(comment)
    comment.add_argument("--text", required=True, metavar="TEXT", help=_("the text"))
    _verb(actions, "reuse", "reuse", _("take over what was confirmed last year and is missing now"))


def _version(parser: argparse.ArgumentParser) -> None:
    _item(parser)
    parser.add_argument(
        "--version", dest="number", type=number, required=True, metavar="N", help=_("the newest version's number")
    )


def _configure_files(actions: Actions) -> None:
    checked = actions.add(
        "check", partial(_offline, "check_file"), _("check a scan, photo or PDF for an item: pages, seals, fields")
    )
    checked.add_argument("file", type=Path, metavar="FILE", help=_("PDF, JPEG, PNG or TIFF; OFD is stored, not read"))
    _item(checked)
    enterprise(checked, required=False)
    year(checked, required=False)
    asked = actions.add(
        "sort",
        partial(_offline, "sort_files"),
        _("propose which item each file is; nothing is stored, `dossier add` does that"),
    )
    asked.add_argument("paths", type=Path, nargs="+", metavar="DIR|FILE", help=_("files, or folders of them"))


def _configure_package(actions: Actions) -> None:
    made = _verb(
        actions,
        "generate",
        "generate_items",
        _("make items from registers, calls and the newest portrait, and compare their sums"),
    )
    made.add_argument(
        "items",
        nargs="+",
        metavar="ITEM",
        help=_("the item's name, for example seat_table; all: every item that is due"),
    )
    _output(
        made, "DIR", _("write Word, PDF and xlsx into this folder; default: the PDF becomes a version of the checklist")
    )
    _flag(made, "--replace", _("also replace an uploaded file that nobody has confirmed yet"))
    built = _verb(
        actions, "build", "build_package", _("bind the confirmed documents into both editions, with their manifest")
    )
    on_day(built, "--on", _("as for a package handed in on this day instead of today"))
    _flag(built, "--seal-pictures", _("a draft with the approved seal images"))
    _output(built, "DIR", _("a new or empty folder"), required=True)
    asked = actions.add(
        "verify",
        partial(_offline, "verify_package"),
        _("prove from the manifest that no page was swapped, added, removed or moved"),
    )
    asked.add_argument("path", type=Path, metavar="DIR|FILE", help=_("the package's folder, or one of its files"))
    asked.add_argument("--manifest", type=Path, metavar="FILE", help=_("the manifest, if it is elsewhere"))
    asked.add_argument("--digest", default="", metavar="HEX", help=_("the manifest's SHA-256 as stored elsewhere"))
    _flag(asked, "--scan", _("FILE is a scan of the sealed paper edition: compare the images"))
    planned = actions.add(
        "seal-plan",
        partial(_offline, "plan_riding_seal"),
        _("plan the riding seal over all sheets, so that every joint is covered"),
    )
    planned.add_argument("--sheets", type=number, required=True, metavar="N", help=_("sheets of paper, not pages"))
    _flag(planned, "--duplex", _("printed on both sides: a sheet has two pages"))
    planned.add_argument(
        "--diameter", type=_millimetres, metavar="MM", help=_("the seal's diameter; default: from the rulebook")
    )


def _millimetres(text: str) -> Decimal:
    value = _decimal(text)
    if value is None or not value.is_finite():
        raise argparse.ArgumentTypeError(_("“{value}” is not a length in mm").format(value=text))
    return value


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _configure_rounds(actions: Actions) -> None:
    submitted = _verb(
        actions, "submit", "submit", _("record that a package was handed in; its files must match the manifest")
    )
    which = _("the package's folder, or its manifest; default: the newest complete package built by the worker")
    submitted.add_argument("path", type=Path, nargs="?", metavar="DIR|MANIFEST", help=which)
    on_day(submitted, "--on", _("on this day instead of today"))
    submitted.add_argument("--place", required=True, metavar="WHERE", help=_("the window or the system"))
    submitted.add_argument("--reference", default="", metavar="N", help=_("the authority's reference number"))
    submitted.add_argument("--receipt", type=Path, metavar="FILE", help=_("the receipt: PDF, OFD, docx, xlsx or image"))
    _configure_correction(actions)
    passed = _number(_verb(actions, "passed", "record_passed", _("record that the authority accepted a package")))
    on_day(passed, "--on", _("on this day instead of today"))
    evidence = _number(
        _verb(actions, "evidence", "evidence", _("store a file about a package that was handed in, or get one"))
    )
    evidence.add_argument("file", nargs="?", type=Path, metavar="FILE", help=_("PDF, OFD, docx, xlsx or image"))
    evidence.add_argument(
        "--kind", default="receipt", metavar="K", help=_("receipt (default), acceptance, notice, opinion or annex")
    )
    evidence.add_argument("--get", type=number, metavar="ID", help=_("get this file, as received"))
    _output(evidence, "FILE", _("where to write it"))
    rounds = _verb(
        actions, "rounds", "show_rounds", _("the packages of a season with requests and days, or one in full")
    )
    rounds.add_argument("--number", type=number, metavar="N", help=_("this package in full"))
    diff = _verb(actions, "diff", "compare", _("compare two packages that were handed in, page by page"))
    diff.add_argument("before", type=number, metavar="N", help=_("the number of the older package"))
    diff.add_argument("after", type=number, metavar="M", help=_("the number of the newer package"))


def _configure_correction(actions: Actions) -> None:
    back = _number(
        _verb(actions, "correction", "record_notice", _("record that a package was returned, and what was asked for"))
    )
    back.add_argument(
        "--received", type=day, required=True, metavar="YYYY-MM-DD", help=_("day of receipt; that day is not counted")
    )
    on_day(back, "--due", _("the last day stated in the notice; it takes precedence"))
    back.add_argument("--reference", default="", metavar="N", help=_("the notice's own number"))
    back.add_argument("--notice", type=Path, metavar="FILE", help=_("the notice itself: PDF, OFD, docx or image"))
    back.add_argument(
        "--request", action="append", required=True, metavar="ITEM=TEXT",
        help=_("what is asked for about an item; =TEXT for the whole package; can be repeated"),
    )  # fmt: skip
    answer = _number(
        _verb(actions, "answer", "answer_request", _("answer a request with a new version of its item, or in words"))
    )
    answer.add_argument("--request", type=number, required=True, metavar="ID", help=_("the request's number"))
    answer.add_argument("--version", type=number, metavar="N", help=_("the new version of the item"))
    answer.add_argument("--note", default="", metavar="TEXT", help=_("the answer"))


def _number(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--number", type=number, required=True, metavar="N", help=_("the package's number"))
    return parser


def _configure_fill_in(actions: Actions) -> None:
    made = _verb(
        actions,
        "fill-in",
        "make_sheet",
        _("every field of a yearly report with its value, source and differences"),
    )
    made.add_argument(
        "--report", default="licence", metavar="R", help=_("licence (default) or code-number: which of the two reports")
    )
    made.add_argument(
        "--set", action="append", default=[], dest="entered", metavar="FIELD=TEXT",
        help=_("enter a field first, for a code number NUMBER.FIELD=TEXT; an empty text clears it; can be repeated"),
    )  # fmt: skip
    _flag(made, "--full", _("personal data unmasked; it is recorded"))
    _output(made, "DIR", _("write PDF and xlsx, personal data unmasked, into this folder"))


def _configure_seal_images(group: Actions) -> None:
    added = _verb(
        group,
        "add",
        "add_seal_image",
        _("store a seal image: its background is made transparent, no command outputs it"),
        season=False,
    )
    added.add_argument("file", type=Path, metavar="FILE", help=_("PNG or JPEG of one imprint on light paper"))
    _kind(added)
    added.add_argument("--width-mm", type=_mm, required=True, metavar="MM", help=_("width of the seal on paper"))
    withdrawn = _verb(group, "withdraw", "withdraw_seal_image", _("withdraw an image and delete it"), season=False)
    _kind(withdrawn)
    _verb(group, "list", "list_seal_images", _("images, and the uses requested in a season"))
    used = _verb(
        group, "use", "request_print", _("request to print a seal image on one page of an item's newest version")
    )
    _kind(used)
    _item(used)
    used.add_argument("--mark", default="", metavar="MARK", help=_("cover_seal, copy_seal or further_seal"))
    used.add_argument("--page", type=number, default=1, metavar="N", help=_("page of the document, from 1"))
    used.add_argument("--x-mm", type=_mm, metavar="MM", help=_("the imprint's centre from the left edge"))
    used.add_argument("--y-mm", type=_mm, metavar="MM", help=_("the imprint's centre from the lower edge"))
    used.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))


def _kind(parser: argparse.ArgumentParser) -> None:
    about = _("official_seal, finance_seal or legal_person_seal")
    parser.add_argument("--kind", required=True, metavar="KIND", help=about)


def _mm(text: str) -> Decimal:
    value = _decimal(text)
    if value is None:
        raise argparse.ArgumentTypeError(_("“{value}” is not a length in mm").format(value=text))
    return value


def _configure_signatures(actions: Actions) -> None:
    group = actions.group("signature", _("documents electronically signed by others"))
    shown = group.add(
        "show",
        partial(_offline, "show_signatures"),
        _("show the signatures of a PDF: whether they are valid, whose they are, when"),
    )
    shown.add_argument("file", type=Path, metavar="FILE", help=_("a PDF"))
    added = _verb(
        group,
        "add",
        "add_signed_paper",
        _("store a signed PDF unaltered as evidence, with the state of its signatures"),
    )
    added.add_argument("file", type=Path, metavar="FILE", help=_("a PDF"))
    _item(added)
    fetched = _verb(group, "fetch", "fetch_signed_paper", _("write a stored document byte for byte as received"))
    fetched.add_argument(
        "--paper", dest="number", type=number, required=True, metavar="N", help=_("the document's number")
    )
    _output(fetched, "FILE", _("a new file"), required=True)
    _verb(group, "list", "list_signed_papers", _("signed documents of a season"))
    signed = _verb(
        actions,
        "sign",
        "sign_package",
        _("sign the files for the platform with the enterprise's own certificate, as the last step"),
        season=False,
    )
    signed.add_argument("folder", type=Path, metavar="DIR", help=_("the package's folder, as written by build"))
    signed.add_argument(
        "--certificate", type=Path, metavar="FILE", help=_("PKCS#12 with the key; default: NIANJIAN_SIGNER")
    )
    signed.add_argument("--tsa", metavar="URL", help=_("time-stamp authority; default: NIANJIAN_TSA_URL"))
