"""Seats, staff, social insurance and wages."""

from __future__ import annotations

from typing import Final

from nianjian.platform.registers.sheets import words
from nianjian.platform.registers.sheets.network import CHANGED
from nianjian.platform.registers.tables.column import Column, Fault, Kind, Row, Sheet, Undated, ordered

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
EMPLOYMENT: Final = Column("用工形式", "employment", Kind.CHOICE, ("用工方式",), words.EMPLOYMENT, example="自有")
INSURED_BY: Final = Column(
    "社保缴纳单位", "insured_by", aliases=("社保单位", "缴纳单位"), example="示例呼叫中心有限公司"
)


def _filed_without_day(row: Row) -> Fault | None:
    return ("filed_on", "filing_day_unknown") if row.get("filing") == "filed" and not row.get("filed_on") else None


SEATS: Final = Sheet(
    kind="seats",
    title="坐席",
    keys=(("seat_id",),),
    undated=Undated.CORRECTION,
    columns=(
        Column("坐席编号", "seat_id", Kind.CODE, ("坐席号", "坐席ID", "座席编号", "座席号"), example="S0001"),
        Column("类型", "kind", Kind.CHOICE, ("坐席类型", "座席类型"), words.SEAT, example="人工"),
        STAFF_ID,
        NAME,
        IDENTITY,
        Column("工位号", "desk", Kind.CODE, ("工位",), example="3F-01"),
        WORKPLACE,
        SKILL,
        TEAM,
        EMPLOYMENT,
        INSURED_BY,
        Column("备案状态", "filing", Kind.CHOICE, choices=words.FILING, example="已备案"),
        Column("备案日期", "filed_on", Kind.DATE, example="2025-02-01"),
        Column("备案注销日期", "cancelled_on", Kind.DATE, ("注销日期",), example=""),
        Column("开通日期", "opened_on", Kind.DATE, ("启用日期",), example="2025-02-10"),
        Column("停用日期", "closed_on", Kind.DATE, ("下线日期",), example=""),
        Column("默认外显号", "display", Kind.CODE, ("默认外显号码", "外显号码"), example="95013001"),
        CHANGED,
    ),
    checks=(
        ordered("opened_on", "closed_on", "closed_before_opened"),
        ordered("filed_on", "cancelled_on", "cancelled_before_filed"),
    ),
    notes=(_filed_without_day,),
)
STAFF: Final = Sheet(
    kind="staff",
    title="员工",
    keys=(("staff_id",), ("identity",)),
    columns=(
        STAFF_ID,
        NAME,
        IDENTITY,
        Column("岗位", "post", aliases=("职务",), example="客服"),
        Column("坐席编号", "seat_id", Kind.CODE, ("坐席号", "座席编号"), example="S0001"),
        WORKPLACE,
        SKILL,
        TEAM,
        EMPLOYMENT,
        INSURED_BY,
        Column("入职日期", "joined_on", Kind.DATE, example="2025-01-02"),
        Column("离职日期", "left_on", Kind.DATE, example=""),
        CHANGED,
    ),
    checks=(ordered("joined_on", "left_on", "left_before_joined"),),
)
SOCIAL_INSURANCE: Final = Sheet(
    kind="social-insurance",
    title="社保缴费清单",
    keys=(("identity", "insurance", "month"),),
    undated=Undated.CORRECTION,
    columns=(
        Column("单位名称", "payer", aliases=("参保单位", "缴费单位"), example="示例呼叫中心有限公司"),
        Column("社保编号", "payer_number", Kind.CODE, ("单位编号", "单位社保编号"), example="330100001"),
        NAME,
        Column(
            "社会保障号码",
            "identity",
            Kind.IDENTITY,
            ("社会保障号", "证件号", "证件号码", "身份证号", "身份证号码", "公民身份号码"),
            personal=True,
            example="11010519491231002X",
        ),
        Column("险种", "insurance", Kind.CHOICE, ("险种类型", "参保险种"), words.INSURANCE, example="养老"),
        Column("费款所属期", "month", Kind.MONTH, ("所属期", "缴费月份", "费款所属月"), example="202603"),
        Column("缴费基数", "base_amount", Kind.AMOUNT, example="8000.00"),
        Column("单位缴", "employer_paid", Kind.AMOUNT, ("单位缴费", "单位缴费金额", "单位缴纳"), example="1120.00"),
        Column("个人缴", "person_paid", Kind.AMOUNT, ("个人缴费", "个人缴费金额", "个人缴纳"), example="640.00"),
        Column("缴费日期", "paid_on", Kind.DATE, ("到账日期", "到账/缴费日期"), example="2026-03-15"),
        Column("状态", "state", aliases=("缴费状态",), example="已到账"),
    ),
)
WAGES: Final = Sheet(
    kind="wages",
    title="工资流水",
    keys=(("reference",), ("payee", "account_tail", "paid_on", "amount"), ("payee", "paid_on", "amount")),
    undated=Undated.CORRECTION,
    repeats=True,
    columns=(
        Column("流水号", "reference", Kind.CODE, ("交易流水号", "业务编号"), example="W202603150001"),
        Column("付款单位", "payer", aliases=("付款方", "付款人", "付款单位/账户"), example="示例呼叫中心有限公司"),
        Column("付款账户", "payer_account", Kind.CODE, ("付款账号",), personal=True, example="3301000000001"),
        Column("收款人", "payee", aliases=("收款人姓名", "收款户名", "姓名"), personal=True, example="张三"),
        Column(
            "账号尾号", "account_tail", Kind.CODE, ("收款账号尾号", "账号", "收款账号"), personal=True, example="1234"
        ),
        Column("金额", "amount", Kind.AMOUNT, ("交易金额", "实发金额"), example="6500.00"),
        Column("付款日期", "paid_on", Kind.DATE, ("交易日期", "发放日期"), example="2026-03-15"),
        Column("摘要", "memo", aliases=("附言",), example="工资"),
        Column("所属月", "month", Kind.MONTH, ("工资所属月",), example="202602"),
    ),
)
