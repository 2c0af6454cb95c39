"""The register of 谢绝来电: its rows, its sheet and the checks of a row."""

from typing import ClassVar, Final

from django.db import models

from nianjian.platform.registers.columns import CHANGED, Column, Kind, Sheet, number_masked
from nianjian.platform.registers.versions import Version
from nianjian.platform.vault.fields import SealedText, TailIndex


class DoNotCall(Version):
    """A number whose owner wants no calls. ``scope`` is a purpose; NULL, or what nobody described: of any purpose.

    Key: the number as a blind index.
    """

    number = SealedText(null=True)
    number_tail = TailIndex("number")
    source = models.TextField(null=True)
    registered_at = models.DateTimeField(null=True)
    scope = models.TextField(null=True)

    class Meta(Version.Meta):
        """Found by the last four digits."""

        abstract = False
        indexes: ClassVar[list[models.Index]] = [
            *Version.Meta.indexes,
            models.Index(
                fields=["enterprise", "number_tail"], condition=models.Q(superseded_at=None), name="donotcall_by_tail"
            ),
        ]


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
    notes=(number_masked,),
    needed=("registered_at",),
)
