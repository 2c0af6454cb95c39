"""Messages (JSON in and out, the words for switches, the query of an address) and who may ask for whom."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_plus

import msgspec

from nianjian.engines.gate.question import ALLOWED, Brief, Request, Used, Verdict
from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError

SECONDS_BELOW: Final = 100_000_000_000  # as seconds this is the year 5138, as milliseconds 1973
LONGEST: Final = 256  # characters of one field


class MalformedError(ValueError):
    """What was sent is no question; the text says which part, in English, without quoting it."""


class Ask(msgspec.Struct, gc=False):
    """``POST /v1/decide``; ``at`` ISO 8601 (without a zone: Asia/Shanghai), epoch seconds or milliseconds."""

    display: str
    callee: str
    channel: str
    call_id: str = ""
    enterprise: str = ""
    caller: str = ""
    team: str = ""
    purpose: str = ""
    at: str | int | float | None = None


class Batch(msgspec.Struct):
    """``POST /v1/batch``: many questions; ``enterprise`` where a question names none."""

    questions: list[Ask]
    enterprise: str = ""


class Outcome(msgspec.Struct):
    """``POST /v1/outcome``."""

    call_id: str
    answered: bool
    enterprise: str = ""


class Release(msgspec.Struct):
    """``POST /v1/release``."""

    call_id: str
    enterprise: str = ""


ASK: Final = msgspec.json.Decoder(Ask)
BATCH: Final = msgspec.json.Decoder(Batch)
OUTCOME: Final = msgspec.json.Decoder(Outcome)
RELEASE: Final = msgspec.json.Decoder(Release)
Fault: Final = msgspec.MsgspecError
_encode: Final = msgspec.json.Encoder().encode


def to_request(ask: Ask, enterprise: str, now: int) -> Request:
    """The question; ``enterprise`` is the asker's own. `MalformedError` for a field too long, a moment that is none."""
    check_lengths((ask.display, ask.callee, ask.channel, ask.call_id, ask.caller, ask.team, ask.purpose))
    at = now if ask.at is None else parse_moment(ask.at)
    return Request(enterprise, ask.display, ask.callee, ask.channel, ask.call_id, at, ask.caller, ask.team, ask.purpose)


def check_lengths(texts: Sequence[str]) -> None:
    """`MalformedError` for a field that is too long."""
    if len("".join(texts)) > LONGEST and max(map(len, texts)) > LONGEST:
        raise MalformedError("a field is longer than 256 characters")


def parse_moment(value: str | float) -> int:
    """Epoch milliseconds of a moment as a switch writes it, from 1970 on; `MalformedError`."""
    if isinstance(value, str):
        try:
            if value.isascii() and value.isdecimal():
                return parse_moment(int(value))  # of some thousand digits Python makes no number
            read = datetime.fromisoformat(value)
        except ValueError as fault:
            raise MalformedError("at: not a moment") from fault
        value = (read if read.tzinfo else read.replace(tzinfo=clock.ZONE)).timestamp() * 1000
        if 0 <= value < SECONDS_BELOW * 1000:
            return int(value)
    if not 0 <= value < SECONDS_BELOW * 1000:
        raise MalformedError("at: not a moment")
    return int(value if value >= SECONDS_BELOW else value * 1000)


class Answer(msgspec.Struct, gc=False):
    """A verdict as the contract writes it; ``retry_at`` epoch seconds.

    ``would``: the reason for which enforcing would refuse, where the gate only looks on; else it is not there.
    """

    allow: bool
    reason: str
    rule: str
    retry_at: int | None
    counter: Used | None
    decision_id: str
    would: str | msgspec.UnsetType = msgspec.UNSET


def to_answer(verdict: Verdict) -> Answer:
    """What of a verdict is told."""
    would = verdict.observed or msgspec.UNSET
    return Answer(
        verdict.allow, verdict.reason, verdict.rule, verdict.retry_at, verdict.counter, verdict.decision_id, would
    )


@lru_cache(maxsize=1024)
def answer_pattern(rule: str, window: str, counts: str, begun: str) -> bytes:
    """`to_answer` as JSON for usual calls, with places for the counter's key, the use, the limit and the number."""
    texts = (ALLOWED, rule, window, counts, begun)
    reason, by, semantics, of, name = (_encode(text).replace(b"%", b"%%") for text in texts)
    return (
        b'{"allow":true,"reason":%b,"rule":%b,"retry_at":null,"counter":{"key":%%b,"window":%b,"used":%%d,"limit":%%d,'
        b'"counts":%b},"decision_id":%b%%x"}' % (reason, by, semantics, of, name[:-1])
    )


def brief_json(of: Brief) -> bytes:
    """A usual decision as `to_answer` tells it, as JSON."""
    alike, _at, _callee, _call_id, _caller, number, used, limit = of
    return alike.pattern % (alike.key, used, limit, number)


def to_json(value: object) -> bytes:
    """As JSON."""
    return _encode(value)


def answer_word(verdict: Verdict) -> str:
    """What a switch looks at: ``allow``, or ``deny`` and the reason."""
    return "allow" if verdict.allow else f"deny {verdict.reason}"


def parse_query(target: bytes) -> dict[str, str]:
    """The fields of an address' query; of two with one name the last. `MalformedError` for what is no UTF-8."""
    fields: dict[str, str] = {}
    try:
        text = target.decode("ascii")
    except UnicodeDecodeError as fault:
        raise MalformedError("the query is not percent-encoded") from fault
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        if "%" in value or "+" in value:
            plus = "+" if value.startswith("+") else ""  # a switch that writes +86 unescaped means no blank
            try:
                value = plus + unquote_plus(value[len(plus) :], errors="strict")
            except UnicodeDecodeError as fault:
                raise MalformedError("the query is not UTF-8") from fault
        fields[name] = value
    return fields


def to_ask(fields: dict[str, str]) -> Ask:
    """The question of a query; `MalformedError` without display number, callee or channel."""
    for name in ("display", "callee", "channel"):
        if name not in fields:
            missing = f"{name} is missing"
            raise MalformedError(missing)
    return Ask(**{name: fields[name] for name in Ask.__struct_fields__ if name in fields})


BEARER: Final = b"bearer "
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Admission:
    """Tokens are kept and looked up by their sha256, so that the time of a look-up tells nothing of them."""

    def __init__(self, tokens: Mapping[str, str], enterprises: Callable[[], Collection[str]]) -> None:
        """``tokens``: enterprise by token. ``enterprises``: those of the snapshot in force."""
        self._digests = {_token_digest(token.encode()): enterprise for token, enterprise in tokens.items()}
        self._enterprises = enterprises

    def listen(self, host: str) -> None:
        """``gate_needs_tokens`` where others than this machine could ask without proof."""
        if not self._digests and host not in LOOPBACK:
            raise NianjianError("gate_needs_tokens", listen=host)

    @property
    def open(self) -> bool:
        """Whether nobody must prove anything."""
        return not self._digests

    def whose(self, authorization: bytes) -> str | None:
        """The enterprise whose token stands in the header; "" where none is asked for, None for none or a wrong one."""
        if not self._digests:
            return ""
        if authorization[: len(BEARER)].lower() != BEARER:
            return None
        return self.token(authorization[len(BEARER) :].strip())

    def token(self, token: bytes) -> str | None:
        """The same of a bare token."""
        return self._digests.get(_token_digest(token)) if self._digests else ""

    def enterprise(self, name: str, whose: str) -> str:
        """For whom a question is asked: the token's enterprise, the named one, or the only one there is.

        `wire.MalformedError` where a token is used for another's question, or the question names none of several.
        """
        if whose:
            if name and name != whose:
                raise MalformedError("enterprise: the token is not this enterprise's")
            return whose
        if name:
            return name
        enterprises = self._enterprises()
        if len(enterprises) > 1:
            raise MalformedError("enterprise: it must be named, there are several")
        return next(iter(enterprises), "")  # none is known: the gate refuses by itself

    def unnamed(self, whose: str | None) -> str:
        """For whom a question is asked that names no enterprise; "" where it may not be asked. One snapshot long."""
        if whose is None:
            return ""
        enterprises = self._enterprises()
        return whose or (next(iter(enterprises)) if len(enterprises) == 1 else "")


def _token_digest(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()
