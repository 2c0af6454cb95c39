"""What Apprise leaves open of a try: whether a receiver that answered 200 has refused, and whether anything went out.

钉钉, 企业微信 and Server酱 answer 200 with an error number in the body, which Apprise takes for delivered; and a try
that failed before it was connected may be repeated, one that broke off afterwards may have been delivered. Its plug-ins
have no hook for either, so copies of their modules, loaded here alone, post through a `_Post` and send mail through a
`_Mail`, which note both in `Tried`; Apprise's own modules stay as they are. A version of Apprise in which a plug-in
posts otherwise is refused.
"""

import importlib.util
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import apprise
import requests
from apprise.plugins.email.smtp import AppriseSMTPController

#: Names of the error number in answers; 0 is none.
NUMBERS: Final = ("errcode", "code", "StatusCode", "errno")
FINE: Final = frozenset({None, 0, "0", 200, 1000})  # 1000: wxpusher
UNTOLD: Final = frozenset({502, 504})  # of something in between: the receiver may have taken it
BAD_GATEWAY: Final = 502  # what the plug-in is told of a refusal with 200
MAIL: Final = "mail"
#: Module of a plug-in -> its class.
POSTING: Final = {
    "wecombot": "NotifyWeComBot", "dingtalk": "NotifyDingTalk", "feishu": "NotifyFeishu", "lark": "NotifyLark",
    "serverchan": "NotifyServerChan", "wxpusher": "NotifyWxPusher", "custom_json": "NotifyJSON",
}  # fmt: skip


class DeliveryAttempt(threading.local):
    """Of the try in this thread. ``sent``: something may have reached the receiver; ``fault``: what broke off."""

    sent = False
    refused = False
    fault = ""


TRIED: Final = DeliveryAttempt()


class _Post:
    """The library requests as a plug-in sees it."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever requests has
        return getattr(requests, name)

    def post(self, *arguments: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401 -- its signature
        """As `request`."""
        return self.request("POST", *arguments, **kwargs)

    def request(self, *arguments: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401 -- the same
        """Ask; an answer with an error number is a refusal, whatever its status."""
        try:
            answer = requests.request(*arguments, **kwargs)  # noqa: S113 -- the plug-in names the time-out
        except (requests.ConnectTimeout, requests.exceptions.SSLError) as fault:
            TRIED.fault = type(fault).__name__
            raise
        except requests.ConnectionError as fault:
            # Not connected at all is told by urllib3's reason; anything else may have gone out.
            reason = getattr(fault.args[0] if fault.args else None, "reason", None)
            unreached = type(reason).__name__ in {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError"}
            TRIED.sent, TRIED.fault = not unreached, type(reason or fault).__name__
            raise
        except requests.RequestException as fault:
            TRIED.sent, TRIED.fault = True, type(fault).__name__
            raise
        TRIED.fault = _refusal(answer)
        TRIED.refused = bool(TRIED.fault) and answer.status_code not in UNTOLD
        TRIED.sent = answer.status_code in UNTOLD
        if TRIED.refused and answer.ok:
            answer.status_code = BAD_GATEWAY
        return answer


def _refusal(answer: requests.Response) -> str:
    """Its status or its error number, as it is told; "": it is none."""
    if not answer.ok:
        return f"HTTP {answer.status_code}"
    try:
        body = answer.json()
    except ValueError:
        return ""
    numbers = body if isinstance(body, dict) else {}
    return next((f"{name} {numbers[name]}" for name in NUMBERS if numbers.get(name) not in FINE), "")


class _Mail(AppriseSMTPController):
    """A session with a mail server that notes when a message begins to go out, and whether the server refused it."""

    def sendmail(self, from_addr: str, to_addrs: list[str], message: str) -> bool:
        """Send one message; whether all recipients were taken."""
        session: Any = self._socket
        TRIED.sent = True
        try:
            left = session.sendmail(from_addr, to_addrs, message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as fault:
            TRIED.refused, TRIED.fault = True, type(fault).__name__
            return False
        except OSError as fault:  # smtplib's own are such, too
            TRIED.fault = type(fault).__name__
            return False
        TRIED.refused = bool(left)
        return not left


@contextmanager
def noted() -> Iterator[DeliveryAttempt]:
    """Note what becomes of one try in this thread."""
    TRIED.sent, TRIED.refused, TRIED.fault = False, False, ""
    yield TRIED


@cache
def plugins() -> dict[str, Any]:
    """Copies of Apprise's classes by the scheme of their addresses, made to go out these ways; no other is loaded.

    RuntimeError for a version of Apprise whose plug-ins go out otherwise.
    """
    by_scheme: dict[str, Any] = {}
    for module, name in POSTING.items():
        factory = getattr(_copied(module, "requests", requests, _Post()), name)
        by_scheme |= {one: factory for one in (factory.protocol, factory.secure_protocol) if one}
    mail = _copied("email.base", "AppriseSMTPController", AppriseSMTPController, _Mail)
    return by_scheme | {MAIL: mail.NotifyEmail}


def _copied(plugin: str, name: str, theirs: object, ours: object) -> Any:  # noqa: ANN401 -- a module
    """A plug-in's module once more, with ``ours`` under a name that stands for ``theirs`` in Apprise's own."""
    spec = importlib.util.find_spec(f"apprise.plugins.{plugin}")
    copy = None if spec is None or spec.loader is None else importlib.util.module_from_spec(spec)
    if spec is None or spec.loader is None or copy is None:
        raise RuntimeError(plugin)
    spec.loader.exec_module(copy)
    if vars(copy).get(name) is not theirs:
        raise RuntimeError(plugin)
    setattr(copy, name, ours)
    return copy


def asset() -> apprise.AppriseAsset:
    """How every plug-in behaves: secrets out of its log lines, no redirects."""
    return apprise.AppriseAsset(app_id="nianjian", app_desc="nianjian", app_url="", secure_logging=True,
                                http_redirects=False, async_mode=False)  # fmt: skip
