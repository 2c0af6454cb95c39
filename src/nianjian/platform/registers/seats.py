"""The register of 坐席: its rows, its sheet and the checks of a row."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Final

from django.db import models
from django.db.models import F, Q

from nianjian.platform.registers.columns import (
    CHANGED,
    EMPLOYMENT,
    FILING,
    IDENTITY,
    INSURED_BY,
    NAME,
    SKILL,
    STAFF_ID,
    TEAM,
    WORKPLACE,
    Column,
    Fault,
    Kind,
    Row,
    Sheet,
    Undated,
    check_order,
)
from nianjian.platform.registers.prefixes import prefix_index
from nianjian.platform.registers.versions import Version, current_versions
from nianjian.platform.vault.fields import SealedText


class Seat(Version):
    """A seat (坐席), human or robot, filed and opened. Key: the seat's id."""

    seat_id = models.TextField(null=True)
    kind = models.CharField(max_length=16, null=True)  # human | robot
    staff_id = models.TextField(null=True)
    person = SealedText(null=True)
    identity = SealedText(null=True)
    desk = models.TextField(null=True)
    workplace = models.TextField(null=True)
    skill = models.TextField(null=True)
    team = models.TextField(null=True)
    employment = models.CharField(max_length=16, null=True)  # own | dispatched | outsourced
    insured_by = models.TextField(null=True)
    filing = models.CharField(max_length=16, null=True)  # filed | unfiled | cancelled
    filed_on = models.DateField(null=True)
    cancelled_on = models.DateField(null=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    display = models.TextField(null=True)

    class Meta(Version.Meta):
        """Found by the beginning of its number."""

        abstract = False
        indexes: ClassVar[list[models.Index]] = [
            *Version.Meta.indexes,
            prefix_index("seat_by_code", "key"),
            prefix_index("seat_by_team", "key", "team"),
        ]


KINDS: Final = {
    "人工": "human", "机器人": "robot", "人工坐席": "human", "机器人坐席": "robot", "智能": "robot", "AI": "robot",
    "智能机器人": "robot",
}  # fmt: skip


def _filed_without_day(row: Row) -> Fault | None:
    return ("filed_on", "filing_day_unknown") if row.get("filing") == "filed" and not row.get("filed_on") else None


SEATS: Final = Sheet(
    kind="seats",
    title="坐席",
    keys=(("seat_id",),),
    undated=Undated.CORRECTION,
    columns=(
        Column("坐席编号", "seat_id", Kind.CODE, ("坐席号", "坐席ID", "座席编号", "座席号"), example="S0001"),
        Column("类型", "kind", Kind.CHOICE, ("坐席类型", "座席类型"), KINDS, example="人工"),
        STAFF_ID,
        NAME,
        IDENTITY,
        Column("工位号", "desk", Kind.CODE, ("工位",), example="3F-01"),
        WORKPLACE, SKILL, TEAM, EMPLOYMENT, INSURED_BY,
        Column("备案状态", "filing", Kind.CHOICE, choices=FILING, example="已备案"),
        Column("备案日期", "filed_on", Kind.DATE, example="2025-02-01"),
        Column("备案注销日期", "cancelled_on", Kind.DATE, ("注销日期",), example=""),
        Column("开通日期", "opened_on", Kind.DATE, ("启用日期",), example="2025-02-10"),
        Column("停用日期", "closed_on", Kind.DATE, ("下线日期",), example=""),
        Column("默认外显号", "display", Kind.CODE, ("默认外显号码", "外显号码"), example="95013001"),
        CHANGED,
    ),
    checks=(
        check_order("opened_on", "closed_on", "closed_before_opened"),
        check_order("filed_on", "cancelled_on", "cancelled_before_filed"),
    ),
    notes=(_filed_without_day,),
    needed=("kind", "filing", "opened_on"),
)  # fmt: skip


def is_filed(row: Mapping[str, object], day: date) -> bool:
    """Whether the seat is filed and valid on the day, as D1 counts F."""
    return not is_gone(row, day) and row.get("filing") is not None and row.get("filed_on") is not None


def is_open(row: Mapping[str, object], day: date) -> bool:
    """Whether it is open on the day, as D1 counts O: the day of closing is the first on which it is not."""
    since, until = row.get("opened_on"), row.get("closed_on")
    return isinstance(since, date) and since <= day and not (isinstance(until, date) and until <= day)


def is_gone(row: Mapping[str, object], day: date) -> bool:
    """Whether it is surely not filed on the day: cancelled, never filed, or filed only later."""
    ended, since = row.get("cancelled_on"), row.get("filed_on")
    cancelled = ended <= day if isinstance(ended, date) else row.get("filing") == "cancelled"
    return cancelled or row.get("filing") == "unfiled" or (isinstance(since, date) and since > day)


def has_seats(enterprise: str) -> bool:
    """Whether the register contains any seat; without one it does not say that there are no robots."""
    return current_versions(Seat, enterprise).exists()


def has_robot_seats(enterprise: str, first: date, last: date) -> bool:
    """Whether a robot seat was filed or open on any day from ``first`` to ``last``, both included (M13).

    A seat without a day of filing or opening counts as if it had always been filed, one without a kind as a robot: the
    stricter readings. Each version counts for its own days only.
    """
    in_span = (Q(valid_from=None) | Q(valid_from__lte=last)) & (Q(valid_to=None) | Q(valid_to__gte=first))
    robot = Q(kind="robot") | Q(kind=None)
    filed = _overlaps("filed_on", "cancelled_on", first, last) & (
        Q(filing="filed") | Q(filing=None) | Q(filed_on__isnull=False)
    )
    opened = _overlaps("opened_on", "closed_on", first, last) & Q(opened_on__isnull=False)
    return current_versions(Seat, enterprise).filter(in_span, robot).filter(filed | opened).exists()


def robot_rules_apply(enterprise: str, year: int, today: date) -> bool:
    """Whether robot seats were filed or open in the data year, or are today (M13).

    A register without a seat does not say that there is none: the rules apply.
    """
    return (
        not has_seats(enterprise)
        or has_robot_seats(enterprise, date(year, 1, 1), date(year, 12, 31))
        or has_robot_seats(enterprise, today, today)
    )


def _overlaps(start: str, end: str, first: date, last: date) -> Q:
    """A span whose end is not included meets the days; a missing bound is open."""
    begun = Q(**{start: None}) | Q(**{f"{start}__lte": last})
    over = Q(**{end: None}) | Q(**{f"{end}__gt": first}) | Q(**{end: F(start)})
    return begun & over
