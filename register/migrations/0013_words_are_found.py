import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Coalesce


def by(number, name):
    return models.Index(
        "realm", Coalesce(number, -1).desc(), F("on").desc(), F("entry").desc(), name=name
    )


class Migration(migrations.Migration):
    dependencies = [("register", "0012_heads_take_their_words")]

    operations = [
        migrations.AddIndex(
            "head", django.contrib.postgres.indexes.GinIndex(fields=["words"], name="head_words_idx")
        ),
        migrations.AddIndex("head", by("false_alerts", "head_false_alerts_idx")),
        migrations.AddIndex("head", by("alerts", "head_alerts_idx")),
    ]
