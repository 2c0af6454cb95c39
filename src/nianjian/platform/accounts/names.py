"""The names by which readers know people; `engines.paper.people` prints them."""

from __future__ import annotations

import unicodedata
from typing import Final

from django.db.models import Q

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.people import KINDS
from nianjian.engines.paper.words import CHINESE, ENGLISH, words
from nianjian.platform.accounts.models import User

LONGEST: Final = 60


def list_display_names(enterprise: str | None = None) -> dict[str, str]:
    """Display names by login, of those who have one; closed accounts keep theirs.

    Of everybody, or of those who hold a role at the enterprise or everywhere.
    """
    found = User.objects.exclude(display_name="")
    if enterprise is not None:
        here = Q(memberships__enterprise_id=enterprise) | Q(memberships__enterprise=None, memberships__isnull=False)
        found = found.filter(here)
    return dict(found.values_list("name", "display_name"))


def checked_display_name(text: str, *, of: str) -> str:
    """Return the name of the user ``of`` with single blanks; "": none.

    ``display_name_malformed``: invisible signs, or too long; " + " stands between several people
    (`engines.paper.people.actor_text`), so it is no part of a name. ``display_name_taken``: a word for who is no
    person, or the login of somebody else; two persons may have the same name.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if len(name) > LONGEST or " + " in name or not name.isprintable():
        raise NianjianError("display_name_malformed", most=LONGEST)
    login = unicodedata.normalize("NFKC", name)
    if _plain(name) in _list_reserved() or User.objects.filter(name__iexact=login).exclude(pk=of).exists():
        raise NianjianError("display_name_taken", name=name)
    return name


def _list_reserved() -> frozenset[str]:
    return frozenset(_plain(words(language)(word)) for language in (CHINESE, ENGLISH) for word in KINDS.values())


def _plain(name: str) -> str:
    """Without what a reader overlooks: width, case and blanks."""
    return unicodedata.normalize("NFKC", name).casefold().replace(" ", "")
