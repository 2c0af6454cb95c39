"""Teams that lines, seats and people may name, put into the register without an act of anybody's."""

from nianjian.engines.kernel import clock
from nianjian.platform.registers.models import Team


def standing(enterprise: str, *ids: str) -> None:
    """Let these teams stand in the register since ever, where it does not have them."""
    there = set(Team.objects.filter(enterprise_id=enterprise).values_list("key", "name"))
    existing = {text for pair in there for text in pair}
    now = clock.now()
    missing = [one for one in ids if one and one not in existing]
    Team.objects.bulk_create(
        Team(enterprise_id=enterprise, key=one, team_id=one, recorded_at=now, file="") for one in missing
    )
