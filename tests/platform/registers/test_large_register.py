from collections.abc import Callable
from pathlib import Path

import pytest

from nianjian.platform.accounts.query import Actor
from nianjian.platform.registers.storage import import_sheet

pytestmark = pytest.mark.postgres

ROWS = 100_000


@pytest.mark.long
def test_a_large_register_goes_in_whole(demo: str, operator: Actor, sheet: Callable[..., Path]) -> None:
    header = "坐席编号,类型,工号,姓名,证件号,职场地址,用工形式,备案状态,备案日期,开通日期,默认外显号,备注"
    cells = (
        "人工", "E1", "张三", "11010519491231002X", "杭州", "自有", "已备案", "2025-02-01", "2025/3/1", "95013001", "x",
    )  # fmt: skip
    path = sheet(header, *((f"S{number:06}", *cells) for number in range(ROWS)), encoding="gb18030")
    receipt = import_sheet(kind="seats", path=path, enterprise=demo, actor=operator)
    assert receipt.rows["inserted"] == ROWS
