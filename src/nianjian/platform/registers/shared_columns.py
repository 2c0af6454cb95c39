"""Columns, spellings and checks that several registers have."""

from __future__ import annotations

from typing import Final

from nianjian.engines.kernel import numbers
from nianjian.platform.registers.columns import Column, Fault, Kind, Row

FILING: Final = {
    "已备案": "filed", "未备案": "unfiled", "已注销": "cancelled", "备案": "filed", "备案成功": "filed",
    "备案中": "unfiled", "待备案": "unfiled", "审核中": "unfiled", "注销": "cancelled", "已取消": "cancelled",
}  # fmt: skip
EMPLOYMENTS: Final = {
    "自有": "own", "派遣": "dispatched", "外包": "outsourced", "自有员工": "own", "劳动合同": "own",
    "劳务派遣": "dispatched", "劳务外包": "outsourced",
}  # fmt: skip
CHANGED: Final = Column("变更日期", "changed_on", Kind.DATE, ("生效日期", "变更生效日期"), example="")
IDENTITY: Final = Column(
    "证件号",
    "identity",
    Kind.IDENTITY,
    ("证件号码", "身份证号", "身份证号码"),
    personal=True,
    example="11010519491231002X",
)
NAME: Final = Column("姓名", "person", aliases=("员工姓名", "坐席姓名"), personal=True, example="张三")
STAFF_ID: Final = Column("工号", "staff_id", Kind.CODE, ("员工编号", "员工工号"), example="1001")
WORKPLACE: Final = Column("职场地址", "workplace", aliases=("职场", "办公地址"), example="杭州市示例路1号3楼")
SKILL: Final = Column("技能组", "skill", aliases=("项目", "技能组/项目"), example="售后")
TEAM: Final = Column("团队", "team", Kind.CODE, ("团队编号", "外包团队", "所属团队"), example="T01")
EMPLOYMENT: Final = Column("用工形式", "employment", Kind.CHOICE, ("用工方式",), EMPLOYMENTS, example="自有")
INSURED_BY: Final = Column(
    "社保缴纳单位", "insured_by", aliases=("社保单位", "缴纳单位"), example="示例呼叫中心有限公司"
)


def number_masked(row: Row) -> Fault | None:
    """Warn of a number whose digits are partly hidden."""
    masked = numbers.normalise(str(row.get("number") or "")).shape is numbers.Shape.MASKED
    return ("number", "number_masked") if masked else None
