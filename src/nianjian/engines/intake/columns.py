"""Finds a vendor's field among a file's columns, and the words that exports use for direction, result and seat."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from nianjian.engines.intake.sql import NULL, first_of
from nianjian.engines.kernel import numbers
from nianjian.engines.lake.schema import literal, quoted


def plain_name(name: str) -> str:
    """A field name without case, blanks and signs: `Start_Time`, `startTime` and `START TIME` are one."""
    return re.sub(r"[^0-9a-z\u4e00-\u9fff]", "", name.lower())


def closest_names(target: str, names: Iterable[str]) -> str:
    """The names in one line for people, the one that may have been meant first."""
    plain = plain_name(target) or target

    def distance(name: str) -> float:
        spellings = [plain_name(part) or part for part in re.split(r"[ ()]+", name) if part]
        return -max((SequenceMatcher(None, plain, one).ratio() for one in spellings), default=0)

    return join_masked_names(sorted(names, key=distance))


def join_masked_names(names: Iterable[str], between: str = ", ") -> str:
    """Names for people. What is taken for a header may be a row of calls: telephone numbers among them are masked."""
    return between.join(map(numbers.mask, names))


# Columns in which sites keep the header Privacy of a call, and its words that withhold the number.
PRIVACY: Final = ("sip_h_Privacy", "privacy", "sip_privacy", "privacy_header", "hdr_privacy")
WITHHOLDING: Final = r"(?i)(^|[^a-z])(id|user|header|full|uri)([^a-z]|$)"


@dataclass(frozen=True, slots=True)
class Columns:
    """The raw columns of one file."""

    names: Sequence[str]

    def find(self, *names: str) -> str | None:
        """The raw name of the first of ``names`` that the file has."""
        have: dict[str, str] = {}
        for name in self.names:
            have.setdefault(plain_name(name), name)
        return next((have[plain_name(name)] for name in names if plain_name(name) in have), None)

    def cell(self, *names: str) -> str:
        """The first of ``names`` that the file has, as an expression; NULL when it has none."""
        name = self.find(*names)
        return NULL if name is None else quoted(name)

    def filled(self, *names: str) -> str:
        """The first of ``names`` that is filled in this row."""
        return first_of(self.cell(name) for name in names)

    def withholds(self) -> str:
        """Whether a header Privacy (RFC 3323; `full`, `uri` of RPID) in the row asks to withhold the number."""
        privacy = self.filled(*PRIVACY)
        return "false" if privacy == NULL else f"coalesce(regexp_matches({privacy}, {literal(WITHHOLDING)}), false)"

    def origin(self, **fields: Sequence[str]) -> dict[str, str]:
        """Our field -> the raw name it came from, for messages; fields that the file lacks are left out."""
        by_field = {field: self.find(*names) for field, names in fields.items()}
        return {field: name for field, name in by_field.items() if name is not None}


DIRECTIONS: Final = {
    **dict.fromkeys(("呼出", "外呼", "去电", "主叫", "out", "outbound", "OUT", "OUTBOUND", "Outbound", "Out"), "out"),
    **dict.fromkeys(("呼入", "来电", "被叫", "in", "inbound", "IN", "INBOUND", "Inbound", "In"), "in"),
    **dict.fromkeys(("内部", "内部呼叫", "内线", "internal", "INTERNAL", "Internal"), "internal"),
}

# The engine tries the words in this order: the frequent ones stand first.
RESULTS: Final = {
    "接通": "answered", "未接": "no_answer", "已接通": "answered", "未接通": "no_answer", "无人接听": "no_answer",
    "忙线": "busy", "平台拦截": "blocked",
    **dict.fromkeys(
        ("已接", "已接听", "应答", "成功", "通话成功", "是", "answered", "ANSWERED", "Answered"), "answered"
    ),
    **dict.fromkeys(
        ("未接听", "无应答", "振铃未接", "未应答", "否", "no_answer", "NO ANSWER", "no answer"), "no_answer"
    ),
    **dict.fromkeys(("忙", "用户忙", "被叫忙", "遇忙", "占线", "busy", "BUSY"), "busy"),
    **dict.fromkeys(
        ("失败", "呼叫失败", "空号", "关机", "停机", "不在服务区", "无法接通", "线路故障", "failed", "FAILED"), "failed"
    ),
    **dict.fromkeys(("取消", "已取消", "主叫取消", "主叫挂断", "cancelled", "canceled", "CANCEL"), "cancelled"),
    **dict.fromkeys(("拒接", "被叫拒接", "用户拒接", "拒绝", "rejected", "REJECTED"), "rejected"),
    **dict.fromkeys(("拦截", "blocked", "BLOCKED"), "blocked"),
}  # fmt: skip

KINDS: Final = {
    "人工": "human",
    "机器人": "robot",
    **dict.fromkeys(("人工坐席", "人", "human", "HUMAN", "Human"), "human"),
    **dict.fromkeys(("智能", "智能坐席", "AI", "ai", "robot", "ROBOT", "Robot"), "robot"),
}

# How the line below the calls begins, in which an export adds them up.
TOTAL: Final = "(合计|总计|小计|共计|汇总|Total|TOTAL|total).*"

# Our field -> every word that a mapping file may use for it.
OURS: Final[Mapping[str, Mapping[str, str]]] = {"direction": DIRECTIONS, "result": RESULTS, "agent_kind": KINDS}
