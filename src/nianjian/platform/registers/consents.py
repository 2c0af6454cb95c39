"""The register of 同意记录: its rows, its sheet and the checks of a row."""

from typing import ClassVar, Final

from django.db import models

from nianjian.platform.registers.columns import CHANGED, Column, Kind, Sheet, check_order, number_masked
from nianjian.platform.registers.versions import Version
from nianjian.platform.vault.fields import SealedText, TailIndex


class Consent(Version):
    """A called person's consent. Key: the number as a blind index."""

    number = SealedText(null=True)
    number_tail = TailIndex("number")
    purpose = models.TextField(null=True)
    obtained_by = models.TextField(null=True)
    obtained_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    proof = models.TextField(null=True)

    class Meta(Version.Meta):
        """Found by the last four digits."""

        abstract = False
        indexes: ClassVar[list[models.Index]] = [
            *Version.Meta.indexes,
            models.Index(
                fields=["enterprise", "number_tail"], condition=models.Q(superseded_at=None), name="consent_by_tail"
            ),
        ]


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
        check_order("obtained_at", "expires_at", "expires_before_obtained"),
        check_order("obtained_at", "withdrawn_at", "withdrawn_before_obtained"),
    ),
    notes=(number_masked,),
    needed=("purpose", "obtained_at", "expires_at"),
    runs_out="expires_at",
)
