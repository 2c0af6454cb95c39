"""The register of 工资流水: its rows, its sheet and the checks of a row."""

from typing import Final

from django.db import models

from nianjian.platform.registers.columns import Column, Kind, Sheet, Undated
from nianjian.platform.registers.versions import Version
from nianjian.platform.vault.fields import SealedText


class Payment(Version):
    """A payment of wages. Key: its reference, else payee, account, day and amount, as a blind index."""

    reference = models.TextField(null=True)
    payer = models.TextField(null=True)
    payer_account = SealedText(null=True)
    payee = SealedText(null=True)
    account_tail = SealedText(null=True)
    amount = models.DecimalField(max_digits=20, decimal_places=2, null=True)  # yuan
    paid_on = models.DateField(null=True)
    memo = models.TextField(null=True)
    month = models.CharField(max_length=7, null=True)  # YYYY-MM


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
    needed=("payer", "month"),
)
