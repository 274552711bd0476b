"""A cell that earlier rounds would give away is not written at all."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("surveys", "0004_room_beside_invitations")]

    operations = [
        migrations.RemoveConstraint("cell", "cell_covers_five_answers"),
        migrations.RunSQL("DELETE FROM surveys_cell WHERE verdict_only", migrations.RunSQL.noop),
        migrations.RemoveField("cell", "verdict_only"),
        migrations.AddConstraint(
            "cell",
            models.CheckConstraint(condition=Q(measure="participation") | Q(n__gte=5), name="cell_covers_five_answers"),
        ),
    ]
