"""The register of 员工: its rows, its sheet and the checks of a row."""

from typing import ClassVar, Final

from django.db import models

from nianjian.platform.registers.columns import (
    CHANGED,
    EMPLOYMENT,
    IDENTITY,
    INSURED_BY,
    NAME,
    SKILL,
    STAFF_ID,
    TEAM,
    WORKPLACE,
    Column,
    Kind,
    Sheet,
    check_order,
)
from nianjian.platform.registers.prefixes import prefix_index
from nianjian.platform.registers.versions import Version
from nianjian.platform.vault.fields import SealedText


class Person(Version):
    """A person of the staff at one employer and seat. Key: staff id, else the identity paper, as a blind index."""

    staff_id = models.TextField(null=True)
    person = SealedText(null=True)
    identity = SealedText(null=True)
    post = models.TextField(null=True)
    seat_id = models.TextField(null=True)
    workplace = models.TextField(null=True)
    skill = models.TextField(null=True)
    team = models.TextField(null=True)
    employment = models.CharField(max_length=16, null=True)  # own | dispatched | outsourced
    insured_by = models.TextField(null=True)
    joined_on = models.DateField(null=True)
    left_on = models.DateField(null=True)

    class Meta(Version.Meta):
        """Found by the beginning of the staff number."""

        abstract = False
        indexes: ClassVar[list[models.Index]] = [
            *Version.Meta.indexes,
            prefix_index("person_by_code", "staff_id"),
            prefix_index("person_by_team", "staff_id", "team"),
        ]


STAFF: Final = Sheet(
    kind="staff",
    title="员工",
    keys=(("staff_id",), ("identity",)),
    apart=("insured_by", "seat_id"),
    columns=(
        STAFF_ID, NAME, IDENTITY, Column("岗位", "post", aliases=("职务",), example="客服"),
        Column("坐席编号", "seat_id", Kind.CODE, ("坐席号", "座席编号"), example="S0001"),
        WORKPLACE, SKILL, TEAM, EMPLOYMENT, INSURED_BY,
        Column("入职日期", "joined_on", Kind.DATE, example="2025-01-02"),
        Column("离职日期", "left_on", Kind.DATE, example=""),
        CHANGED,
    ),
    checks=(check_order("joined_on", "left_on", "left_before_joined"),),
    needed=("identity", "insured_by"),
)  # fmt: skip
