"""A register of seats that names no robot: the rules of robots (M13) do not apply to its enterprise."""

from pathlib import Path

from nianjian.platform.accounts.query import Actor
from nianjian.platform.registers.storage import import_sheet

SHEET = "坐席编号,类型,备案状态,备案日期,开通日期\nH001,人工,已备案,2025-01-01,2025-01-01\n"


def enter_human_seat(enterprise: str, folder: Path) -> None:
    """Enter one human seat, filed and open since 2025."""
    path = folder / "human_seat.csv"
    path.write_text(SHEET, encoding="utf-8")
    import_sheet(kind="seats", path=path, enterprise=enterprise, actor=Actor("root"))
