"""A deadline as pages show it."""

from collections.abc import Sequence

from django.urls import reverse

from nianjian.engines.kernel import clock
from nianjian.engines.paper.days import day_text
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import ENGLISH, Words
from nianjian.features.overview import texts as said
from nianjian.platform.rulebook.deadlines import Deadline
from nianjian.platform.web.language import current


def present_deadline(one: Deadline, code: str, _: Words) -> dict[str, object]:
    """A deadline with its title, where it leads, its last day and where it comes from."""
    rule, expiry, today = one.rule, one.expiry, clock.today()
    title = rule.title_en if current() == ENGLISH else rule.title_zh
    return {
        "title": said.expiry_text(expiry, asking=one.day == expiry.ask_by, _=_) if expiry else title,
        "href": expiry_address(code, expiry.kind, expiry.keys) if expiry else "",
        "day": one.last,
        "day_text": day_text(one.last, today, _),
        "moved": day_text(one.day, today, _) if one.moved else "",
        "over": one.days < 0,
        "left": said.describe_days_left(one.days, _),
        "source": rule.citation,
        "level": code_name("level", rule.level.value, _),
    }


def expiry_address(code: str, kind: str, keys: Sequence[str]) -> str:
    """Return the address of what runs out: its row, or the register where there are several."""
    if len(keys) > 1:
        return reverse("registers-list", kwargs={"code": code, "kind": kind})
    return reverse("registers-row", kwargs={"code": code, "kind": kind, "key": keys[0]})
