"""Where a person has put the guided start away: nobody has yet."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_holds'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='unled',
            field=models.JSONField(default=list),
        ),
    ]
