import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('evaluations', '0002_locks'),
        ('forces', '0002_locks'),
    ]

    operations = [
        migrations.CreateModel(
            name='Deployment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=13, unique=True)),
                ('stage', models.CharField(choices=[('preparing', 'Being prepared'), ('published', 'Published'), ('withdrawn', 'Withdrawn'), ('discarded', 'Discarded')], default='preparing', max_length=10)),
                ('versions', models.PositiveIntegerField(default=1, help_text='Number of the newest result.')),
                ('matches', models.CharField(help_text="Reference of the national centre's transcription that the first publication replaced.", max_length=13, null=True, unique=True)),
                ('recorded_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawal_reason', models.TextField(blank=True)),
                ('force', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='forces.force')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='forces.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Result',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='1 for the first version, then one more each time.')),
                ('status', models.CharField(choices=[('recorded', 'Waits for review'), ('reviewed', 'Waits to be published'), ('published', 'Published'), ('discarded', 'Discarded')], default='recorded', max_length=10)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('reason', models.TextField(blank=True, help_text='Why it corrects what stood before; public.')),
                ('on', models.DateField()),
                ('place', models.CharField(max_length=200)),
                ('area', models.CharField(blank=True, max_length=200)),
                ('started_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('duration_minutes', models.PositiveIntegerField(null=True)),
                ('technology', models.CharField(choices=[('live', 'Live facial recognition'), ('retrospective', 'Retrospective facial recognition'), ('operator_initiated', 'Operator-initiated facial recognition')], default='live', max_length=30)),
                ('use_case', models.CharField(blank=True, max_length=200)),
                ('threshold', models.DecimalField(decimal_places=6, max_digits=11, null=True)),
                ('watchlist_size', models.PositiveIntegerField(null=True)),
                ('is_aborted', models.BooleanField(default=False)),
                ('abort_reason', models.CharField(blank=True, max_length=500)),
                ('faces_seen', models.PositiveIntegerField(null=True)),
                ('faces_method', models.CharField(choices=[('count', 'Counted one by one'), ('estimate', 'Estimated, for example from samples'), ('rounded', 'Rounded'), ('not_stated', 'Not stated')], max_length=12)),
                ('alerts', models.PositiveIntegerField(null=True)),
                ('true_alerts', models.PositiveIntegerField(null=True)),
                ('true_alerts_confirmed', models.PositiveIntegerField(null=True)),
                ('true_alerts_unconfirmed', models.PositiveIntegerField(null=True)),
                ('false_alerts', models.PositiveIntegerField(null=True)),
                ('false_alerts_confirmed', models.PositiveIntegerField(null=True)),
                ('false_alerts_unconfirmed', models.PositiveIntegerField(null=True)),
                ('undetermined_alerts', models.PositiveIntegerField(null=True)),
                ('engagements', models.PositiveIntegerField(null=True)),
                ('arrests', models.PositiveIntegerField(null=True)),
                ('other_action', models.PositiveIntegerField(null=True)),
                ('no_action', models.PositiveIntegerField(null=True)),
                ('absent', models.JSONField(default=dict)),
                ('absent_reason', models.CharField(blank=True, max_length=500)),
                ('answers', models.JSONField(default=dict, help_text='By check: about, answer, by (person id), at. Published with the figures.')),
                ('authors', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('recorded_at', models.DateTimeField()),
                ('reviewed_at', models.DateTimeField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('entry_id', models.BigIntegerField(help_text='Its entry on the register.', null=True, unique=True)),
                ('algorithm', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='evaluations.algorithmversion')),
                ('deployment', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='results', to='deployments.deployment')),
                ('force', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='forces.force')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='forces.person')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='forces.person')),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='forces.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddField(
            model_name='deployment',
            name='correction',
            field=models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deployments.result'),
        ),
        migrations.AddField(
            model_name='deployment',
            name='current',
            field=models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deployments.result'),
        ),
        migrations.CreateModel(
            name='Revision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('facts', models.JSONField(help_text='Values by field; a missing figure is [code].')),
                ('answers', models.JSONField()),
                ('written_at', models.DateTimeField()),
                ('force', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='forces.force')),
                ('result', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='deployments.result')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='forces.person')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddIndex(
            model_name='result',
            index=models.Index(fields=['force', '-on', '-deployment'], name='result_latest_idx'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.UniqueConstraint(fields=('deployment', 'number'), name='result_number_once'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('number', 1), ('reason', '')), models.Q(('number__gt', 1), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='result_correction_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.CheckConstraint(condition=models.Q(('published_by', None), models.Q(('published_by', models.F('recorded_by')), _negated=True), _connector='OR'), name='result_published_by_another'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.CheckConstraint(condition=models.Q(('reviewed_by', None), models.Q(('reviewed_by', models.F('recorded_by')), _negated=True), _connector='OR'), name='result_reviewed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry_id__isnull', False), ('published_at__isnull', False), ('published_by__isnull', False), ('status', 'published')), models.Q(models.Q(('status', 'published'), _negated=True), ('entry_id', None), ('published_at', None), ('published_by', None)), _connector='OR'), name='result_published_exactly_when'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False), ('status__in', ['reviewed', 'published'])), models.Q(('reviewed_at', None), ('reviewed_by', None), ('status', 'recorded')), ('status', 'discarded'), _connector='OR'), name='result_reviewed_exactly_when'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), models.Q(('ended_at__gt', models.F('started_at')), ('started_at__isnull', False)), _connector='OR'), name='result_ends_after_start'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.CheckConstraint(condition=models.Q(('is_aborted', True), ('abort_reason', ''), _connector='OR'), name='result_abort_reason_of_aborted'),
        ),
        migrations.AddConstraint(
            model_name='result',
            constraint=models.CheckConstraint(condition=models.Q(('threshold', None), ('threshold__gte', 0), _connector='OR'), name='result_threshold_not_negative'),
        ),
        migrations.AddIndex(
            model_name='deployment',
            index=models.Index(fields=['force', 'stage', '-id'], name='deployment_stage_idx'),
        ),
        migrations.AddConstraint(
            model_name='deployment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stage', 'withdrawn'), ('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawal_reason', ''), _negated=True)), models.Q(models.Q(('stage', 'withdrawn'), _negated=True), ('withdrawal_reason', ''), ('withdrawn_at', None), ('withdrawn_by', None)), _connector='OR'), name='deployment_withdrawn_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='deployment',
            constraint=models.CheckConstraint(condition=models.Q(('correction', None), ('stage', 'published'), _connector='OR'), name='deployment_corrects_what_stands'),
        ),
        migrations.AddConstraint(
            model_name='deployment',
            constraint=models.CheckConstraint(condition=models.Q(('correction', None), models.Q(('correction', models.F('current')), _negated=True), _connector='OR'), name='deployment_correction_is_another'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.UniqueConstraint(fields=('result', 'number'), name='revision_number_once'),
        ),
    ]
