from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessments", "0005_scorecards_say_more")]

    operations = [
        migrations.AddField(
            model_name="levelchange",
            name="turn",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.RemoveConstraint(model_name="levelchange", name="one_move_per_scorecard_day_and_cause"),
        migrations.AddConstraint(
            model_name="levelchange",
            constraint=models.UniqueConstraint(
                fields=("scorecard", "day", "turn", "practice", "why"), name="one_move_per_scorecard_turn_and_cause"
            ),
        ),
    ]
