from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inspection', '0004_scans_and_seen'),
    ]

    operations = [
        migrations.AddField(
            model_name='route',
            name='ca',
            field=models.TextField(blank=True, default=''),
            preserve_default=False,
        ),
    ]
