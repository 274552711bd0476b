from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A wave may rest: enough is asked in these weeks, or people have a long assessment."""

    dependencies = [("pulses", "0002_banks_in_use_never_change")]

    operations = [
        migrations.AlterField(
            model_name="wave",
            name="state",
            field=models.CharField(
                choices=[
                    ("launched", "Sent"),
                    ("refused", "Not sent: too few people"),
                    ("full", "Not sent: enough is asked"),
                    ("resting", "Not sent: people rest"),
                ],
                default="launched",
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint(model_name="wave", name="wave_has_a_round_or_a_reason"),
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.CheckConstraint(
                condition=Q(state="launched", round__isnull=False, number__isnull=False, missing=None)
                | Q(state="refused", round=None, number=None, missing__gte=1)
                | Q(state__in=["full", "resting"], round=None, number=None, missing=None),
                name="wave_has_a_round_or_a_reason",
                violation_error_message="A wave has either been sent or says why not.",
            ),
        ),
    ]
