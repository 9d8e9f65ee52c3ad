from django.db import migrations, models

from forces.locks import CentralTable, InsertOnly


class Migration(migrations.Migration):

    dependencies = [
        ('forces', '0008_system_locks'),
    ]

    operations = [
        migrations.CreateModel(
            name='AreaMap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('drawing', models.JSONField(null=True)),
                ('attribution', models.CharField(blank=True, max_length=500)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('loaded_at', models.DateTimeField()),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('drawing', None), models.Q(('attribution', ''), _negated=True), _connector='OR'), name='area_map_has_attribution')],
            },
        ),
        CentralTable('forces_areamap', 'SELECT, INSERT'),
        InsertOnly('forces_areamap'),
    ]
