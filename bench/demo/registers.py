"""The enterprise's own books: numbers, lines, teams, seats, people and their pay, consents, the licence."""

import csv
import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import xlsxwriter

from bench.demo.calls import FLOWS

Row = dict[str, object]
COMPANY: Final = "示例呼叫科技有限公司"
SEATS: Final = {"T00": 100, "T01": 60, "T02": 50, "T03": 50}
OPEN_SHARE: Final = 0.655
ROBOTS: Final = 20
SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英"
# the check digit of GB 11643
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _identity(draw: random.Random) -> str:
    """A number of an invented person, its check digit right."""
    born = date(1980, 1, 1) + timedelta(days=draw.randrange(9000))
    body = f"330106{born:%Y%m%d}{draw.randrange(1000):03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def numbers() -> list[Row]:
    """Three filed short numbers, one of them with outbound permission only since the spring."""
    common: Row = {
        "使用主体": COMPANY, "使用范围": "全国", "备案状态": "已备案", "开通运营商": "中国电信", "接入地": "杭州",
        "指定落地网关": "GW-HZ-01", "呼入权限": "是", "呼出权限": "是", "承诺书": "是", "占用费缴纳": "2026-01-20", "联系人": "陈静",
    }  # fmt: skip
    return [
        {
            **common,
            "码号": "95078",
            "批准总位长": 8,
            "用途": "客户服务与回访",
            "证书编号": "号[2019]00078",
            "有效期起": "2024-06-01",
            "有效期止": "2029-05-31",
            "备案日期": "2024-06-05",
            "开通日期": "2024-06-10",
        },
        {
            **common,
            "码号": "95079",
            "批准总位长": 8,
            "用途": "客户回访",
            "证书编号": "号[2021]00079",
            "有效期起": "2023-03-01",
            "有效期止": "2028-02-29",
            "备案日期": "2023-03-06",
            "开通日期": "2023-03-10",
        },
        {
            **common,
            "码号": "96521",
            "批准总位长": 5,
            "用途": "便民服务",
            "证书编号": "浙号[2020]0521",
            "使用范围": "浙江",
            "有效期起": "2022-09-01",
            "有效期止": "2027-08-31",
            "备案日期": "2022-09-02",
            "开通日期": "2022-09-10",
        },
    ]


def teams() -> list[Row]:
    """The own floor and three outsourcers."""
    return [
        {"团队编号": "T00", "名称": "自营杭州", "类型": "自有", "协议编号": "", "变更日期": "2025-06-01"},
        {"团队编号": "T01", "名称": "华讯外包", "类型": "外包", "协议编号": "WB-2024-011", "变更日期": "2025-06-01"},
        {"团队编号": "T02", "名称": "众联外包", "类型": "外包", "协议编号": "WB-2025-003", "变更日期": "2025-06-01"},
        {"团队编号": "T03", "名称": "速达外包", "类型": "外包", "协议编号": "WB-2025-017", "变更日期": "2025-06-01"},
    ]


def lines() -> list[Row]:
    """Every line of the calls, with its team."""
    owner = {line: team for _, team, _, inside in FLOWS for line in inside}
    carriers = ("中国电信", "中国联通", "中国移动")
    return [
        {"线路编号": line, "名称": f"中继{line[1:]}", "运营商": carriers[number % 3], "落地网关": f"GW-{team}", "团队": team, "状态": "启用", "启用日期": "2025-06-01", "停用日期": "", "变更日期": "2025-06-01"}
        for number, (line, team) in enumerate(sorted(owner.items()))
    ]  # fmt: skip


def seats(draw: random.Random) -> list[Row]:
    """Filed seats, of which about two thirds are opened: the vacancy is above the limit."""
    found: list[Row] = []
    for team, count in SEATS.items():
        for number in range(count):
            robot = number >= count - ROBOTS // 4
            opened = draw.random() < OPEN_SHARE
            seat = f"{team}{'R' if robot else 'S'}{number if not robot else number - count + ROBOTS // 4:0{2 if robot else 3}d}"
            person: Row = {} if robot or not opened else {
                "工号": f"E{team[1:]}{number:04d}", "姓名": draw.choice(SURNAMES) + draw.choice(GIVEN) + draw.choice(GIVEN),
                "证件号": _identity(draw),
            }  # fmt: skip
            found.append({
                "坐席编号": seat, "类型": "机器人" if robot else "人工", "工号": "", "姓名": "", "证件号": "", **person,
                "工位号": f"{team}-{number:03d}", "职场地址": "杭州市余杭区文一西路示例园区3幢", "技能组": "回访" if robot else "客服",
                "团队": team, "用工形式": "自有" if team == "T00" else "外包",
                "社保缴纳单位": COMPANY if team == "T00" else f"{team}人力资源有限公司",
                "备案状态": "已备案", "备案日期": "2025-08-15", "备案注销日期": "", "开通日期": "2025-09-01" if opened else "",
                "停用日期": "", "默认外显号": "95078001" if team in {"T00", "T01"} else "96521",
            })  # fmt: skip
    return found


def licences() -> list[Row]:
    """One licence, nationwide."""
    return [
        {"许可证编号": "B2-20240078", "类型": "全网", "发证机关": "工业和信息化部", "业务种类": "B24 呼叫中心业务", "覆盖范围": "全国", "发证日期": "2024-03-18", "有效期止": "2029-03-18", "统一社会信用代码": "91110000600037341L", "企业名称": COMPANY, "法定代表人": "周敏", "注册地址": "杭州市余杭区文一西路示例园区3幢"}
    ]  # fmt: skip


def people(seats_: Sequence[Row]) -> tuple[list[Row], list[Row], list[Row]]:
    """(staff, social insurance, wages) of the own floor, the last three months."""
    own = [seat for seat in seats_ if seat["姓名"] and seat["用工形式"] == "自有"]
    staff: list[Row] = [
        {"工号": one["工号"], "姓名": one["姓名"], "证件号": one["证件号"], "用工形式": "自有", "社保缴纳单位": COMPANY, "入职日期": "2025-08-01", "离职日期": ""}
        for one in own
    ]  # fmt: skip
    insurance: list[Row] = [
        {"单位名称": COMPANY, "姓名": one["姓名"], "社会保障号码": one["证件号"], "险种": kind, "费款所属期": month, "缴费基数": "6000", "单位缴": "900", "个人缴": "480", "到账日期": f"{month[:4]}-{month[4:]}-20", "状态": "已缴"}
        for one in own for month in ("202608", "202609", "202610") for kind in ("养老", "医疗", "失业")
    ]  # fmt: skip
    wages: list[Row] = [
        {"付款单位": COMPANY, "收款人": one["姓名"], "账号尾号": f"{1000 + number}", "金额": "7350.00", "付款日期": f"2026-{month + 1:02d}-10", "摘要": "工资", "所属月": f"2026{month:02d}"}
        for number, one in enumerate(own) for month in (8, 9, 10)
    ]  # fmt: skip
    return staff, insurance, wages


def consents(draw: random.Random) -> list[Row]:
    """Customers who agreed to be called back."""
    return [
        {"号码": f"1{draw.randrange(3, 10)}{draw.randrange(10**9):09d}", "用途": "服务回访", "取得方式": "线上勾选", "取得时间": "2026-03-02 10:15:00", "到期时间": "2027-03-02 00:00:00", "撤回时间": "", "凭证": f"CONSENT-{number:05d}"}
        for number in range(2000)
    ]  # fmt: skip


def sheet(path: Path, rows: Iterable[Row]) -> Path:
    """Write a register as CSV (UTF-8 with BOM, as Excel does) or xlsx, by the suffix."""
    held = list(rows)
    header = list(held[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as out:
            writer = csv.DictWriter(out, header)
            writer.writeheader()
            writer.writerows(held)
        return path
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, header)
        for number, row in enumerate(held, 1):
            for column, name in enumerate(header):
                if row.get(name, "") != "":
                    page.write_string(number, column, str(row[name]))
    return path


def write(folder: Path) -> dict[str, Path]:
    """All registers but the complaints; returns kind → file."""
    draw = random.Random(20261124)
    held = seats(draw)
    staff, insurance, wages = people(held)
    return {
        "licences": sheet(folder / "许可证.xlsx", licences()),
        "numbers": sheet(folder / "码号台账.xlsx", numbers()),
        "teams": sheet(folder / "团队.csv", teams()),
        "lines": sheet(folder / "中继线.csv", lines()),
        "seats": sheet(folder / "坐席明细表.xlsx", held),
        "staff": sheet(folder / "人员.xlsx", staff),
        "social-insurance": sheet(folder / "社保缴费清单.csv", insurance),
        "wages": sheet(folder / "工资流水.csv", wages),
        "consents": sheet(folder / "授权.csv", consents(draw)),
    }
