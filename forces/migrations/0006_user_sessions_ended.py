from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forces', '0005_sign_in'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='sessions_ended',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='How many times every session of this login was ended at once.'),
        ),
    ]
