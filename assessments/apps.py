from django.apps import AppConfig
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from portal.lib.catalogues import register_catalogue
from portal.lib.pillars import Pillar


class AssessmentsConfig(AppConfig):
    """How mature each part of the company is: models, later the cycles that ask them."""

    name = "assessments"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("assessments")

    def ready(self) -> None:
        # names, for models are there only now
        import_string("diary.registry.register_verbs")(
            import_string("assessments.facts.WORDS"), import_string("assessments.facts.SUBJECTS")
        )
        import_string("surveys.registry.register_analyser")(
            import_string("assessments.analysers.NAME"),
            import_string("assessments.analysers.OUTPUTS"),
            import_string("assessments.analysers.analyse"),
            import_string("assessments.analysers.KINDS"),
        )
        for name, label in (
            ("units_assessed", _("Units assessed")),
            ("evidence_coverage", _("Practices with evidence")),
        ):
            import_string("diary.registry.register_indicator")(
                f"assessments.{name}",
                Pillar.MEASUREMENT,
                label,
                import_string(f"assessments.indicators.{name}"),
                is_share=True,
            )
        import_string("assessments.evidence_notices.register_kinds")()
        import_string("assessments.checks.announce")()
        import_string("assessments.notices.register_kinds")()
        import_string("surveys.registry.register_plans")(
            "assessments", import_string("assessments.actions.plans_between")
        )
        register_catalogue(import_string("assessments.modelfiles.MODELS"))
        import_string("surveys.registry.register_items")(
            "assessments.commitments", import_string("assessments.commitments.asked_about")
        )
        import_string("improvement.registry.register_witness")(
            "assessments.commitments", import_string("assessments.commitments.seen_by_people")
        )
