"""A decision as one line: fields with tabs between, a check sum at the end."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from nianjian.engines.gate import brief
from nianjian.engines.gate.asked import ALLOWED, Request, Used, Verdict
from nianjian.engines.gate.brief import Brief, Frame

HEADER: Final = "#nianjian gate decisions 1"
FIELDS: Final = 23
LONGEST: Final = 512  # characters of a field that comes from a switch
BACK: Final = b"#back\t"
"""How the note of a call begins that may be asked about anew: readers of decisions take it for a comment."""

_ESCAPES: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_PLAIN: Final = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Decision:
    """A question, its answer, when it was given (epoch milliseconds) and by which generation of the snapshot."""

    request: Request
    verdict: Verdict
    decided_at: int
    generation: int

    @property
    def reason(self) -> str:
        """Why it was refused, or would have been where the gate only looks on; ``allow`` else."""
        return self.verdict.observed or self.verdict.reason


def line(request: Request, verdict: Verdict, decided_at: int, generation: int) -> bytes:
    """The line of a decision, with its end."""
    used = verdict.counter
    counter = (
        ("", "", "", "", "") if used is None else (used.key, used.window, str(used.used), str(used.limit), used.counts)
    )
    fields = (
        str(decided_at),
        verdict.decision_id,
        "1" if verdict.allow else "0",
        verdict.reason,
        verdict.observed,
        verdict.rule,
        "" if verdict.retry_at is None else str(verdict.retry_at),
        *counter,
        str(generation),
        request.enterprise,
        request.display,
        request.callee,
        request.channel,
        request.call_id,
        str(request.at),
        request.caller,
        request.team,
        request.purpose,
    )
    text = "\t".join(fields)
    # nearly no field holds a sign that must be written otherwise: one look at the whole line instead of twenty
    if len(text) > LONGEST or "\\" in text or "\n" in text or "\r" in text or text.count("\t") != FIELDS - 2:
        text = "\t".join([field[:LONGEST].translate(_ESCAPES) for field in fields])
    content = text.encode("utf-8", "surrogatepass")
    return b"%b\t%08x\n" % (content, zlib.crc32(content))


@lru_cache(maxsize=1024)
def frame(answer: tuple[str, str, str], generation: int, question: tuple[str, str, str, str]) -> Frame | None:
    """What stands in the lines of usual decisions between what is each one's or each channel's own.

    ``answer``: rule, window and what is counted; ``question``: enterprise, display number, team and purpose. None where
    a sign of them must be written otherwise.
    """
    rule, window, counts = answer
    enterprise, display, team, purpose = question
    if not all(map(plain, (*answer, *question))):
        return None
    return (
        f"\t1\t{ALLOWED}\t\t{rule}\t\t",
        f"\t{window}\t",
        f"\t{counts}\t{generation}\t{enterprise}\t{display}\t",
        f"\t{team}\t{purpose}",
    )


def plain(text: str) -> bool:
    """Whether a field is written as it is."""
    return text.isprintable() and "\\" not in text and len(text) <= LONGEST


def brief_lines(briefs: Iterable[Brief]) -> bytes:
    """The lines of usual decisions, each with its end: the same as `line` makes."""
    pieces: list[bytes] = []
    known, moment = 0, "0"
    for of in briefs:
        alike, at, callee, call_id, caller, number, used, limit = of
        if alike.frame is None or not plain(callee + call_id + caller):
            pieces.append(line(brief.request(of), brief.verdict(of), at, alike.generation))
            continue
        if at != known:
            known, moment = at, str(at)
        answer, window, question, end = alike.frame
        content = (
            f"{moment}\t{alike.begun}{number:x}{answer}{alike.slot.told}{window}{used}\t{limit}"
            f"{question}{callee}\t{alike.channel}\t{call_id}\t{moment}\t{caller}{end}"
        ).encode()
        pieces += (content, b"\t%08x\n" % zlib.crc32(content))
    return b"".join(pieces)


def back(enterprise: str, call_id: str) -> bytes:
    """The line that says: this call was given back, its answer holds no more."""
    texts = [field[:LONGEST].translate(_ESCAPES) for field in (enterprise, call_id)]
    content = BACK + "\t".join(texts).encode("utf-8", "surrogatepass")
    return b"%b\t%08x\n" % (content, zlib.crc32(content))


def read_back(raw: bytes) -> tuple[str, str] | None:
    """Enterprise and call id of such a line without its end; None for any other, and for a damaged one."""
    if not raw.startswith(BACK) or not good(raw):
        return None
    _name, enterprise, call_id, _sum = raw.decode("utf-8", "surrogatepass").split("\t")
    return _unescaped(enterprise), _unescaped(call_id)


def good(raw: bytes) -> bool:
    """Whether a line, without its end, is whole: its check sum fits."""
    content, _tab, told = raw.rpartition(b"\t")
    return bool(content) and told == b"%08x" % zlib.crc32(content)


def read(raw: bytes) -> Decision | None:
    """A decision from its line without the end; None for one that is damaged or no decision."""
    if not good(raw):
        return None
    fields = raw.decode("utf-8", "surrogatepass").split("\t")
    if len(fields) != FIELDS:
        return None
    if "\\" in "".join(fields):
        fields = [_unescaped(field) for field in fields]
    at, id_, allow, reason, observed, rule, retry, key, window, used, limit, counts, generation, *asked, _sum = fields
    enterprise, display, callee, channel, call_id, asked_at, caller, team, purpose = asked
    return Decision(
        Request(enterprise, display, callee, channel, call_id, int(asked_at), caller, team, purpose),
        Verdict(
            allow == "1",
            reason,
            rule,
            int(retry) if retry else None,
            Used(key, window, int(used), int(limit), counts) if key else None,
            id_,
            observed,
        ),
        int(at),
        int(generation),
    )


def _unescaped(field: str) -> str:
    signs = iter(field)
    return "".join([_PLAIN.get(next(signs, "\\"), "") if sign == "\\" else sign for sign in signs])
