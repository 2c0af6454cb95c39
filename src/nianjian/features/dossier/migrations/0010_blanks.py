"""How many blanks of a version's report nobody has said anything about."""

import json
from typing import Any, ClassVar

from django.db import migrations, models

from nianjian.features.dossier.states import count_blanks


def count_those_there(apps: Any, _editor: object) -> None:  # noqa: ANN401 - Django's historical registry
    """Of the versions that were stored before."""
    version = apps.get_model("dossier", "Version")
    for row in version.objects.only("pk", "report").iterator():
        if blanks := count_blanks(json.loads(row.report or "{}").get("findings", ())):
            version.objects.filter(pk=row.pk).update(blanks=blanks)


class Migration(migrations.Migration):
    """A column, filled from the reports."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("dossier", "0009_sealed_scan_dpi")]

    operations: ClassVar[list[Any]] = [
        migrations.AddField(
            model_name="version", name="blanks", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.RunPython(count_those_there, migrations.RunPython.noop),
    ]
