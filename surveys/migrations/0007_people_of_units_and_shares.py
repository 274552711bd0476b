"""Units know how many people worked there at launch; a pillar's cell, whether its share of answers may be told.

Of rounds launched before only the invited are known, so these stand for the people. Their cells tell no share.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("surveys", "0006_needed_in_each_wave")]

    operations = [
        migrations.AddField("roundunit", "people", models.PositiveIntegerField(default=0)),
        migrations.AddField("cell", "share_said", models.BooleanField(default=False)),
        migrations.RunSQL("UPDATE surveys_roundunit SET people = headcount", migrations.RunSQL.noop),
    ]
