"""How a person likes the pages: language, theme, and whether the first steps are shown."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.models import User
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record

LANGUAGES: Final = ("zh-hans", "en")
THEMES: Final = ("light", "dark")


def set_look(*, actor: Actor, language: str | None = None, theme: str | None = None) -> bool:
    """Keep the actor's own language and theme, each if given ("": no choice); whether anything changed.

    A value that is none of `LANGUAGES` or `THEMES` is no choice.
    """
    wanted = {}
    if language is not None:
        wanted["language"] = language if language in LANGUAGES else ""
    if theme is not None:
        wanted["theme"] = theme if theme in THEMES else ""
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.name)
        if all(getattr(user, name) == value for name, value in wanted.items()):
            return False
        User.objects.filter(pk=actor.name).update(**wanted)
        record(verb="user.comfort", enterprise="", actor=actor, data={"user": actor.name, **wanted})
    return True


def set_guidance(*, actor: Actor, enterprise: str, on: bool) -> bool:
    """Whether the overview of the enterprise leads the actor through the first steps; whether anything changed.

    ``role_missing`` for who could not take the steps.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.name)
        if on is (enterprise not in user.unled):
            return False
        unled = sorted({*user.unled} - {enterprise} if on else {*user.unled, enterprise})
        User.objects.filter(pk=actor.name).update(unled=unled)
        data = {"user": actor.name, "led": on}
        record(verb="user.comfort", enterprise=enterprise, actor=actor, data=data)
    return True
