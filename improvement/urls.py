"""Addresses of the improvement room; the roof includes them under `improvement/`."""

from django.urls import path

from improvement.views import actions, commitments, notes, overview

app_name = "improvement"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("board/", overview.board, name="board"),
    path("actions/new/", actions.action_new, name="action_new"),
    path("actions/<int:pk>/", actions.action, name="action"),
    path("actions/<int:pk>/edit/", actions.action_edit, name="action_edit"),
    path("actions/<int:pk>/done/", actions.action_finish, name="action_finish"),
    path("actions/<int:pk>/drop/", actions.action_drop, name="action_drop"),
    path("actions/<int:pk>/tell/", actions.action_tell, name="action_tell"),
    path("commitments/", commitments.commitment_list, name="commitment_list"),
    path("commitments/new/", commitments.commitment_new, name="commitment_new"),
    path("commitments/<int:pk>/settle/", commitments.commitment_settle, name="commitment_settle"),
    path("notes/", notes.note_list, name="note_list"),
    path("notes/new/", notes.note_new, name="note_new"),
    path("notes/<int:pk>/withdraw/", notes.note_withdraw, name="note_withdraw"),
]
