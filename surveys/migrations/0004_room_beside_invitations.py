"""Pages of invitations keep room for what a press and the close write, so that a row stays where launch put it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("surveys", "0003_blocks_keep_no_sums")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE surveys_invitation SET (fillfactor = 50)",
            "ALTER TABLE surveys_invitation RESET (fillfactor)",
        ),
    ]
