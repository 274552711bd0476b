"""The addresses of this room."""

from django.urls import path

from people import views

app_name = "people"

urlpatterns = [
    path("people/", views.employee_list, name="employee_list"),
    path("people/<int:pk>/", views.employee, name="employee"),
    path("people/<int:pk>/language/", views.employee_language, name="employee_language"),
    path("people/<int:pk>/email/", views.employee_email, name="employee_email"),
    path("people/<int:pk>/leave/", views.employee_leave, name="employee_leave"),
    path("people/<int:pk>/grants/", views.employee_grants, name="employee_grants"),
    path("people/<int:pk>/invite/", views.employee_invite, name="employee_invite"),
    path("people/invitations/new/", views.invitation_new, name="invitation_new"),
    path("people/invitations/", views.invitation_send, name="invitation_send"),
    path("me/", views.me, name="me"),
    path("me/data.json", views.me_data, name="me_data"),
    path("imports/", views.import_list, name="import_list"),
    path("imports/new/", views.import_new, name="import_new"),
    path("imports/<int:pk>/", views.import_detail, name="import_detail"),
    path("imports/<int:pk>/columns/", views.import_map, name="import_map"),
    path("imports/<int:pk>/apply/", views.import_apply, name="import_apply"),
    path("imports/<int:pk>/abandon/", views.import_abandon, name="import_abandon"),
    path("imports/<int:pk>/rows.csv", views.import_rows, name="import_rows"),
    path("codes/", views.code_list, name="code_list"),
    path("codes/unit/", views.code_unit, name="code_unit"),
    path("sign-in/code/", views.code_sign_in, name="code_sign_in"),
]
