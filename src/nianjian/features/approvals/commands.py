"""``nianjian approvals``: requests that wait for a second person; ``nianjian approve ID``: one is decided."""

import argparse
from dataclasses import asdict

from nianjian.engines.kernel.encode import to_builtins
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions, common
from nianjian.platform.terminal.language import _, translate_code
from nianjian.platform.terminal.session import begin


def configure_approvals(parser: argparse.ArgumentParser) -> None:
    """List."""
    Actions(parser).add("list", _list, _("list requests, newest first"))


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.approvals.operations import list_requests

    requests = list_requests(actor=actor)
    header = (
        _("request"), _("kind"), _("state"), _("enterprise"), _("requested by"), _("decided by"), _("requested"),
    )  # fmt: skip
    body = []
    for one in requests:
        summary = ", ".join(f"{name}={value}" for name, value in one.asked.items() if value is not None)
        values = {name: value for name, value in asdict(one).items() if name != "asked"}
        body.append([*(translate_code(name, value) for name, value in values.items()), summary])
    return Answer({"approvals": requests}, lambda console: table.rows(console, header, body))


def configure_approve(parser: argparse.ArgumentParser) -> None:
    """``ID``."""
    common(parser, run_approve)
    parser.add_argument("id", metavar="ID", help=_("the request's id"))
    parser.add_argument(
        "--refuse", action="store_true", help=_("refuse; the requester can withdraw the request this way")
    )


def run_approve(args: argparse.Namespace) -> Answer:
    """Approve and carry out, or refuse."""
    actor = begin(args)
    from nianjian.features.approvals.operations import approve, refuse

    if args.refuse:
        gone = refuse(approval=args.id, actor=actor)
        no = _("Request {approval} refused.")
        return Answer(gone, lambda console: console.print(no.format(approval=gone.approval)))
    done = approve(approval=args.id, actor=actor)
    text = _("Request {approval} approved and carried out ({kind}).")
    data = {"approval": done.approval, "state": done.state, "kind": done.kind, **to_builtins(done.result)}
    kind = translate_code("kind", done.kind)
    return Answer(data, lambda console: console.print(text.format(approval=done.approval, kind=kind)))
