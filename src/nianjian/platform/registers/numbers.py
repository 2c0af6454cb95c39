"""The register of 码号: its rows, its sheet and the checks of a row."""

from datetime import date
from typing import ClassVar, Final

from django.db import models

from nianjian.platform.registers.columns import CHANGED, FILING, Column, Fault, Kind, Row, Sheet, Undated, check_order
from nianjian.platform.registers.prefixes import prefix_index
from nianjian.platform.registers.versions import Version
from nianjian.platform.vault.fields import SealedText


class Number(Version):
    """A code number (码号): the root with its approved length, filing, validity and permissions. Key: the root."""

    root = models.CharField(max_length=20, null=True)
    total_length = models.BigIntegerField(null=True)
    holder = models.TextField(null=True)
    purpose = models.TextField(null=True)
    scope = models.TextField(null=True)
    certificate = models.TextField(null=True)
    approval_paper = models.TextField(null=True)
    valid_since = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    filing = models.CharField(max_length=16, null=True)  # filed | unfiled | cancelled
    filed_on = models.DateField(null=True)
    carrier = models.TextField(null=True)
    opened_on = models.DateField(null=True)
    access_place = models.TextField(null=True)
    gateway = models.TextField(null=True)
    inbound = models.BooleanField(null=True)
    outbound = models.BooleanField(null=True)
    commitment = models.TextField(null=True)
    fee = models.TextField(null=True)
    contact = SealedText(null=True)

    class Meta(Version.Meta):
        """Found by the beginning of the root."""

        abstract = False
        indexes: ClassVar[list[models.Index]] = [
            *Version.Meta.indexes,
            prefix_index("number_by_code", "key"),
        ]


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


def _never_filed(row: Row) -> Fault | None:
    return None if row.get("filing") == "filed" else ("filing", "number_not_filed")


def _not_permitted(row: Row) -> Fault | None:
    return None if row.get("outbound") is True else ("outbound", "outbound_not_permitted")


def _day_unknown(row: Row) -> Fault | None:
    known = isinstance(row.get("filed_on"), date) or row.get("filing") != "filed"
    return None if known else ("filed_on", "filing_day_unknown")


NUMBERS: Final = Sheet(
    kind="numbers",
    title="码号",
    keys=(("root",),),
    undated=Undated.CORRECTION,
    columns=(
        Column("码号", "root", Kind.ROOT, ("根号码", "码号(根号码)", "号码", "短号码"), example="95013"),
        Column("批准总位长", "total_length", Kind.WHOLE, ("总位长", "批准位长", "位长"), example="8"),
        Column("使用主体", "holder", example="示例呼叫中心有限公司"),
        Column("用途", "purpose", example="客户回访"),
        Column("使用范围", "scope", example="全国"),
        Column("证书编号", "certificate", Kind.CODE, example="号[2024]00001-A01"),
        Column("批准文号", "approval_paper", example="工信许可〔2024〕1号"),
        Column("有效期起", "valid_since", Kind.DATE, ("有效期开始", "起始日期"), example="2024-01-01"),
        Column("有效期止", "valid_until", Kind.DATE, ("有效期至", "到期日期"), example="2028-12-31"),
        Column("备案状态", "filing", Kind.CHOICE, choices=FILING, example="已备案"),
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
    checks=(check_order("valid_since", "valid_until", "valid_until_before_since"), _length, _length_large),
    notes=(_root_unusual, _never_filed, _not_permitted, _day_unknown),
    needed=("total_length", "filing", "filed_on", "valid_until", "outbound"),
    runs_out="valid_until",
)
