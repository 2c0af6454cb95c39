"""The register of 社保缴费清单: its rows, its sheet and the checks of a row."""

from typing import Final

from django.db import models

from nianjian.platform.registers.columns import NAME, Column, Kind, Sheet, Undated
from nianjian.platform.registers.versions import Version
from nianjian.platform.vault.fields import SealedText


class Contribution(Version):
    """One person, one month, one insurance, one employer. Key: the four as a blind index."""

    payer = models.TextField(null=True)
    payer_number = models.TextField(null=True)
    person = SealedText(null=True)
    identity = SealedText(null=True)
    insurance = models.CharField(max_length=16, null=True)  # pension | medical | unemployment | injury | maternity
    month = models.CharField(max_length=7, null=True)  # YYYY-MM
    base_amount = models.DecimalField(max_digits=20, decimal_places=2, null=True)  # yuan
    employer_paid = models.DecimalField(max_digits=20, decimal_places=2, null=True)  # yuan
    person_paid = models.DecimalField(max_digits=20, decimal_places=2, null=True)  # yuan
    paid_on = models.DateField(null=True)
    state = models.TextField(null=True)


INSURANCES: Final = {
    "养老": "pension", "医疗": "medical", "失业": "unemployment", "工伤": "injury", "生育": "maternity",
    "养老保险": "pension", "基本养老保险": "pension", "企业职工基本养老保险": "pension", "医疗保险": "medical",
    "基本医疗保险": "medical", "职工基本医疗保险": "medical", "失业保险": "unemployment", "工伤保险": "injury",
    "生育保险": "maternity",
}  # fmt: skip


SOCIAL_INSURANCE: Final = Sheet(
    kind="social-insurance",
    title="社保缴费清单",
    keys=(
        ("identity", "insurance", "month", "payer"), ("identity", "insurance", "month", "payer_number"),
        ("identity", "insurance", "month"),
    ),
    apart=("payer_number", "base_amount", "employer_paid", "person_paid", "paid_on", "state"),
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
        Column("险种", "insurance", Kind.CHOICE, ("险种类型", "参保险种"), INSURANCES, example="养老"),
        Column("费款所属期", "month", Kind.MONTH, ("所属期", "缴费月份", "费款所属月"), example="202603"),
        Column("缴费基数", "base_amount", Kind.AMOUNT, example="8000.00"),
        Column("单位缴", "employer_paid", Kind.AMOUNT, ("单位缴费", "单位缴费金额", "单位缴纳"), example="1120.00"),
        Column("个人缴", "person_paid", Kind.AMOUNT, ("个人缴费", "个人缴费金额", "个人缴纳"), example="640.00"),
        Column("缴费日期", "paid_on", Kind.DATE, ("到账日期", "到账/缴费日期"), example="2026-03-15"),
        Column("状态", "state", aliases=("缴费状态",), example="已到账"),
    ),
    needed=("payer", "paid_on"),
)  # fmt: skip
