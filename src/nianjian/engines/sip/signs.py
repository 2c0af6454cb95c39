"""Signs in replies that a voicemail answered for the number: what SIP itself says, no guess by sound. Pure."""

from __future__ import annotations

import re
from typing import Final

from nianjian.engines.sip.message import Message, address, parameter

USER: Final = re.compile(r"sips?:(voicemail|vmail|vm|mailbox|msgcenter)[^@]*@", re.IGNORECASE)
CAUSE: Final = re.compile(r"[;?&]cause=(?:404|408|480|486|487|503)\b", re.IGNORECASE)
DIVERTED: Final = {"user-busy", "no-answer", "unavailable"}


def voicemail(message: Message) -> str:
    """Which sign a reply bears: feature (RFC 3840), address, retargeted (RFC 4458, 7044), diverted (RFC 5806); ""."""
    contact = message.one("contact")
    if (parameter(contact, "actor") or parameter(contact, "+sip.actor") or "").strip('"<>').lower() == "msg-taker":
        return "feature"
    if USER.match(address(contact)) or USER.match(address(message.one("p-asserted-identity"))):
        return "address"
    if any(CAUSE.search(address(value)) for value in (*message.each("history-info"), contact)):
        return "retargeted"
    reasons = {(parameter(value, "reason") or "").lower() for value in message.each("diversion")}
    return "diverted" if reasons & DIVERTED else ""
