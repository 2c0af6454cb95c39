"""Numbers of persons in what gateways and switches say: messages, ids of calls, names. Pure."""

from __future__ import annotations

import re
from typing import Final

from nianjian.engines.kernel import numbers

PARTY: Final = re.compile(r"((?:sips?:|tel:))(\+?[0-9][0-9()*#-]{3,60})(?=[^0-9A-Za-z.*#()-]|$)", re.IGNORECASE)
"""A party's number in its address; an IP address is none."""
PERSON: Final = re.compile(
    r"(?<![0-9])(?:(?:00|\+)?86-?)?(?:1[3-9][0-9](?:-?[0-9]{4}){2}|0[1-9][0-9]{1,2}-?[0-9]{7,8})(?![0-9])"
)
"""A mobile or landline number wherever it stands: in a name, a phrase, a header of the gateway's own."""
DRAWN: Final = re.compile(r"(?=.*[a-f])(?:[0-9a-f]{24}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
"""The id of a call as this program or FreeSWITCH draws it: digits of chance, no number. Others may hold one."""


def masked(text: str, own_id: str = "") -> str:
    """What a gateway sent, whose parties and persons show only what a door may show of their numbers.

    ``own_id``: the Call-ID that this program has drawn, hex digits that may look like a number; no other is left alone.
    """
    if own_id:
        return own_id.join(masked(part) for part in text.split(own_id))
    known = PARTY.sub(lambda found: found[1] + numbers.mask(found[2]), text)
    return PERSON.sub(lambda found: numbers.mask(found[0]), known)


def call_id(text: str) -> str:
    """The id of a call in records: one that may hold a person's number shows it masked."""
    return text if DRAWN.fullmatch(text) else masked(text)
