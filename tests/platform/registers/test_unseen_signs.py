"""What nobody sees in a sheet is said, not mended: control characters, lines in another encoding, odd numbers."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.accounts.query import Actor
from nianjian.platform.registers import models
from nianjian.platform.registers.storage import ImportReceipt, import_sheet

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

Load = Callable[[str, bytes], ImportReceipt]


@pytest.fixture
def load(demo: str, operator: Actor, tmp_path: Path) -> Load:
    def act(kind: str, content: bytes) -> ImportReceipt:
        path = tmp_path / "sheet.csv"
        path.write_bytes(content)
        return import_sheet(kind=kind, path=path, enterprise=demo, actor=operator)

    return act


def test_a_key_with_a_sign_that_nobody_sees_is_refused(load: Load) -> None:
    assert load("seats", "坐席编号,类型\ns1,人工\n".encode()).ok
    for key in ("s\0" + "1", "s1\0", "s1\x1f", "\x1cs1", "s\x071", "s\u200b1", "s\ufeff1", "\x851"):
        (fault,) = load("seats", f"坐席编号,类型\n{key},人工\n".encode()).errors
        assert (fault.line, fault.column, fault.code) == (2, "坐席编号", "control_character"), key
        assert models.Seat.objects.count() == 1


def test_a_text_holds_none_either_but_for_the_ends_of_lines(load: Load) -> None:
    for name in ("张\0三", "张\x1b三"):
        (fault,) = load("seats", f"坐席编号,职场地址\ns1,{name}\n".encode()).errors
        assert (fault.column, fault.code, dict(fault.values())["sign"][:2]) == ("职场地址", "control_character", "U+")
    assert load("seats", '坐席编号,职场地址\n s1\u3000,"一楼\n二楼"\n'.encode()).ok
    assert models.Seat.objects.get().seat_id == "s1"


def test_a_line_in_another_encoding_is_named(load: Load) -> None:
    header = "坐席编号,类型\n"
    content = (header + "s1,人工\n").encode() + "s2,人工\n".encode("gb18030") + b"s3,\n"
    with pytest.raises(NianjianError) as raised:
        load("seats", content)
    assert (raised.value.code, raised.value.values["line"]) == ("encoding_mixed", 3)
    with pytest.raises(NianjianError) as raised:
        load("seats", header.encode() + "s2,人工\n".encode("gb18030"))
    assert (raised.value.code, raised.value.values["line"]) == ("encoding_mixed", 2)
    assert load("seats", (header + "s1,人工\n").encode("gb18030")).ok


@pytest.mark.parametrize(
    ("kind", "row", "wrong", "right", "code"),
    [
        (
            "numbers",
            "码号,备案状态,备案日期,呼出权限\n{},已备案,2025-01-01,是\n",
            ["13800138000", "4001234567"],
            ["95013", "96123", "10198"],
            "root_unusual",
        ),
        ("consents", "号码,用途\n{},回访\n", ["138****0000"], ["13800138000", "057188880000"], "number_masked"),
    ],
)
def test_a_number_that_can_do_nothing_is_warned_of(  # noqa: PLR0917 -- one case
    load: Load, kind: str, row: str, wrong: list[str], right: list[str], code: str
) -> None:
    for number in [*wrong, *right]:
        receipt = load(kind, row.format(number).encode())
        assert receipt.ok
        assert [one.code for one in receipt.warnings] == ([code] if number in wrong else [])


def test_a_ticket_closed_before_its_first_response_is_warned_of(load: Load) -> None:
    head = "编号,来源,受理时间,首次响应时间,结案时间\n"
    times = ("2026-03-02 05:35:00", "2026-03-02 04:35:00")
    for place, (responded, closed) in enumerate((times, times[::-1], (times[0], times[0]), ("", times[1]))):
        receipt = load("complaints", f"{head}T{place},企业,2026-03-02 04:00:00,{responded},{closed}\n".encode())
        assert receipt.ok
        warnings = [
            (one.line, one.column, one.code) for one in receipt.warnings if one.code == "closed_before_response"
        ]
        assert warnings == ([(2, "结案时间", "closed_before_response")] if place == 0 else [])
