"""The columns of a holiday table."""

from __future__ import annotations

from typing import Final

from nianjian.platform.registers.tables.column import Column, Kind, Sheet

OFF: Final = "off"
ON: Final = "on"
STATES: Final = {"休息": OFF, "上班": ON, "放假": OFF, "休": OFF, "班": ON, "调休": OFF, "补班": ON, "调休上班": ON}

HOLIDAYS: Final = Sheet(
    kind="holidays",
    title="放假安排",
    keys=(("day",),),
    columns=(
        Column("日期", "day", Kind.DATE, example="2027-01-01"),
        Column("名称", "name", Kind.TEXT, ("节日",), example="元旦"),
        Column("休息/上班", "state", Kind.CHOICE, ("休息上班", "类型"), STATES, required=True, example="休息"),
        Column("依据文件", "paper", Kind.TEXT, ("依据",), example="国务院办公厅关于2027年部分节假日安排的通知"),
    ),
)
