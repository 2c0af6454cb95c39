"""The items of the package (M1 to M13) and the further papers of provinces: a material is one entry here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, cast

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.platform.rulebook.optional_items import NAMES, RULE


class Form(StrEnum):
    """原件扫描件 or 复印件加盖公章: not the same thing."""

    ORIGINAL = "original_scan"
    COPY = "copy_with_seal"


FORMS: Final = {"原件扫描件": Form.ORIGINAL, "复印件加盖公章": Form.COPY}


@dataclass(frozen=True, slots=True)
class Item:
    """``name`` as commands and files call it; ``rule`` is its row of the rulebook.

    ``fields``: what must have been read before the item can be ready. ``coloured``: the original shows colour of its
    own (emblem, frame), so that original and black-and-white copy can be told apart. ``titles`` and ``words``: what
    such papers are headed and what stands in them, by which a file without a name is told; evidence, no proof.
    ``asked``: the form, where no rule names one. ``yearly``: about the data year or the season, so that last year's is
    never this year's.
    """

    name: str
    rule: str
    fields: tuple[str, ...]
    coloured: bool = False
    titles: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    asked: Form | None = None
    yearly: bool = False

    def form(self, book: Rulebook) -> Form:
        """The form that the rulebook asks for; NianjianError dossier_form_unknown."""
        if self.asked is not None:
            return self.asked
        forms = cast("dict[str, str]", book.value("materials.copy_kind_by_item"))
        form = FORMS.get(str(forms.get(self.rule)))
        if form is None:
            raise NianjianError("dossier_form_unknown", item=self.name, rule="materials.copy_kind_by_item")
        return form

    def seals(self, book: Rulebook) -> tuple[str, ...]:
        """Codes of the seals that the rulebook asks for."""
        required = cast("dict[str, tuple[str, ...]]", book.value("materials.seals.required"))
        copies = required.get("copies", ()) if self.form(book) is Form.COPY else ()
        return (*required["every_document"], *copies)


_YEARLY: Final = {"report_pledge", "conduct_pledge", "financial_statements", "system_pictures"}
FURTHER: Final[Mapping[str, Item]] = {
    name: Item(name, RULE, (), asked=Form.ORIGINAL, titles=(title,), yearly=name in _YEARLY)
    for title, name in NAMES.items()
}


ITEMS: Final[Mapping[str, Item]] = {
    item.name: item
    for item in (
        # 营业执照: the business licence.
        Item("business_licence", "materials.m1", ("name", "credit_code", "valid_until"), coloured=True,
             titles=("营业执照",),
             words=("统一社会信用代码", "法定代表人", "注册资本", "经营范围", "登记机关")),
        # 许可证正副本: the licence, original and duplicate.
        Item("licence", "materials.m2", ("number", "expiry"), coloured=True,
             titles=("电信业务经营许可证", "电信业务许可证"),
             words=("许可证编号", "业务种类", "业务覆盖范围", "发证机关", "有效期")),
        # 公司章程: the articles of association.
        Item("articles", "materials.m3", ("dated",), titles=("公司章程", "章程"),
             words=("总则", "股东会", "出资额", "执行董事", "第一条")),
        # 股权结构表: the table of shareholders.
        Item("shareholders", "materials.m4", ("total",), titles=("股权结构", "股东名册", "股东及出资", "股东信息"),
             words=("持股比例", "出资比例", "认缴", "股东名称", "股东姓名")),
        # 审计报告: the audit report.
        Item("audit_report", "materials.m5", ("opinion", "firm", "year"), yearly=True, titles=("审计报告",),
             words=("审计意见", "会计师事务所", "注册会计师", "财务报表", "治理层")),
        # 法人身份证: the ID card of the legal representative.
        Item("legal_person_id", "materials.m6", ("person_name", "expiry"), coloured=True,
             titles=("居民身份证",),
             words=("公民身份号码", "签发机关", "有效期限", "民族", "住址")),
        # 社保缴费清单: the social-insurance payment list.
        Item("social_insurance", "materials.m7", ("months", "people"), yearly=True,
             titles=("社会保险", "社保缴费", "参保缴费"),
             words=("养老保险", "失业保险", "工伤保险", "缴费基数", "参保人")),
        # 码号资源使用台账: the ledger of code-number use.
        Item("number_ledger", "materials.m8", ("as_at",), yearly=True,
             titles=("码号资源使用台账", "码号使用台账", "码号台账"),
             words=("码号", "接入", "用途", "批准文号", "启用")),
        # 坐席明细表: the list of seats.
        Item("seat_table", "materials.m9", ("filed", "opened"), yearly=True,
             titles=("坐席明细表", "坐席清单", "座席明细表"),
             words=("坐席", "人工", "工号", "备案", "开通")),
        # 呼叫流量月报: the monthly traffic report.
        Item("monthly_traffic", "materials.m10", ("months",), yearly=True,
             titles=("呼叫流量月报", "流量月报", "话务月报"),
             words=("呼入", "呼出", "接通", "通话时长", "月份")),
        # 用户投诉处理记录: the complaint handling records.
        Item("complaint_records", "materials.m11", ("complaints",), yearly=True,
             titles=("投诉处理记录", "投诉处理台账", "用户投诉"),
             words=("投诉", "工单", "办结", "12321", "回访")),
        # 信息安全责任制报告: the report on the information-security responsibility system.
        Item("responsibility_report", "materials.m12", ("dated",), yearly=True,
             titles=("信息安全责任制报告", "信息安全责任制", "信息安全责任报告"),
             words=("第一责任人", "信息安全", "应急", "培训", "责任")),
        # AI外呼算法备案表: the algorithm filing for AI outbound.
        Item("algorithm_filing", "materials.m13", ("state",), titles=("算法备案",),
             words=("算法名称", "算法类型", "机器人", "备案编号", "外呼")),
    )
}  # fmt: skip


KNOWN: Final[Mapping[str, Item]] = {**ITEMS, **FURTHER}
"""With the papers that only some provinces ask for."""


def get_item(name: str) -> Item:
    """The item; NianjianError dossier_item_unknown."""
    if name not in KNOWN:
        raise NianjianError("dossier_item_unknown", item=name, items=", ".join(KNOWN))
    return KNOWN[name]
