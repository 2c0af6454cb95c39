"""Licences, numbers, lines, teams, consents and numbers not to be called."""

from __future__ import annotations

from datetime import date
from typing import Final

from nianjian.engines.kernel import identifiers, numbers
from nianjian.platform.registers.sheets import words
from nianjian.platform.registers.tables.column import Column, Fault, Kind, Row, Sheet, Undated, ordered

CHANGED: Final = Column("变更日期", "changed_on", Kind.DATE, ("生效日期", "变更生效日期"), example="")


def _length(row: Row) -> Fault | None:
    total, root = row.get("total_length"), row.get("root")
    if isinstance(total, int) and isinstance(root, str) and total < len(root):
        return "total_length", "total_length_too_short"
    return None


def _length_large(row: Row) -> Fault | None:
    total = row.get("total_length")
    return ("total_length", "total_length_too_long") if isinstance(total, int) and total > 18 else None  # noqa: PLR2004 -- the digits that fit


_ROOTS: Final = ("95", "96", "10", "11", "12")


def _root_unusual(row: Row) -> Fault | None:
    root = row.get("root")
    return None if not isinstance(root, str) or root.startswith(_ROOTS) else ("root", "root_unusual")


def _masked(row: Row) -> Fault | None:
    masked = numbers.normalise(str(row.get("number") or "")).shape is numbers.Shape.MASKED
    return ("number", "number_masked") if masked else None


def _never_filed(row: Row) -> Fault | None:
    return None if row.get("filing") == "filed" else ("filing", "number_not_filed")


def _not_permitted(row: Row) -> Fault | None:
    return None if row.get("outbound") is True else ("outbound", "outbound_not_permitted")


def _day_unknown(row: Row) -> Fault | None:
    known = isinstance(row.get("filed_on"), date) or row.get("filing") != "filed"
    return None if known else ("filed_on", "filing_day_unknown")


def _credit(row: Row) -> identifiers.CreditCode | None:
    code = row.get("credit_code")
    return identifiers.CreditCode(code) if isinstance(code, str) else None


def _no_company(row: Row) -> Fault | None:
    code = _credit(row)
    return None if code is None or code.company else ("credit_code", "credit_code_no_company")


def _organisation(row: Row) -> Fault | None:
    code = _credit(row)
    return None if code is None or code.organisation_fits else ("credit_code", "credit_code_organisation")


NUMBERS: Final = Sheet(
    kind="numbers",
    title="码号",
    keys=(("root",),),
    undated=Undated.CORRECTION,
    columns=(
        Column("码号", "root", Kind.ROOT, ("根号码", "码号(根号码)", "号码", "短号码"), example="95013"),
        Column("批准总位长", "total_length", Kind.WHOLE, ("总位长", "批准位长", "位长"), example="8"),
        Column("使用主体", "holder", example="示例呼叫中心有限公司"),
        Column("用途", "purpose", example="外呼营销"),
        Column("使用范围", "scope", example="全国"),
        Column("证书编号", "certificate", Kind.CODE, example="号[2024]00001-A01"),
        Column("批准文号", "approval_paper", example="工信许可〔2024〕1号"),
        Column("有效期起", "valid_since", Kind.DATE, ("有效期开始", "起始日期"), example="2024-01-01"),
        Column("有效期止", "valid_until", Kind.DATE, ("有效期至", "到期日期"), example="2028-12-31"),
        Column("备案状态", "filing", Kind.CHOICE, choices=words.FILING, example="已备案"),
        Column("备案日期", "filed_on", Kind.DATE, example="2024-02-01"),
        Column("开通运营商", "carrier", example="中国电信"),
        Column("开通日期", "opened_on", Kind.DATE, example="2024-02-10"),
        Column("接入地", "access_place", example="杭州"),
        Column("指定落地网关", "gateway", Kind.TEXT, ("落地网关",), example="HZ-GW-01"),
        Column("呼入权限", "inbound", Kind.FLAG, example="是"),
        Column("呼出权限", "outbound", Kind.FLAG, example="是"),
        Column("承诺书", "commitment", example="有"),
        Column("占用费缴纳", "fee", example="已缴纳"),
        Column("联系人", "contact", personal=True, example="张三"),
        CHANGED,
    ),
    checks=(ordered("valid_since", "valid_until", "valid_until_before_since"), _length, _length_large),
    notes=(_root_unusual, _never_filed, _not_permitted, _day_unknown),
)
LINES: Final = Sheet(
    kind="lines",
    title="线路",
    keys=(("line_id",),),
    columns=(
        Column("线路编号", "line_id", Kind.CODE, ("中继线编号", "线路ID", "线路"), example="L01"),
        Column("名称", "name", aliases=("线路名称",), example="杭州电信中继1"),
        Column("运营商", "carrier", example="中国电信"),
        Column("落地网关", "gateway", example="HZ-GW-01"),
        Column("团队", "team", Kind.CODE, ("团队编号", "外包团队", "所属团队"), example="T01"),
        Column("状态", "state", Kind.CHOICE, ("线路状态",), words.LINE, example="启用"),
        Column("启用日期", "opened_on", Kind.DATE, ("开通日期",), example="2025-01-01"),
        Column("停用日期", "closed_on", Kind.DATE, example=""),
        CHANGED,
    ),
    checks=(ordered("opened_on", "closed_on", "closed_before_opened"),),
)
TEAMS: Final = Sheet(
    kind="teams",
    title="团队",
    keys=(("team_id",),),
    columns=(
        Column("团队编号", "team_id", Kind.CODE, ("团队ID", "团队"), example="T01"),
        Column("名称", "name", aliases=("团队名称",), example="外包一队"),
        Column("类型", "kind", Kind.CHOICE, ("团队类型",), words.TEAM, example="外包"),
        Column("协议编号", "agreement", Kind.CODE, ("合同编号", "外包协议编号"), example="XY-2025-01"),
        CHANGED,
    ),
)
LICENCES: Final = Sheet(
    kind="licences",
    title="许可证",
    keys=(("number",),),
    columns=(
        Column("许可证编号", "number", Kind.LICENCE, ("许可证号", "经营许可证编号"), example="浙B2-20240001"),
        Column("类型", "kind", Kind.CHOICE, ("许可证类型",), words.LICENCE, example="地网"),
        Column("发证机关", "issuer", example="浙江省通信管理局"),
        Column("业务种类", "services", example="呼叫中心业务"),
        Column("覆盖范围", "coverage", aliases=("业务覆盖范围",), example="浙江省"),
        Column("发证日期", "issued_on", Kind.DATE, example="2024-01-05"),
        Column("有效期止", "valid_until", Kind.DATE, ("有效期至", "到期日期"), example="2029-01-05"),
        Column("统一社会信用代码", "credit_code", Kind.CREDIT_CODE, ("信用代码",), example="91110000600037341L"),
        Column("企业名称", "holder", aliases=("公司名称", "单位名称"), example="示例呼叫中心有限公司"),
        Column("法定代表人", "representative", aliases=("法人", "法人代表"), personal=True, example="张三"),
        Column("注册地址", "address", aliases=("住所",), example="杭州市示例路1号"),
        CHANGED,
    ),
    checks=(ordered("issued_on", "valid_until", "valid_until_before_since"),),
    notes=(_no_company, _organisation),
)
CONSENTS: Final = Sheet(
    kind="consents",
    title="同意记录",
    keys=(("number",),),
    columns=(
        Column("号码", "number", Kind.PHONE, ("手机号", "手机号码", "电话号码"), personal=True, example="13800138000"),
        Column("用途", "purpose", example="售后回访"),
        Column("取得方式", "obtained_by", aliases=("同意方式",), example="网页勾选"),
        Column("取得时间", "obtained_at", Kind.MOMENT, ("同意时间",), example="2026-01-05 10:00:00"),
        Column("到期时间", "expires_at", Kind.MOMENT, ("有效期止",), example="2027-01-05 00:00:00"),
        Column("撤回时间", "withdrawn_at", Kind.MOMENT, example=""),
        Column("凭证", "proof", aliases=("凭证编号",), example="PZ-0001"),
        CHANGED,
    ),
    checks=(
        ordered("obtained_at", "expires_at", "expires_before_obtained"),
        ordered("obtained_at", "withdrawn_at", "withdrawn_before_obtained"),
    ),
    notes=(_masked,),
)
DO_NOT_CALL: Final = Sheet(
    kind="do-not-call",
    title="谢绝来电",
    keys=(("number",),),
    columns=(
        Column("号码", "number", Kind.PHONE, ("手机号", "手机号码", "电话号码"), personal=True, example="13800138000"),
        Column("来源", "source", example="客户来电要求"),
        Column("登记时间", "registered_at", Kind.MOMENT, ("登记日期",), example="2026-01-05 10:00:00"),
        Column("范围", "scope", example=""),
        CHANGED,
    ),
    notes=(_masked,),
)
