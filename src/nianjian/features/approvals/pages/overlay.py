"""What an approver has to know of a rule's new value: the rule itself, what it says now, and for whom when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.rulebook.operations import ask_effects
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.rulebook.rulebooks import rulebook
from nianjian.platform.web import rule_values
from nianjian.platform.web.access import at

KIND: Final = "overlay"


def told(asked: Mapping[str, Any], *, by: str) -> dict[str, Any]:
    """Rule as it holds on the first day without the new value, and the labelled rest; {} where there is none by now."""
    place = str(asked.get("enterprise") or "")
    province = str(asked.get("province") or "") or (accounts.enterprise(place).province if place else "")
    first = date.fromisoformat(str(asked["valid_from"]))
    book = rulebook(day=first, province=province or None, enterprise=place or None)
    rule = book.in_force.get(str(asked["key"]))
    if rule is None:
        return {}
    now = rule_values.told(rule, book)
    last = asked.get("valid_to")
    concerned = accounts.enterprise(place).name if place else str(asked.get("province") or gettext("everywhere"))
    return {
        "rule": now,
        "then": _value(asked, book, place, province),
        "rule_page": at("rules-one", place, key=now.key),
        "rest": [
            (gettext("Reason"), asked["reason"]),
            (gettext("Asked by"), by),
            (gettext("Concerns"), concerned),
            (gettext("Holds"), f"{first} – {last or gettext('open')}"),
        ],
    }


def _value(asked: Mapping[str, Any], book: Rulebook, place: str, province: str) -> str:
    """The new value as people write it; as it was typed where the rule takes it no more."""
    overlay = {**asked, "enterprise": place or None, "province": None, "valid_to": None}
    try:
        tried = Rulebook.on(book.day, province or None, place or None, [overlay])
    except NianjianError:
        return str(asked["value"])
    return rule_values.told(tried.in_force[str(asked["key"])], tried).value


def look(asked: Mapping[str, Any], actor: Actor) -> str:
    """Let the worker compute what the value would do; the address that follows it. Errors as `ask_effects`."""
    place = str(asked.get("enterprise") or "")
    job = ask_effects(
        key=str(asked["key"]),
        value=str(asked["value"]),
        province=str(asked.get("province") or "") or None,
        enterprise=place or None,
        valid_from=date.fromisoformat(str(asked["valid_from"])),
        reason=str(asked["reason"]),
        actor=actor,
    )
    return at("rules-effect", place, key=str(asked["key"]), job=job)
