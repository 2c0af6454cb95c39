import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):

    dependencies = [
        ('dossier', '0005_fill_in'),
    ]

    operations = [
        migrations.AddField(
            model_name='pagepicture',
            name='arrival',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pictures', to='dossier.arrival'),
        ),
        migrations.AlterField(
            model_name='pagepicture',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pictures', to='dossier.version'),
        ),
        migrations.AddConstraint(
            model_name='pagepicture',
            constraint=models.UniqueConstraint(fields=('arrival', 'page'), name='dossier_picture_waits_once'),
        ),
        migrations.AddConstraint(
            model_name='pagepicture',
            constraint=models.CheckConstraint(condition=Q(version__isnull=True, arrival__isnull=False) | Q(version__isnull=False, arrival__isnull=True), name='dossier_picture_of_one'),
        ),
    ]
