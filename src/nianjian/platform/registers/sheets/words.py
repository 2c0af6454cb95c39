"""Spellings of choices -> stored values; the first spelling of a value is the one that templates offer."""

from __future__ import annotations

from typing import Final

FILING: Final = {
    "已备案": "filed",
    "未备案": "unfiled",
    "已注销": "cancelled",
    "备案": "filed",
    "备案成功": "filed",
    "备案中": "unfiled",
    "待备案": "unfiled",
    "审核中": "unfiled",
    "注销": "cancelled",
    "已取消": "cancelled",
}
SEAT: Final = {
    "人工": "human",
    "机器人": "robot",
    "人工坐席": "human",
    "机器人坐席": "robot",
    "智能": "robot",
    "AI": "robot",
    "智能机器人": "robot",
}
TEAM: Final = {"自有": "own", "外包": "outsourced", "自营": "own", "外包团队": "outsourced", "外协": "outsourced"}
EMPLOYMENT: Final = {
    "自有": "own",
    "派遣": "dispatched",
    "外包": "outsourced",
    "自有员工": "own",
    "劳动合同": "own",
    "劳务派遣": "dispatched",
    "劳务外包": "outsourced",
}
LINE: Final = {
    "启用": "active",
    "停用": "stopped",
    "在用": "active",
    "正常": "active",
    "已启用": "active",
    "已停用": "stopped",
}
LICENCE: Final = {
    "全网": "national",
    "地网": "local",
    "全国": "national",
    "跨地区": "national",
    "省内": "local",
    "本地": "local",
}
INSURANCE: Final = {
    "养老": "pension",
    "医疗": "medical",
    "失业": "unemployment",
    "工伤": "injury",
    "生育": "maternity",
    "养老保险": "pension",
    "基本养老保险": "pension",
    "企业职工基本养老保险": "pension",
    "医疗保险": "medical",
    "基本医疗保险": "medical",
    "职工基本医疗保险": "medical",
    "失业保险": "unemployment",
    "工伤保险": "injury",
    "生育保险": "maternity",
}
SOURCE: Final = {
    "12321": "12321",
    "12300": "12300",
    "企业": "enterprise",
    "一键投诉": "one_click",
    "运营商": "carrier",
    "12321举报中心": "12321",
    "工信部12300": "12300",
    "12321平台": "12321",
    "12300平台": "12300",
    "企业自收": "enterprise",
    "自有渠道": "enterprise",
}
EXCLUSION: Final = {
    "不予受理": "not_accepted",
    "非本企业号码": "not_own_number",
    "重复": "duplicate",
    "非呼叫类": "not_a_call",
    "非本企业": "not_own_number",
    "重复投诉": "duplicate",
    "非呼叫类(12300)": "not_a_call",
}
