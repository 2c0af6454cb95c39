"""Look up now what stands for the on-site check: readiness, answers, retention, how calls are dialled."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from nianjian.features.inspection.terminal import picture
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, on_day
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

Json = Mapping[str, Any]


def configure(actions: Actions) -> None:
    """``readiness``, ``answers``, ``retention`` and ``dialling-mode``."""
    for name, part, about in (
        ("readiness", "readiness", _("everything that is checked on site: passed, not passed, not proved")),
        ("answers", "answers", _("what may truthfully be said, and how the rest becomes true")),
        ("retention", "retention", _("how far each kind of log reaches back without a hole")),
    ):
        one = actions.add(name, partial(_looked, part=part), about)
        enterprise(one)
        on_day(one, "--as-of", _("as at this day instead of today"))
        if part == "retention":
            one.add_argument(
                "--recordings",
                metavar="DIR",
                type=Path,
                help=_("the folder in which recordings lie, instead of the one of NIANJIAN_RECORDINGS"),
            )
    dialling = actions.add("dialling-mode", _dialling, _("predictive dialling and robots, found from the records"))
    enterprise(dialling)
    on_day(dialling, "--from", _("first day; 30 days up to the last one if not given"))
    on_day(dialling, "--to", _("last day; today if not given"), "--as-of")


def _looked(args: argparse.Namespace, part: str) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations.checks.work import PARTS

    more = {"folder": args.recordings} if part == "retention" else {}
    told = PARTS[part](enterprise=args.enterprise, as_of=args.as_of, actor=actor, **more)
    shown: Mapping[str, Callable[[Json], Any]] = {
        "readiness": picture.readiness, "answers": picture.answers, "retention": picture.retention
    }  # fmt: skip
    good = {"readiness": told.get("state") == "passed", "retention": told.get("state") == "ok"}
    released = part == "answers" and told["released"] == told["all"]
    return Answer(told, shown[part](told), DONE if released or good.get(part) else NO)


def _dialling(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations.checks import dialling

    told = dialling.check_dialling(
        enterprise=args.enterprise, as_of=None, first=getattr(args, "from"), last=args.to, actor=actor
    )
    return Answer(told, picture.dialling(told), DONE if told["verdict"] == "not_found" else NO)
