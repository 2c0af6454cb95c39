"""By which purposes and words a built list was read."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists of before do not know it."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("registers", "0008_gate")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.AddField(
            model_name="gatelist",
            name="words",
            field=models.CharField(default="", max_length=64),
        ),
    ]
