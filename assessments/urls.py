"""Addresses of the maturity models."""

from django.urls import path

from assessments import draft_views, views

app_name = "assessments"

urlpatterns = [
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
]
