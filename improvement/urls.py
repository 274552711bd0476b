"""Addresses of the improvement room; the roof includes them under `improvement/`."""

from django.urls import path

from improvement import views

app_name = "improvement"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("board/", views.board, name="board"),
    path("actions/new/", views.action_new, name="action_new"),
    path("actions/<int:pk>/", views.action, name="action"),
    path("actions/<int:pk>/edit/", views.action_edit, name="action_edit"),
    path("actions/<int:pk>/done/", views.action_finish, name="action_finish"),
    path("actions/<int:pk>/drop/", views.action_drop, name="action_drop"),
    path("actions/<int:pk>/tell/", views.action_tell, name="action_tell"),
    path("commitments/", views.commitment_list, name="commitment_list"),
    path("commitments/new/", views.commitment_new, name="commitment_new"),
    path("commitments/<int:pk>/settle/", views.commitment_settle, name="commitment_settle"),
    path("notes/", views.note_list, name="note_list"),
    path("notes/new/", views.note_new, name="note_new"),
    path("notes/<int:pk>/withdraw/", views.note_withdraw, name="note_withdraw"),
]
