"""The addresses of this room."""

from django.urls import path

from people.views import codes, employees, imports, invitations, me

app_name = "people"

urlpatterns = [
    path("people/", employees.employee_list, name="employee_list"),
    path("people/<int:pk>/", employees.employee, name="employee"),
    path("people/<int:pk>/language/", employees.employee_language, name="employee_language"),
    path("people/<int:pk>/email/", employees.employee_email, name="employee_email"),
    path("people/<int:pk>/leave/", employees.employee_leave, name="employee_leave"),
    path("people/<int:pk>/grants/", employees.employee_grants, name="employee_grants"),
    path("people/<int:pk>/invite/", employees.employee_invite, name="employee_invite"),
    path("people/invitations/new/", invitations.invitation_new, name="invitation_new"),
    path("people/invitations/", invitations.invitation_send, name="invitation_send"),
    path("me/", me.me, name="me"),
    path("me/data.json", me.me_data, name="me_data"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/present.csv", imports.import_present, name="import_present"),
    path("imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("imports/<int:pk>/columns/", imports.import_map, name="import_map"),
    path("imports/<int:pk>/apply/", imports.import_apply, name="import_apply"),
    path("imports/<int:pk>/abandon/", imports.import_abandon, name="import_abandon"),
    path("imports/<int:pk>/rows.csv", imports.import_rows, name="import_rows"),
    path("codes/", codes.code_list, name="code_list"),
    path("codes/unit/", codes.code_unit, name="code_unit"),
    path("sign-in/code/", codes.code_sign_in, name="code_sign_in"),
]
