"""What an administrator does to a person, by the name that a form's button sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.people import ENDED, ways_in
from nianjian.engines.paper.words import words
from nianjian.features.people import operations
from nianjian.features.people.pages.forms import Address, Until
from nianjian.platform.accounts import links as making
from nianjian.platform.accounts import service
from nianjian.platform.accounts.holds import confirm_account
from nianjian.platform.accounts.links import NewLink
from nianjian.platform.accounts.query import Actor
from nianjian.platform.web.language import current


@dataclass(frozen=True, slots=True)
class PersonAction:
    """A form about a person: ``place`` is the enterprise of its page, "" for the installation's."""

    actor: Actor
    user: str
    place: str
    given: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Done:
    """What to say, and a link to show once."""

    text: str
    link: NewLink | None = None


def _link(asked: PersonAction) -> Done:
    return Done(gettext("The one-time link:"), making.create_first_link(user=asked.user, actor=asked.actor))


def _inspection(asked: PersonAction) -> Done:
    form = Until(asked.given)
    if not form.is_valid():
        raise NianjianError("link_expiry", days=making.INSPECT_DAYS)
    made = operations.inspect(user=asked.user, until=form.cleaned_data["until"], actor=asked.actor)
    return Done(gettext("The inspector's link:"), made)


def _unlink(asked: PersonAction) -> Done:
    operations.unlink(user=asked.user, link=asked.given.get("link", ""), actor=asked.actor)
    return Done(gettext("The link no longer holds, nor does any session that it opened."))


def _revoke(asked: PersonAction) -> Done:
    place = asked.given.get("enterprise", "")
    if asked.place and place != asked.place:
        raise NianjianError("role_not_held", user=asked.user, role=asked.given.get("role", ""))
    operations.revoke(user=asked.user, role=asked.given.get("role", ""), enterprise=place, actor=asked.actor)
    return Done(gettext("The role is taken back."))


def _close(asked: PersonAction) -> Done:
    operations.close(user=asked.user, actor=asked.actor)
    return Done(gettext("The account is closed; nothing lets it in any more."))


def _reopen(asked: PersonAction) -> Done:
    service.reopen(user=asked.user, actor=asked.actor)
    return Done(gettext("The account is open again."))


def _confirm(asked: PersonAction) -> Done:
    done = confirm_account(user=asked.user, actor=asked.actor)
    told = [gettext("The account counts as its person's own.")]
    if done.behind:
        _ = words(current())
        told.append(_(ENDED).format(ways=ways_in(done.ended.as_dict(), _)))
    return Done(" ".join(told))


def _factor(asked: PersonAction) -> Done:
    service.remove_second_factor(user=asked.user, actor=asked.actor)
    return Done(gettext("The second factor is removed; the next sign-in asks for the password alone."))


def _email(asked: PersonAction) -> Done:
    form = Address(asked.given)
    if not form.is_valid():
        raise NianjianError("email_malformed", email=asked.given.get("email", ""))
    service.set_email(user=asked.user, email=form.cleaned_data["email"], actor=asked.actor)
    return Done(gettext("The address is kept."))


ACTS: Final[Mapping[str, Callable[[PersonAction], Done]]] = {
    "link": _link,
    "inspection": _inspection,
    "unlink": _unlink,
    "revoke": _revoke,
    "close": _close,
    "reopen": _reopen,
    "confirm": _confirm,
    "factor": _factor,
    "email": _email,
}
