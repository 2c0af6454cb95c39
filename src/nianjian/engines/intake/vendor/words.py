"""The words for direction, result and kind of seat that people and exports use, with ours for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DIRECTIONS: Final = {
    **dict.fromkeys(("呼出", "外呼", "去电", "主叫", "out", "outbound", "OUT", "OUTBOUND", "Outbound", "Out"), "out"),
    **dict.fromkeys(("呼入", "来电", "被叫", "in", "inbound", "IN", "INBOUND", "Inbound", "In"), "in"),
    **dict.fromkeys(("内部", "内部呼叫", "内线", "internal", "INTERNAL", "Internal"), "internal"),
}

# The engine tries the words in this order: the frequent ones stand first.
RESULTS: Final = {
    "接通": "answered",
    "未接": "no_answer",
    "已接通": "answered",
    "未接通": "no_answer",
    "无人接听": "no_answer",
    "忙线": "busy",
    "平台拦截": "blocked",
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
}

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
