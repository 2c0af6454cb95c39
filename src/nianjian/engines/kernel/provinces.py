"""The 31 provinces, autonomous regions and municipalities with a 通信管理局, by short and full name (GB/T 2260)."""

from __future__ import annotations

from typing import Final

from nianjian.engines.kernel.errors import NianjianError

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
_SIGNED: Final = (
    "京北京 津天津 冀河北 晋山西 蒙内蒙古 辽辽宁 吉吉林 黑黑龙江 沪上海 苏江苏 浙浙江 皖安徽 闽福建 赣江西 "
    "鲁山东 豫河南 鄂湖北 湘湖南 粤广东 桂广西 琼海南 渝重庆 川四川 贵贵州 云云南 藏西藏 陕陕西 甘甘肃 "
    "青青海 宁宁夏 新新疆"
)
SIGNS: Final = {one[0]: one[1:] for one in _SIGNED.split()}
"""The sign before the number of a licence of one province (浙B2-20080101) → the short name of that province."""


def short(name: str) -> str:
    """The short name of a province given by either name; NianjianError ``province_unknown`` with the allowed ones."""
    text = name.strip()
    found = FULL.get(text, text)
    if found not in PROVINCES:
        raise NianjianError("province_unknown", province=name, allowed="、".join(PROVINCES))
    return found
