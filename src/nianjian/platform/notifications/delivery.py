"""Tell a person something by one of the person's channels, by the library Apprise.

Channels are robots of chats, whose hosts are fixed by the kind, and e-mail through the installation's own server.
Anything else could be led into the own network, so a plain address is for hosts that the setting names.
"""

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from threading import Thread
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError

CONNECT: Final = 4.0  # seconds
ANSWER: Final = 8.0
WITHIN: Final = 20.0  # for a whole try, less than `outbox.LEASE`
EMAIL: Final = "email"
#: What Apprise calls a kind -> what it is called here.
KINDS: Final[Mapping[str, str]] = {
    "wecombot": "wecom", "dingtalk": "dingtalk", "feishu": "feishu", "lark": "lark", "schan": "serverchan",
    "wxpusher": "wxpusher",
}  # fmt: skip
#: Bytes of title and text that a kind takes, less than its own limit; a longer text would be refused for ever.
ROOM: Final[Mapping[str, int]] = {"wecom": 2000}
LONGEST: Final = 9_000
PLAIN: Final[Mapping[str, str]] = {"json": "json", "jsons": "json"}
_MAIL_ADDRESS: Final = re.compile(r"[^\s@<>,;:\"]+@[^\s@<>,;:\"/?#]+\.[^\s@<>,;:\"/?#]+")
#: Web addresses as the chats show them -> Apprise's own; 企业微信 and Lark it reads itself.
_SHOWN: Final = (
    (re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=([\w-]+)"), r"dingtalk://\1"),
    (re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?"), r"feishu://\1"),
)


class Outcome(StrEnum):
    """What became of a try."""

    SENT = "sent"
    REFUSED = "refused"  # certainly not delivered: it may be tried again
    UNCLEAR = "unclear"  # broken off on the way: it may have been delivered


def parse_address(text: str, hosts: Collection[str]) -> tuple[str, str, str]:
    """Kind, address and mask of what a person typed: a robot's web address, one of Apprise, or an e-mail address.

    ``hosts``: where a plain JSON address may lead. ``channel_address_wrong`` never echoes it: it holds a secret.
    """
    text = text.strip()
    if _MAIL_ADDRESS.fullmatch(text):
        name, _at, host = text.partition("@")
        return EMAIL, text, f"{name[0]}***@{host}"
    for pattern, own in _SHOWN:
        text = pattern.sub(own, text) if pattern.fullmatch(text) else text
    plugin = _plugin(text)
    scheme = "" if plugin is None else plugin.url().partition(":")[0]
    kind = KINDS.get(scheme) or (PLAIN.get(scheme) if getattr(plugin, "host", None) in hosts else None)
    if plugin is None or kind is None or not plugin.verify_certificate:
        raise NianjianError("channel_address_wrong")
    mask = f"{scheme}://{plugin.host}" if scheme in PLAIN else plugin.url(privacy=True).partition("?")[0]
    return kind, plugin.url(), mask


def fits(kind: str, title: str, text: str) -> bool:
    """Whether a channel of the kind takes a text whole."""
    return len(f"{title}\r\n{text}".encode()) <= ROOM.get(kind, LONGEST)


def send_text(kind: str, address: str, title: str, text: str, mail: str) -> tuple[Outcome, str]:
    """Send a text; what became of it, and why. ``mail``: the Apprise address of the installation's mail server.

    A try that is not over in time is given up and unclear; its thread ends by its own time-outs.
    """
    results: list[tuple[Outcome, str]] = []
    tried = Thread(target=lambda: results.append(_send(kind, address, title, text, mail)), daemon=True)
    tried.start()
    tried.join(WITHIN)
    return results[0] if results else (Outcome.UNCLEAR, "TimeoutError")


def _send(kind: str, address: str, title: str, text: str, mail: str) -> tuple[Outcome, str]:
    from nianjian.platform.notifications import smtp  # noqa: PLC0415 -- Apprise loads when something is sent

    plugin = _mail_plugin(mail, address) if kind == EMAIL else _plugin(address)
    if plugin is None:
        return Outcome.REFUSED, "mail_missing" if kind == EMAIL and not mail else "address"
    with smtp.noted() as tried:
        try:
            if plugin.notify(body=text, title=title, body_format="text"):
                return Outcome.SENT, ""
        except Exception as fault:  # noqa: BLE001 -- a plug-in's fault must not stop the worker's clock
            return Outcome.UNCLEAR if tried.sent else Outcome.REFUSED, type(fault).__name__
        unclear = tried.sent and not tried.refused
        return Outcome.UNCLEAR if unclear else Outcome.REFUSED, tried.fault or ("broken_off" if unclear else "refused")


def _mail_plugin(server: str, address: str) -> Any:  # noqa: ANN401 -- a plug-in or None
    """The installation's mail with one recipient."""
    from nianjian.platform.notifications import smtp as strict  # noqa: PLC0415 -- as above

    factory = strict.plugins()[strict.MAIL]
    options = factory.parse_url(server) if server else None
    return _build_plugin(factory, options | {"targets": [address], "cc": "", "bcc": ""}) if options else None


def _plugin(address: str) -> Any:  # noqa: ANN401 -- the same
    from nianjian.platform.notifications import smtp as strict  # noqa: PLC0415 -- as above

    by_scheme = strict.plugins()
    if address.startswith("https://"):
        factories = dict.fromkeys(by_scheme.values())  # in their order: of two that take it, it is always the same one
        matches = [(factory, native) for factory in factories if (native := factory.parse_native_url(address))]
        return _build_plugin(*matches[0]) if matches else None
    factory = by_scheme.get(address.partition("://")[0].lower())
    options = factory.parse_url(address) if factory is not None else None
    return _build_plugin(factory, options) if options else None


def _build_plugin(factory: Any, options: dict[str, Any]) -> Any:  # noqa: ANN401 -- the same
    """Whatever the address asks for: times within bounds, one try of one message, no redirects, no waiting."""
    from nianjian.platform.notifications import smtp as strict  # noqa: PLC0415 -- as above

    try:
        plugin = factory(**{**options, "asset": strict.asset(), "overflow": "upstream"})
    except (TypeError, ValueError):  # Apprise's word for an address that is incomplete
        return None
    plugin.socket_connect_timeout, plugin.socket_read_timeout = CONNECT, ANSWER
    plugin.redirects, plugin.retry, plugin.request_rate_per_sec = False, 0, 0
    return plugin
