"""The register of 许可证: its rows, its sheet and the checks of a row."""

from typing import Final

from django.db import models

from nianjian.engines.kernel import identifiers
from nianjian.engines.kernel.workdays import Season
from nianjian.engines.season.deadlines import Licence as ReportingLicence
from nianjian.engines.season.deadlines import list_reporting
from nianjian.platform.registers.columns import CHANGED, Column, Fault, Kind, Row, Sheet, check_order
from nianjian.platform.registers.versions import Version, versions_on
from nianjian.platform.vault.fields import SealedText


class Licence(Version):
    """A licence (许可证). Key: its number."""

    number = models.TextField(null=True)
    kind = models.CharField(max_length=16, null=True)  # national | local
    issuer = models.TextField(null=True)
    services = models.TextField(null=True)
    coverage = models.TextField(null=True)
    issued_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    credit_code = models.CharField(max_length=18, null=True)
    holder = models.TextField(null=True)
    representative = SealedText(null=True)
    address = models.TextField(null=True)


KINDS: Final = {
    "全网": "national", "地网": "local", "全国": "national", "跨地区": "national", "省内": "local", "本地": "local",
}  # fmt: skip


def _credit(row: Row) -> identifiers.CreditCode | None:
    code = row.get("credit_code")
    return identifiers.CreditCode(code) if isinstance(code, str) else None


def _no_company(row: Row) -> Fault | None:
    code = _credit(row)
    return None if code is None or code.company else ("credit_code", "credit_code_no_company")


def _organisation(row: Row) -> Fault | None:
    code = _credit(row)
    return None if code is None or code.organisation_fits else ("credit_code", "credit_code_organisation")


LICENCES: Final = Sheet(
    kind="licences",
    title="许可证",
    keys=(("number",),),
    columns=(
        Column("许可证编号", "number", Kind.LICENCE, ("许可证号", "经营许可证编号"), example="浙B2-20240001"),
        Column("类型", "kind", Kind.CHOICE, ("许可证类型",), KINDS, example="地网"),
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
    checks=(check_order("issued_on", "valid_until", "valid_until_before_since"),),
    notes=(_no_company, _organisation),
    needed=("valid_until", "credit_code"),
    runs_out="valid_until",
)


def list_reporting_licences(enterprise: str, year: int) -> list[ReportingLicence]:
    """Licences that report on a data year, of those in the register on its last day, and newer rows issued before."""
    rows = versions_on(Licence, enterprise, Season("", year).year_end).only("key", "issued_on", "valid_until")
    licences = [ReportingLicence(str(row.key), row.issued_on, row.valid_until) for row in rows]
    return list_reporting(licences, year)


def list_reporting_seasons(enterprise: str, year: int) -> list[Season]:
    """The seasons of a data year, one a licence that reports; one without a number where the register names none."""
    return [Season(one.number, year) for one in list_reporting_licences(enterprise, year)] or [Season("", year)]
