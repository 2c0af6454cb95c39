from django.db import migrations

import nianjian.platform.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("inspection", "0007_landing_voicemail"),
    ]

    operations = [
        migrations.AddField(
            model_name="route",
            name="identity",
            field=nianjian.platform.vault.fields.SealedText(null=True),
        ),
    ]
