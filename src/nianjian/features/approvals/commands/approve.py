"""``nianjian approve ID``: the second person says yes, or no, to a pending request."""

from __future__ import annotations

import argparse

from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import common
from nianjian.platform.terminal.language import _, translate_code
from nianjian.platform.terminal.session import begin


def configure(parser: argparse.ArgumentParser) -> None:
    """``ID``."""
    common(parser, run)
    parser.add_argument("id", metavar="ID", help=_("the request's id"))
    parser.add_argument("--refuse", action="store_true", help=_("say no; whoever asked withdraws it so"))


def run(args: argparse.Namespace) -> Answer:
    """Approve and carry out, or refuse."""
    actor = begin(args)
    from nianjian.features.approvals.operations import approve, refuse

    if args.refuse:
        gone = refuse(approval=args.id, actor=actor)
        no = _("Request {approval} refused.")
        return Answer(gone, lambda console: console.print(no.format(**gone)))
    done = approve(approval=args.id, actor=actor)
    text = _("Request {approval} approved and carried out ({kind}).")
    return Answer(
        done, lambda console: console.print(text.format(**{**done, "kind": translate_code("kind", done["kind"])}))
    )
