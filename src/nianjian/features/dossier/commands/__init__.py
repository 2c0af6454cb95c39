"""``nianjian dossier``: the package of the annual inspection. Only options stand here: the acts load Django."""

import argparse
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Any

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
    from nianjian.features.dossier.commands import offline

    answer: Answer = getattr(offline, act)(args)
    return answer


def _item(parser: argparse.ArgumentParser) -> None:
    _option(parser, "--item", "ITEM", _("the item's name, for example audit_report"), required=True)


def _option(parser: argparse.ArgumentParser, name: str, metavar: str, about: str, **more: Any) -> None:  # noqa: ANN401 -- as argparse takes them
    parser.add_argument(name, metavar=metavar, help=about, **more)


def _flag(parser: argparse.ArgumentParser, option: str, about: str) -> None:
    parser.add_argument(option, action="store_true", help=about)


def _output(parser: argparse.ArgumentParser, metavar: str, about: str, *, required: bool = False) -> None:
    parser.add_argument("--output", "-o", type=Path, required=required, metavar=metavar, help=about)


def _configure_items(actions: Actions) -> None:
    listed = _verb(actions, "list", "list_items", _("the checklist: each item with its state, owner and days"))
    on_day(listed, "--on", _("as for a package handed in on this day instead of today"))
    added = _verb(actions, "add", "add_file", _("check a file and store it as an item's newest version"))
    _option(added, "file", "FILE", _("PDF, JPEG, PNG or TIFF; OFD is stored, not read"), type=Path)
    _item(added)
    confirmed = _verb(
        actions, "confirm", "confirm", _("confirm the newest version of an item after a person has checked it")
    )
    _version(confirmed)
    on_day(confirmed, "--effective", _("the day from which the document is valid"))
    on_day(confirmed, "--valid-until", _("the last day on which it is valid; default: as read"))
    _option(confirmed, "--explanation", "TEXT", _("why people are not covered, where the check found any"), default="")
    returned = _verb(actions, "return", "send_back", _("send the newest version of an item back"))
    _version(returned)
    _option(returned, "--reason", "TEXT", _("why"), required=True)
    wrong = _verb(actions, "overrule", "overrule", _("ask a second person to overrule a check finding on a scan"))
    _version(wrong)
    _option(wrong, "--finding", "CODE", _("code of the finding, as --json shows it"), required=True)
    _option(wrong, "--page", "N", _("its page; default: the whole file"), type=number)
    _option(wrong, "--reason", "TEXT", _("why the check is wrong"), required=True)
    stated = _verb(
        actions, "state", "state_claim", _("state what the data does not contain; generated documents print it")
    )
    _item(stated)
    _option(stated, "--claim", "CLAIM", _("claim of the item; default: list what can be stated"))
    _option(stated, "--part", "PART", _("part of the claim"), default="text")
    _option(stated, "--text", "TEXT", _("the statement; an empty text withdraws it"), default="")
    free = _verb(
        actions, "not-applicable", "set_applicability", _("give the reason the algorithm filing does not apply")
    )
    _option(free, "--reason", "TEXT", _("the reason; an empty text withdraws it"), required=True)
    assigned = _verb(actions, "assign", "assign", _("set who provides an item, and by when"))
    _item(assigned)
    _option(assigned, "--owner", "WHO", _("who does it"), required=True)
    on_day(assigned, "--due", _("by when"))
    comment = _verb(actions, "comment", "comment", _("comment on an item"))
    _item(comment)
    _option(comment, "--text", "TEXT", _("the text"), required=True)
    _verb(actions, "reuse", "reuse", _("take over what was confirmed last year and is missing now"))


def _version(parser: argparse.ArgumentParser) -> None:
    _item(parser)
    _option(parser, "--version", "N", _("the newest version's number"), dest="number", type=number, required=True)


def _configure_files(actions: Actions) -> None:
    checked = actions.add(
        "check", partial(_offline, "check_file"), _("check a scan, photo or PDF for an item: pages, seals, fields")
    )
    _option(checked, "file", "FILE", _("PDF, JPEG, PNG or TIFF; OFD is stored, not read"), type=Path)
    _item(checked)
    enterprise(checked, required=False)
    year(checked, required=False)
    sort_parser = actions.add(
        "sort",
        partial(_offline, "sort_files"),
        _("propose which item each file is; nothing is stored, `dossier add` does that"),
    )
    _option(sort_parser, "paths", "DIR|FILE", _("files, or folders of them"), type=Path, nargs="+")


def _configure_package(actions: Actions) -> None:
    make_parser = _verb(
        actions,
        "generate",
        "generate_items",
        _("make items from registers, calls and the newest portrait, and compare their sums"),
    )
    _option(
        make_parser,
        "items",
        "ITEM",
        _("the item's name, for example seat_table; all: every item that is due"),
        nargs="+",
    )
    _output(
        make_parser,
        "DIR",
        _("write Word, PDF and xlsx into this folder; default: the PDF becomes a version of the checklist"),
    )
    _flag(make_parser, "--replace", _("also replace an uploaded file that nobody has confirmed yet"))
    built = _verb(
        actions, "build", "build_package", _("bind the confirmed documents into both editions, with their manifest")
    )
    on_day(built, "--on", _("as for a package handed in on this day instead of today"))
    _flag(built, "--seal-pictures", _("a draft with the approved seal images"))
    _output(built, "DIR", _("a new or empty folder"), required=True)
    verify_parser = actions.add(
        "verify",
        partial(_offline, "verify_package"),
        _("prove from the manifest that no page was swapped, added, removed or moved"),
    )
    _option(verify_parser, "path", "DIR|FILE", _("the package's folder, or one of its files"), type=Path)
    _option(verify_parser, "--manifest", "FILE", _("the manifest, if it is elsewhere"), type=Path)
    _option(verify_parser, "--digest", "HEX", _("the manifest's SHA-256 as stored elsewhere"), default="")
    _flag(verify_parser, "--scan", _("FILE is a scan of the sealed paper edition: compare the images"))
    planned = actions.add(
        "seal-plan",
        partial(_offline, "plan_riding_seal"),
        _("plan the riding seal over all sheets, so that every joint is covered"),
    )
    _option(planned, "--sheets", "N", _("sheets of paper, not pages"), type=number, required=True)
    _flag(planned, "--duplex", _("printed on both sides: a sheet has two pages"))
    _option(planned, "--diameter", "MM", _("the seal's diameter; default: from the rulebook"), type=_millimetres)


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
    _option(submitted, "path", "DIR|MANIFEST", which, type=Path, nargs="?")
    on_day(submitted, "--on", _("on this day instead of today"))
    _option(submitted, "--place", "WHERE", _("the window or the system"), required=True)
    _option(submitted, "--reference", "N", _("the authority's reference number"), default="")
    _option(submitted, "--receipt", "FILE", _("the receipt: PDF, OFD, docx, xlsx or image"), type=Path)
    _configure_correction(actions)
    passed = _number(_verb(actions, "passed", "record_passed", _("record that the authority accepted a package")))
    on_day(passed, "--on", _("on this day instead of today"))
    evidence = _number(
        _verb(actions, "evidence", "evidence", _("store a file about a package that was handed in, or get one"))
    )
    _option(evidence, "file", "FILE", _("PDF, OFD, docx, xlsx or image"), nargs="?", type=Path)
    _option(evidence, "--kind", "K", _("receipt (default), acceptance, notice, opinion or annex"), default="receipt")
    _option(evidence, "--get", "ID", _("get this file, as received"), type=number)
    _output(evidence, "FILE", _("where to write it"))
    rounds = _verb(
        actions, "rounds", "show_rounds", _("the packages of a season with requests and days, or one in full")
    )
    _option(rounds, "--number", "N", _("this package in full"), type=number)
    diff = _verb(actions, "diff", "compare", _("compare two packages that were handed in, page by page"))
    _option(diff, "before", "N", _("the number of the older package"), type=number)
    _option(diff, "after", "M", _("the number of the newer package"), type=number)


def _configure_correction(actions: Actions) -> None:
    back = _number(
        _verb(actions, "correction", "record_notice", _("record that a package was returned, and what was asked for"))
    )
    _option(back, "--received", "YYYY-MM-DD", _("day of receipt; that day is not counted"), type=day, required=True)
    on_day(back, "--due", _("the last day stated in the notice; it takes precedence"))
    _option(back, "--reference", "N", _("the notice's own number"), default="")
    _option(back, "--notice", "FILE", _("the notice itself: PDF, OFD, docx or image"), type=Path)
    _option(
        back,
        "--request",
        "ITEM=TEXT",
        _("what is asked for about an item; =TEXT for the whole package; can be repeated"),
        action="append",
        required=True,
    )
    answer = _number(
        _verb(actions, "answer", "answer_request", _("answer a request with a new version of its item, or in words"))
    )
    _option(answer, "--request", "ID", _("the request's number"), type=number, required=True)
    _option(answer, "--version", "N", _("the new version of the item"), type=number)
    _option(answer, "--note", "TEXT", _("the answer"), default="")


def _number(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    _option(parser, "--number", "N", _("the package's number"), type=number, required=True)
    return parser


def _configure_fill_in(actions: Actions) -> None:
    parser = _verb(
        actions,
        "fill-in",
        "make_sheet",
        _("every field of a yearly report with its value, source and differences"),
    )
    _option(parser, "--report", "R", _("licence (default) or code-number: which of the two reports"), default="licence")
    _option(
        parser,
        "--set",
        "FIELD=TEXT",
        _("enter a field first, for a code number NUMBER.FIELD=TEXT; an empty text clears it; can be repeated"),
        action="append",
        default=[],
        dest="entered",
    )
    _flag(parser, "--full", _("personal data unmasked; it is recorded"))
    _output(parser, "DIR", _("write PDF and xlsx, personal data unmasked, into this folder"))


def _configure_seal_images(group: Actions) -> None:
    added = _verb(
        group,
        "add",
        "add_seal_image",
        _("store a seal image: its background is made transparent, no command outputs it"),
        season=False,
    )
    _option(added, "file", "FILE", _("PNG or JPEG of one imprint on light paper"), type=Path)
    _kind(added)
    _option(added, "--width-mm", "MM", _("width of the seal on paper"), type=_mm, required=True)
    withdrawn = _verb(group, "withdraw", "withdraw_seal_image", _("withdraw an image and delete it"), season=False)
    _kind(withdrawn)
    _verb(group, "list", "list_seal_images", _("images, and the uses requested in a season"))
    used = _verb(
        group, "use", "request_print", _("request to print a seal image on one page of an item's newest version")
    )
    _kind(used)
    _item(used)
    _option(used, "--mark", "MARK", _("cover_seal, copy_seal or further_seal"), default="")
    _option(used, "--page", "N", _("page of the document, from 1"), type=number, default=1)
    _option(used, "--x-mm", "MM", _("the imprint's centre from the left edge"), type=_mm)
    _option(used, "--y-mm", "MM", _("the imprint's centre from the lower edge"), type=_mm)
    _option(used, "--reason", "TEXT", _("why"), required=True)


def _kind(parser: argparse.ArgumentParser) -> None:
    about = _("official_seal, finance_seal or legal_person_seal")
    _option(parser, "--kind", "KIND", about, required=True)


def _mm(text: str) -> Decimal:
    value = _decimal(text)
    if value is None:
        raise argparse.ArgumentTypeError(_("“{value}” is not a length in mm").format(value=text))
    return value


def _configure_signatures(actions: Actions) -> None:
    group = actions.group("signature", _("documents electronically signed by others"))
    show_parser = group.add(
        "show",
        partial(_offline, "show_signatures"),
        _("show the signatures of a PDF: whether they are valid, whose they are, when"),
    )
    _option(show_parser, "file", "FILE", _("a PDF"), type=Path)
    added = _verb(
        group,
        "add",
        "add_signed_paper",
        _("store a signed PDF unaltered as evidence, with the state of its signatures"),
    )
    _option(added, "file", "FILE", _("a PDF"), type=Path)
    _item(added)
    fetched = _verb(group, "fetch", "fetch_signed_paper", _("write a stored document byte for byte as received"))
    _option(fetched, "--paper", "N", _("the document's number"), dest="number", type=number, required=True)
    _output(fetched, "FILE", _("a new file"), required=True)
    _verb(group, "list", "list_signed_papers", _("signed documents of a season"))
    signed = _verb(
        actions,
        "sign",
        "sign_package",
        _("sign the files for the platform with the enterprise's own certificate, as the last step"),
        season=False,
    )
    _option(signed, "folder", "DIR", _("the package's folder, as written by build"), type=Path)
    _option(signed, "--certificate", "FILE", _("PKCS#12 with the key; default: NIANJIAN_SIGNER"), type=Path)
    _option(signed, "--tsa", "URL", _("time-stamp authority; default: NIANJIAN_TSA_URL"))
