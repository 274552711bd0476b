"""Addresses of maturity models, and of leaders' own ratings."""

from django.urls import include, path

from assessments import button_views, cycle_views, draft_views, evidence_views, rating_views, review_views, views

app_name = "assessments"

urlpatterns = [
    path("", cycle_views.cycle_list, name="cycle_list"),
    path("new/", cycle_views.cycle_new, name="cycle_new"),
    path("<int:pk>/", cycle_views.cycle, name="cycle"),
    path("<int:pk>/change/", cycle_views.cycle_change, name="cycle_change"),
    path("<int:pk>/delete/", button_views.cycle_delete, name="cycle_delete"),
    path("<int:pk>/schedule/", button_views.cycle_schedule, name="cycle_schedule"),
    path("<int:pk>/unschedule/", button_views.cycle_unschedule, name="cycle_unschedule"),
    path("<int:pk>/open/", button_views.cycle_open, name="cycle_open"),
    path("<int:pk>/close/", button_views.cycle_close, name="cycle_close"),
    path("<int:pk>/cancel/", button_views.cycle_cancel, name="cycle_cancel"),
    path("<int:pk>/move/", cycle_views.cycle_move, name="cycle_move"),
    path("models/", views.model_list, name="model_list"),
    path("models/import/", views.model_import, name="model_import"),
    path("models/template.xlsx", views.model_template, name="model_template"),
    path("models/<int:pk>/", views.model, name="model"),
    path("models/<int:pk>/model.xlsx", views.model_export, name="model_export"),
    path("models/<int:pk>/compare/", views.model_compare, name="model_compare"),
    path("models/<int:pk>/copy/", views.model_copy, name="model_copy"),
    path("models/<int:pk>/publish/", views.model_publish, name="model_publish"),
    path("models/<int:pk>/retire/", views.model_retire, name="model_retire"),
    path("models/<int:pk>/discard/", views.model_discard, name="model_discard"),
    path("models/<int:pk>/edit/", draft_views.model_edit, name="model_edit"),
    path("models/<int:pk>/dimensions/new/", draft_views.dimension_new, name="dimension_new"),
    path("models/<int:pk>/dimensions/<str:code>/", draft_views.dimension_edit, name="dimension_edit"),
    path("models/<int:pk>/dimensions/<str:code>/remove/", draft_views.dimension_remove, name="dimension_remove"),
    path("models/<int:pk>/dimensions/<str:code>/new/", draft_views.practice_new, name="practice_new"),
    path("models/<int:pk>/practices/<str:code>/", draft_views.practice_edit, name="practice_edit"),
    path("models/<int:pk>/practices/<str:code>/move/", draft_views.practice_move, name="practice_move"),
    path("models/<int:pk>/practices/<str:code>/remove/", draft_views.practice_remove, name="practice_remove"),
    path("results/", include("assessments.results_urls")),
    path("ratings/", rating_views.rating_list, name="rating_list"),
    path("cycles/<int:cycle>/units/<int:unit>/rating/", rating_views.rating, name="rating"),
    path("evidence/", evidence_views.evidence_list, name="evidence_list"),
    path("evidence/new/", evidence_views.evidence_new, name="evidence_new"),
    path("evidence/review/", review_views.evidence_review, name="evidence_review"),
    path("evidence/<int:pk>/", evidence_views.evidence, name="evidence"),
    path("evidence/<int:pk>/file/", evidence_views.evidence_file, name="evidence_file"),
    path("evidence/<int:pk>/withdraw/", evidence_views.evidence_withdraw, name="evidence_withdraw"),
    path("evidence/<int:pk>/verify/", review_views.evidence_verify, name="evidence_verify"),
    path("evidence/<int:pk>/return/", review_views.evidence_return, name="evidence_return"),
]
