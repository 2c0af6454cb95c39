"""Options that verbs share, and how a noun's actions are laid out (``nianjian calls import …``)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from nianjian.engines.kernel.clock import aware
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.language import _

YEARS: Final = range(1949, 2200)

Act = Callable[[argparse.Namespace], Answer]


def common(parser: argparse.ArgumentParser, act: Act) -> argparse.ArgumentParser:
    """Give a leaf parser the options that every command has, and the function that answers it."""
    parser.add_argument("--json", action="store_true", help=_("print one JSON object and nothing else on stdout"))
    parser.add_argument(
        "--as",
        dest="actor",
        metavar="USER",
        help=_("act as this user (token from NIANJIAN_TOKEN); default: the local operator"),
    )
    parser.set_defaults(act=act)
    return parser


class Actions:
    """The actions of one noun, each with its own options."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._parsers: Any = parser.add_subparsers(dest="action", metavar="ACTION", required=True, title=_("actions"))

    def add(self, name: str, act: Act, about: str) -> argparse.ArgumentParser:
        """Add an action; ``about`` is its one line in the help."""
        return common(self._parsers.add_parser(name, help=about, description=about), act)

    def group(self, name: str, about: str) -> Actions:
        """Add a noun below this one (``nianjian user token …``) and return its actions."""
        return Actions(self._parsers.add_parser(name, help=about, description=about))


def enterprise(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """``--enterprise CODE``: the tenant."""
    parser.add_argument("--enterprise", metavar="CODE", required=required, help=_("the enterprise's code"))


def year(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """``--year`` or ``--season``: the data year, always."""
    parser.add_argument(
        "--year",
        "--season",
        dest="year",
        type=_year,
        required=required,
        metavar="Y",
        help=_("data year, for example 2026"),
    )


def _year(text: str) -> int:
    if not text.isdecimal() or int(text) not in YEARS:
        raise argparse.ArgumentTypeError(_("“{value}” is not a year; write it like 2026").format(value=text))
    return int(text)


def number(text: str) -> int:
    """Read a count, 0 or more."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(_("“{value}” is not a whole number of 0 or more").format(value=text))
    return int(text)


def moment(text: str) -> datetime:
    """Read an ISO moment; without an offset it is wall time in Asia/Shanghai. ValueError."""
    return aware(datetime.fromisoformat(text))


def day(text: str) -> date:
    """Read an ISO date."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            _("“{value}” is not a date; write it like 2026-12-31").format(value=text)
        ) from error


def on_day(parser: argparse.ArgumentParser, option: str, about: str, *spellings: str) -> None:
    """Add a date option, YYYY-MM-DD; other spellings of it mean the same."""
    parser.add_argument(option, *spellings, type=day, metavar="YYYY-MM-DD", help=about)
