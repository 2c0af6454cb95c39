"""Which trunks and hosts a record names beside its gateway: of an Asterisk's channels, of a Kamailio's request.

An Asterisk's record names the trunk over which the call came in, and one to which it was passed on. It does not say
where a call that went out has landed: the trunk that it left by is left out. Nothing is guessed from channels of other
kinds (Local; DAHDI spans, which bear numbers).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from nianjian.engines.intake.formats.asterisk import INWARD_CONTEXT
from nianjian.features.test_calls.landings.compare import same

CHANNEL: Final = re.compile(r"(?:PJSIP|SIP|IAX2|OOH323)/([^/@;]+)-[0-9A-Fa-f]{4,8}", re.IGNORECASE)
NEXT: Final = ("dsturi", "desturi", "du", "dd")  # where a proxy has sent it, whatever the request says
ASKED: Final = ("ruri", "ru", "dstdomain", "dsthost", "rdomain", "rd")  # where the request says
_TARGET: Final = re.compile(r"^[^,&]*")
_DIGITS: Final = re.compile(r"(?:^|[/@:])([+]?\d{3,})(?=@|/|:|$)")
_INWARD: Final = re.compile(INWARD_CONTEXT)
_HOST: Final = re.compile(
    r"(?:sips?:)?(?:[^@\s]*@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d+)?(?:[;?].*)?", re.IGNORECASE
)


def trunk(channel: str | None) -> str:
    """The peer's name in a channel's, ``PJSIP/HZ-GW-01-00000001``; "" for a channel of another kind."""
    found = CHANNEL.fullmatch(channel or "")
    return found[1] if found else ""


def list_trunks(cells: Mapping[str, str | None], callee: str) -> tuple[str, ...]:
    """The trunks of a record's cells, by their `plain` names; ``callee`` as the record has it."""
    application = (cells.get("lastapp") or "").lower()
    came = "" if application == "appdial2" else trunk(cells.get("channel"))  # which the switch itself has called
    passed = trunk(cells.get("dstchannel")) if application == "dial" and _passed_on(cells, callee) else ""
    return tuple(dict.fromkeys(one for one in (came, passed) if one))


def _passed_on(cells: Mapping[str, str | None], callee: str) -> bool:
    """A call from outside that was dialled on under the number it came for; under another one it went elsewhere."""
    if not _INWARD.fullmatch((cells.get("dcontext") or "").lower()):
        return False
    target = _TARGET.search(cells.get("lastdata") or "")
    numbers = _DIGITS.findall(target[0]) if target else []
    return all(same(one, callee) for one in numbers)


def list_next_hops(cells: Mapping[str, str | None]) -> tuple[str, ...]:
    """The host to which a proxy has sent a call, of cells by their `plain` names: columns of a site's own (acc extra).

    Where the next hop is a column, it alone counts: a request may bear one host and be sent to another.
    """
    names = NEXT if any(cells.get(name) for name in NEXT) else ASKED
    found = (_HOST.fullmatch((cells.get(name) or "").strip()) for name in names)
    hosts = (one[1].strip("[]").lower() for one in found if one)
    return tuple(dict.fromkeys(hosts))
