"""The columns of complaint tickets."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Final

from nianjian.engines.kernel import clock
from nianjian.platform.registers.columns import Column, Fault, Kind, Row, Sheet, Undated, check_order

SOURCES: Final = {
    "12321": "12321",
    "12300": "12300",
    "企业": "enterprise",
    "一键投诉": "one_click",
    "运营商": "carrier",
    "12321举报中心": "12321",
    "工信部12300": "12300",
    "12321平台": "12321",
    "12300平台": "12300",
    "企业自收": "enterprise",
    "自有渠道": "enterprise",
}


def spell_source(stored: str) -> str:
    """The sheet's first word for a stored source; what is none stays."""
    return next((word for word, code in SOURCES.items() if code == stored), stored)


EXCLUSIONS: Final = {
    "不予受理": "not_accepted",
    "非本企业号码": "not_own_number",
    "重复": "duplicate",
    "非呼叫类": "not_a_call",
    "非本企业": "not_own_number",
    "重复投诉": "duplicate",
    "非呼叫类(12300)": "not_a_call",
}
AHEAD: Final = timedelta(days=1)  # clocks differ, and a day may be written without its hour


def _happened(field: str) -> Callable[[Row], Fault | None]:
    """A check that a moment is not in the future: it would move a ticket into another year, or close an open one."""

    def check(row: Row) -> Fault | None:
        moment = row.get(field)
        return (field, "moment_in_future") if isinstance(moment, datetime) and moment > latest_moment() else None

    return check


def latest_moment() -> datetime:
    """Now and a day; in a drill that plays a later day, the end of that day."""
    played = datetime.combine(clock.today(), time(), clock.ZONE)
    return max(clock.now(), played) + AHEAD


COMPLAINTS: Final = Sheet(
    kind="complaints",
    title="投诉工单",
    keys=(("ticket_id",),),
    undated=Undated.CORRECTION,
    columns=(
        Column("编号", "ticket_id", Kind.CODE, ("工单编号", "工单号", "投诉编号"), example="TS-2026-0001"),
        Column("来源", "source", Kind.CHOICE, ("投诉来源", "来源渠道"), SOURCES, required=True, example="12321"),
        Column("上级单号", "reference", Kind.CODE, ("转办单号", "来源单号"), example="12321-20260301-0001"),
        Column("受理时间", "accepted_at", Kind.MOMENT, ("受理日期",), required=True, example="2026-03-01 09:30:00"),
        Column("转办到达时间", "arrived_at", Kind.MOMENT, ("到达时间", "转办时间"), example="2026-03-01 10:00:00"),
        Column(
            "投诉人号码", "complainant", Kind.PHONE, ("投诉号码", "投诉人电话"), personal=True, example="13800138000"
        ),
        Column("被投诉号码", "complained", Kind.PHONE, ("被投诉号码(外显)", "被举报号码"), example="95013001"),
        Column("来电时间", "called_at", Kind.MOMENT, ("呼叫时间",), example="2026-02-28 15:12:00"),
        Column("通话时长", "duration", Kind.DURATION, ("通话时长(秒)",), example="35"),
        Column("类型", "category", aliases=("投诉类型",), example="营销骚扰"),
        Column("内容", "content", aliases=("投诉内容",), personal=True, example="多次拨打推销电话"),
        Column("关联话单ID", "call_id", Kind.CODE, ("话单ID", "关联话单"), example=""),
        Column("线路编号", "line_id", Kind.CODE, ("线路", "通道"), example="L01"),
        Column("团队编号", "team_id", Kind.CODE, ("团队", "外包团队"), example="T01"),
        Column("自动回复时间", "auto_replied_at", Kind.MOMENT, example=""),
        Column("处理人", "assignee", Kind.CODE, ("责任人", "受理人"), example="1001"),
        Column("首次响应时间", "responded_at", Kind.MOMENT, ("响应时间",), example="2026-03-01 10:30:00"),
        Column("首次响应人", "responded_by", aliases=("响应人",), personal=True, example="李四"),
        Column("处理措施", "measures", aliases=("处理结果",), personal=True, example="致歉并加入免打扰名单"),
        Column("回访时间", "called_back_at", Kind.MOMENT, example="2026-03-01 15:00:00"),
        Column("回访结果", "callback_result", personal=True, example="满意"),
        Column("结案时间", "closed_at", Kind.MOMENT, ("办结时间",), example="2026-03-01 16:00:00"),
        Column("重开时间", "reopened_at", Kind.MOMENT, example=""),
        Column("是否属实", "upheld", Kind.FLAG, ("属实",), example="否"),
        Column("排除原因", "exclusion", Kind.CHOICE, choices=EXCLUSIONS, example=""),
        Column("重复于", "duplicate_of", Kind.CODE, ("主工单编号",), example=""),
        Column("附件", "attachment", example=""),
        Column("演练", "drill", Kind.FLAG, ("是否演练",), example="否"),
    ),
    checks=(
        *map(_happened, ("accepted_at", "arrived_at", "responded_at", "called_back_at", "closed_at", "reopened_at")),
        check_order("accepted_at", "closed_at", "closed_before_accepted"),
        check_order("accepted_at", "reopened_at", "reopened_before_accepted"),
    ),
    notes=(check_order("responded_at", "closed_at", "closed_before_response"),),
    needed=("arrived_at", "line_id", "team_id"),
)
