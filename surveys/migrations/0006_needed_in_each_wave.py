"""How many answers each of two waves would need, in place of how many more; what was counted otherwise is forgotten."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0005_kept_back_cells_are_not_written")]

    operations = [
        migrations.RunSQL(
            "UPDATE surveys_cell SET verdict_more = NULL WHERE verdict_more IS NOT NULL", migrations.RunSQL.noop
        ),
        migrations.RenameField("cell", "verdict_more", "verdict_needed"),
    ]
