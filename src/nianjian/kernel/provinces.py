"""The 31 provinces, autonomous regions and municipalities with a 通信管理局, by short and full name (GB/T 2260)."""

from __future__ import annotations

from typing import Final

from nianjian.kernel.errors import NianjianError

_SUFFIXES: Final = {
    "省": "河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 "
    "河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海",
    "市": "北京 天津 上海 重庆",
    "自治区": "内蒙古 西藏",
    "壮族自治区": "广西",
    "回族自治区": "宁夏",
    "维吾尔自治区": "新疆",
}
FULL: Final = {f"{name}{suffix}": name for suffix, names in _SUFFIXES.items() for name in names.split()}
"""Full name → the short one, which rules, overlays and registers carry."""
PROVINCES: Final = tuple(sorted(FULL.values()))


def short(name: str) -> str:
    """The short name of a province given by either name; NianjianError ``province_unknown`` with the allowed ones."""
    text = name.strip()
    found = FULL.get(text, text)
    if found not in PROVINCES:
        raise NianjianError("province_unknown", province=name, allowed="、".join(PROVINCES))
    return found
