"""Lines of a home that is upgraded go on refusing: a line observes at first only where it is new from now on."""

import uuid

from django.db import migrations
from django.utils import timezone

ABOUT = ("channel", "display", "team")


def enforce_known_lines(apps, _schema):
    """Write down of what was set, and of each line of the register, that it is enforced."""
    policies, lines = apps.get_model("registers", "GatePolicy"), apps.get_model("registers", "Line")
    standing = policies.objects.filter(superseded_at=None, key__in=ABOUT).exclude(in_force_at=None)
    for row in standing:
        row.values = {**row.values, "enforce": True}
        row.save(update_fields=["values"])
    capped = set(standing.filter(key="channel").values_list("enterprise_id", "name"))
    known = lines.objects.filter(superseded_at=None).exclude(line_id=None).exclude(line_id="")
    now = timezone.now()
    policies.objects.bulk_create(
        policies(
            id=uuid.uuid4().hex, enterprise_id=enterprise, key="channel", name=name,
            values={"cap": None, "white_list": False, "enforce": True}, reason="升级前已登记的线路",
            proposed_by="system:upgrade", proposed_at=now, in_force_at=now,
        )
        for enterprise, name in sorted(set(known.values_list("enterprise_id", "line_id").distinct()) - capped)
    )


class Migration(migrations.Migration):

    dependencies = [
        ("registers", "0011_declarations"),
    ]

    operations = [
        migrations.RunPython(enforce_known_lines, migrations.RunPython.noop, elidable=True),
    ]
