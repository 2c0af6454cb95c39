"""Whether the own record says that a voicemail answered: by the application that ran last, or the dial plan's context.

Asterisk writes both (``lastapp``, ``dcontext``), FreeSWITCH as well (``last_app`` with ``last_arg``, ``context``).
Which names are a voicemail's is a rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from nianjian.engines.intake.columns import plain_name

APPLICATION: Final = ("lastapp", "last_app")
ARGUMENT: Final = ("lastdata", "last_arg")
CONTEXT: Final = ("dcontext", "context")
_MORE: Final = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Boxes:
    """Names in small letters. Of an application one may stand with the beginning of its argument, a blank between."""

    applications: Sequence[str] = ()
    contexts: Sequence[str] = ()

    @classmethod
    def of(cls, applications: Iterable[object], contexts: Iterable[object]) -> Boxes:
        """Of the rules' words."""
        return cls(tuple(str(one).lower() for one in applications), tuple(str(one).lower() for one in contexts))

    def told(self, cells: Mapping[str, str | None]) -> str:
        """What of a record's cells, by their `plain` names, tells it: an application or a context; "" for nothing."""
        application, argument, context = (_first(cells, names) for names in (APPLICATION, ARGUMENT, CONTEXT))
        whole = f"{application} {argument}".strip().lower()
        if any(_begins(whole, one) for one in self.applications):
            return application
        return context if context.lower() in self.contexts else ""


def cells(row: Mapping[str, object]) -> dict[str, str | None]:
    """A record's cells by their `plain` names, however its source spells them."""
    return {plain_name(name): str(value) if value else None for name, value in row.items()}


def _first(given: Mapping[str, str | None], names: Iterable[str]) -> str:
    return next((found for name in names if (found := given.get(plain_name(name)))), "")


def _begins(text: str, name: str) -> bool:
    """Whole words: VoiceMail does not begin VoiceMailMain."""
    return text.startswith(name) and not _MORE.match(text[len(name) :])
