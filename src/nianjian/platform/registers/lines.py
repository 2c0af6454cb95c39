"""The register of 线路: its rows, its sheet and the checks of a row."""

from typing import ClassVar, Final

from django.db import models

from nianjian.platform.registers.columns import CHANGED, Column, Kind, Sheet, check_order
from nianjian.platform.registers.prefixes import prefix_index
from nianjian.platform.registers.versions import Version


class Line(Version):
    """A trunk (中继线) and the team that uses it. Key: the line's id."""

    line_id = models.TextField(null=True)
    name = models.TextField(null=True)
    carrier = models.TextField(null=True)
    gateway = models.TextField(null=True)
    team = models.TextField(null=True)
    state = models.CharField(max_length=16, null=True)  # active | stopped
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)

    class Meta(Version.Meta):
        """Found by the beginning of its number or name."""

        abstract = False
        indexes: ClassVar[list[models.Index]] = [
            *Version.Meta.indexes,
            prefix_index("line_by_code", "key"),
            prefix_index("line_by_team", "key", "team"),
            prefix_index("line_by_name", "name"),
        ]


STATES: Final = {
    "启用": "active", "停用": "stopped", "在用": "active", "正常": "active", "已启用": "active", "已停用": "stopped",
}  # fmt: skip


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
        Column("状态", "state", Kind.CHOICE, ("线路状态",), STATES, example="启用"),
        Column("启用日期", "opened_on", Kind.DATE, ("开通日期",), example="2025-01-01"),
        Column("停用日期", "closed_on", Kind.DATE, example=""),
        CHANGED,
    ),
    checks=(check_order("opened_on", "closed_on", "closed_before_opened"),),
    needed=("team", "gateway"),
)
