"""Rows of a file that several threads read keep the numbers of their lines."""

from pathlib import Path

import pyarrow.dataset as ds

from nianjian.engines.intake.load import import_file
from nianjian.engines.intake.read import list_items
from nianjian.engines.lake.tables import Lake

HEADER = (
    "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,振铃时间,接通时间,结束时间,结果,"
    "坐席编号,坐席类型,线路编号,团队,用途"
)
ROW = "{},呼出,,95078026,13800138000,2025-01-01 08:30:01,,,2025-01-01 08:30:20,未接通,S{},人工,L06,T00,回访{}\n"
ROWS = 300_000


def test_lines_of_a_file_larger_than_a_buffer_of_the_engine(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("w") as out:
        out.write(HEADER + "\n")
        out.writelines(ROW.format(f"call-{line}", 1, "") for line in range(2, ROWS + 2))
        out.write(ROW.format("call-100000", 2, ""))  # another call under the id of line 100000
    item = next(iter(list_items([str(path)])))
    receipt = import_file(lake=Lake(str(tmp_path / "lake"), "E"), item=item, batch="B1")
    assert dict(receipt.reasons) == {"id_conflict": 1}
    rows = ds.dataset(tmp_path / "lake" / "E" / "calls", format="parquet", exclude_invalid_files=True).to_table(
        columns=["call_id", "line", "reason", "raw"]
    )
    wrong = [row for row in rows.to_pylist() if row["call_id"] != f"call-{row['line']}"]
    assert [(row["call_id"], row["line"], row["reason"]) for row in wrong] == [
        ("call-100000", ROWS + 2, "id_conflict"),
    ]
    assert wrong[0]["raw"].startswith('["call-100000","呼出",null,"95078026"')
