"""The register of 团队: its rows, its sheet and the checks of a row."""

from typing import ClassVar, Final

from django.db import models

from nianjian.platform.registers.columns import CHANGED, Column, Kind, Sheet
from nianjian.platform.registers.prefixes import prefix_index
from nianjian.platform.registers.versions import Version


class Team(Version):
    """A team, own or outsourced. Key: the team's id."""

    team_id = models.TextField(null=True)
    name = models.TextField(null=True)
    kind = models.CharField(max_length=16, null=True)  # own | outsourced
    agreement = models.TextField(null=True)

    class Meta(Version.Meta):
        """Found by the beginning of its number or name."""

        abstract = False
        indexes: ClassVar[list[models.Index]] = [
            *Version.Meta.indexes,
            prefix_index("team_by_code", "key"),
            prefix_index("team_by_name", "name"),
        ]


KINDS: Final = {"自有": "own", "外包": "outsourced", "自营": "own", "外包团队": "outsourced", "外协": "outsourced"}


TEAMS: Final = Sheet(
    kind="teams",
    title="团队",
    keys=(("team_id",),),
    columns=(
        Column("团队编号", "team_id", Kind.CODE, ("团队ID", "团队"), example="T01"),
        Column("名称", "name", aliases=("团队名称",), example="外包一队"),
        Column("类型", "kind", Kind.CHOICE, ("团队类型",), KINDS, example="外包"),
        Column("协议编号", "agreement", Kind.CODE, ("合同编号", "外包协议编号"), example="XY-2025-01"),
        CHANGED,
    ),
    needed=("kind",),
)
