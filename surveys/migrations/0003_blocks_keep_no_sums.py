"""Standing blocks keep no sums: cells hold all that is published. Scores near an end are shown as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0002_answer_role")]

    operations = [
        migrations.RemoveField("standingblock", "sums"),
        migrations.AddField("standingblock", "statistics", models.JSONField(default=dict)),
        migrations.RemoveField("cell", "bound"),
    ]
