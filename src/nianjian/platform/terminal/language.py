"""The shell's language: ``LANG`` alone decides, ``en…`` is English, everything else Chinese."""

from __future__ import annotations

import gettext
import os

from nianjian.engines.paper.words import DOMAIN, LOCALE, language_of, words


def language() -> str:
    """Return ``en`` or ``zh_Hans``."""
    return language_of(os.environ.get("LANG", ""))


def _(msgid: str) -> str:
    """Translate at the moment of use, so that a table of message ids can stand at module level."""
    return words(language())(msgid)


def speak() -> None:
    """Let argparse's own sentences come from our catalogue too: it asks the process-wide gettext domain."""
    os.environ["LANGUAGE"] = language()
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
