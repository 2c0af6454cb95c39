"""What the enterprise of the year's walk puts in: small sheets, whose figures the walk expects on the pages."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from tests.support.season_papers import COMPANY, HEAD

YEAR: Final = 2026  # data year
LICENCE: Final = "B2-20240078"
OWN: Final = "95013001"
MARKETING: Final = 3  # calls whose purpose is marketing
PEOPLE: Final = ("王建国", "李晓燕", "张瀚文")
IDS: Final = ("11010519491231002X", "110101199003070759", "440524188001010014")
FILED, OPEN = 10, 6  # seats
CLOSED: Final = 3  # of the four complaints of the year

STATEMENTS: Final = {
    "信息安全第一责任人姓名": HEAD, "信息安全第一责任人职务": "总经理", "日常工作负责人姓名": "王建国",
    "日常工作负责人职务": "合规主管", "日常工作负责人电话": "0571-86000100",
    "现行制度（名称、日期）": "《信息安全管理制度》，2026年1月5日", "年度培训（日期、人员）": "2026年5月，全体客服人员",
    "其他存有个人信息的系统及其保护措施": "无其他系统", "录音保存期限": "六个月",
    "应急预案（名称、日期）": "《信息安全应急预案》，2026年1月5日", "年度演练情况及结果": "2026年6月演练一次，合格",
}  # fmt: skip

ENTRIES: Final = {
    "企业名称": COMPANY, "统一社会信用代码": "91110000600037341L", "法定代表人": HEAD, "许可证编号": LICENCE,
    "注册地址": "杭州市余杭区文一西路", "注册资本": "1000万元", "业务种类": "国内呼叫中心业务",
    "业务覆盖范围": "全国", "企业性质": "有限责任公司", "上市情况": "未上市", "分支机构": "无",
    "客服投诉电话": "0571-86000100", "用户投诉量": "4", "用户投诉回复率": "100%",
    "营业收入（选择公示）": "1200万元", "电信业务收入（选择公示）": "800万元", "呼叫中心业务（B24）收入单列": "800万元",
    "坐席数（备案）": "8", "已开通坐席": "6", "年呼出量": "365", "年呼入量": "0", "呼出占比": "100%",
    "服务行业": "零售业", "员工人数": "3", "参保人数": "3", "95/96/10号码": "95013", "中继线数": "2",
    "中继线运营商": "中国电信、中国联通", "违规情况": "无", "上年经营情况": "全年外呼365次",
    "网络建设、业务发展、人员及机构变动情况": "停用备案坐席2席，其余无变动",
    "服务质量情况": "受理投诉4件，均已办结", "网络与信息安全保障制度和措施执行情况": "制度健全，全年无信息安全事件",
    "执行国家和电信管理机构有关规定及经营许可证特别规定事项情况": "营销外呼已停止，其余按规定执行",
}  # fmt: skip
"""All fields of the licence report, those that the records know as they must come out of the walk's own sheets."""

TEAMS: Final = "团队编号,名称,类型,协议编号\nT1,一队,自有,\nT2,二队,外包,XY-2026-01\n"
LINES: Final = (
    "线路编号,名称,运营商,落地网关,团队,状态,启用日期\nL1,一号中继,中国电信,G1,T1,启用,2025-01-01\n"
    "L2,二号中继,中国联通,G1,T2,启用,2025-01-01\n"
)
NUMBERS: Final = (
    "码号,批准总位长,使用主体,用途,使用范围,证书编号,批准文号,有效期起,有效期止,备案状态,备案日期,开通运营商,开通日期,"
    "接入地,指定落地网关,呼入权限,呼出权限,承诺书,占用费缴纳,联系人\n"
    f"95013,8,{COMPANY},客户回访,全国,号[2024]00001-A01,工信许可〔2024〕1号,2024-01-01,2028-12-31,已备案,2024-02-01,"
    "中国电信,2024-02-10,杭州,G1,是,是,有,已缴纳,张三丰\n"
)
LICENCES: Final = (
    "许可证编号,类型,发证机关,业务种类,覆盖范围,发证日期,有效期止,统一社会信用代码,企业名称,法定代表人,注册地址\n"
    f"{LICENCE},全网,工业和信息化部,国内呼叫中心业务,全国,2024-03-01,2029-02-28,91110000600037341L,{COMPANY},{HEAD},"
    "杭州市余杭区文一西路\n"
)


def seats(filed: int = FILED, opened: int = OPEN, changed: str = "") -> str:
    """The first of them are open; three have people."""
    rows = ["坐席编号,类型,工号,姓名,证件号,工位号,团队,备案状态,备案日期,备案注销日期,开通日期,默认外显号,变更日期"]
    for at in range(1, FILED + 1):
        number, person, identity = ("", "", "") if at > len(PEOPLE) else (1000 + at, PEOPLE[at - 1], IDS[at - 1])
        day = "2024-02-10" if at <= opened else ""
        gone = "" if at <= filed else changed
        state = "已备案" if at <= filed else "已注销"
        rows.append(
            f"S{at:04},人工,{number},{person},{identity},3F-{at:02},T1,{state},2024-02-01,{gone},{day},{OWN},{changed}"
        )
    return "\n".join(rows) + "\n"


def staff() -> str:
    """Who works there."""
    rows = ["工号,姓名,证件号,岗位,坐席编号,用工形式,入职日期"]
    rows += [f"{1001 + at},{name},{IDS[at]},客服,S{at + 1:04},自有,2025-01-02" for at, name in enumerate(PEOPLE)]
    return "\n".join(rows) + "\n"


def paid(months: Iterable[str]) -> str:
    """Social insurance of each for these months, each paid on the 15th of the month."""
    rows = ["单位名称,社保编号,姓名,社会保障号码,险种,费款所属期,缴费基数,单位缴,个人缴,缴费日期,状态"]
    for month in months:
        day = f"{month[:4]}-{month[4:]}-15"
        rows += [
            f"{COMPANY},3301000001,{name},{IDS[at]},养老,{month},8000.00,1280.00,640.00,{day},已到账"
            for at, name in enumerate(PEOPLE)
        ]
    return "\n".join(rows) + "\n"


def wages(months: Iterable[str]) -> str:
    """Wages of each for these months."""
    rows = ["流水号,付款单位,付款账户,收款人,账号尾号,金额,付款日期,摘要,所属月"]
    for month in months:
        day = f"{month[:4]}-{month[4:]}-20"
        rows += [
            f"W{month}{at},{COMPANY},3301000000001,{name},{8800 + at},6500.00,{day},工资,{month}"
            for at, name in enumerate(PEOPLE)
        ]
    return "\n".join(rows) + "\n"


COMPLAINTS: Final = (
    "编号,来源,上级单号,受理时间,转办到达时间,投诉人号码,被投诉号码,来电时间,类型,内容,线路编号,团队编号,处理人,首次响应时间,"
    "首次响应人,处理措施,回访时间,回访结果,结案时间,是否属实"
)


def complaints() -> str:
    """Four of the year: one of 12321 and three of the enterprise's own; one of these is open."""
    rows = [COMPLAINTS]
    for at, month in enumerate((3, 5, 6, 9), 1):
        rows.append(_complaint(at, date(YEAR, month, 12), "12321" if at == 1 else "企业", closed=at <= CLOSED))
    return "\n".join(rows) + "\n"


def forwarded(day: date) -> str:
    """One more of 12321, dealt with on its day."""
    return f"{COMPLAINTS}\n{_complaint(5, day, '12321', closed=True)}\n"


def _complaint(at: int, day: date, source: str, *, closed: bool) -> str:
    reference = f"12321-{day.year}-{at:04}" if source == "12321" else ""
    line = f"TS-{at:04},{source},{reference},{day} 09:00:00,{day} 09:10:00,{13800138000 + at},{OWN},{day} 08:30:00"
    line += ",来电频繁,一日两次来电,L2,T2,王建国"
    done = f",{day} 09:40:00,王建国,致歉并加入谢绝名单,{day} 11:00:00,满意,{day} 12:00:00,是"
    return line + (done if closed else ",,,,,,,")


CALLS: Final = "话单ID,方向,主叫号码,外显号码,被叫号码,开始时间,接通时间,结束时间,结果,线路编号,团队,呼叫用途,落地网关"


def calls(first: date, last: date, *, marketing: int = 0, busy: tuple[str, int] = ("", 0)) -> bytes:
    """One answered outbound call a day on L1; the first ones are marketing; ``busy``: so many more a day on a line."""
    rows = [CALLS]
    for at, day in enumerate(_days(first, last)):
        purpose = "营销" if at < marketing else "客户回访"
        rows.append(_call(f"c{day:%y%m%d}", f"{day} 09:{at % 50:02}", day.toordinal(), f"L1,T1,{purpose}"))
        rows += [
            _call(f"d{day:%y%m%d}{n}", f"{day} 14:{n:02}", day.toordinal() * 50 + n, f"{busy[0]},客户回访")
            for n in range(busy[1])
        ]
    return ("\n".join(rows) + "\n").encode("gb18030")


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=at) for at in range((last - first).days + 1))


def _call(name: str, time: str, number: int, line: str) -> str:
    callee = 13900000000 + number
    return f"{name},呼出,057186000100,{OWN},{callee},{time}:00,{time}:05,{time}:40,接通,{line},G1"
