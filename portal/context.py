"""What every page of the portal has: the menu for this person, the colours chosen, the way to the fixed pages."""

from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people import policies
from people.models import Employee
from portal.middleware import is_survey

THEMES = ("light", "dark", "system")
THEME_COOKIE = "theme"
TABS_AT_MOST = 4


@dataclass(frozen=True)
class Door:
    """One entry of the menu, before it is known whether its page exists and who may see it."""

    url_name: str
    label: object
    icon: str
    tab: bool = False


@dataclass(frozen=True)
class NavItem:
    """One entry of the menu as a page shows it."""

    href: str
    label: str
    icon: str
    current: bool
    tab: bool


HOME = Door("home", _("Home"), "home", tab=True)
RESULTS = Door("pulses:results", _("Results"), "results", tab=True)
INBOX = Door("outbox:inbox", _("Inbox"), "inbox", tab=True)
IMPROVEMENT = Door("improvement:overview", pgettext_lazy("menu", "Actions"), "actions")
PROGRAMMES = Door("pulses:programme_list", pgettext_lazy("menu", "Surveys"), "surveys", tab=True)
ASSESSMENT = Door("assessments:results", pgettext_lazy("menu", "Assessment"), "assessment")
CYCLES = Door("assessments:cycle_list", pgettext_lazy("menu", "Assessments"), "assessment")
EVIDENCE = Door("assessments:evidence_review", pgettext_lazy("menu", "Evidence"), "evidence")
MODELS = Door("assessments:model_list", pgettext_lazy("menu", "Models"), "record")
EMPLOYEES = Door("people:employee_list", _("Employees"), "people")
IMPORTS = Door("people:import_list", pgettext_lazy("menu", "Import"), "import")
RECORD = Door("diary:fact_list", _("Activity record"), "record")
HELP = Door("help", _("Help"), "help")
ACCOUNT = (
    Door("people:me", _("My data and settings"), "people"),
    Door("account_change_password", _("Change password"), "record"),
    Door("mfa_index", _("Two-step sign-in"), "record"),
    Door("usersessions_list", _("Devices signed in"), "record"),
)


def way_to(url_name: str, *args: object) -> str:
    """The address of a page by its name, or nothing while the page does not exist."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""


def doors_for(employee: Employee) -> list[Door]:
    """The pages this person uses, in the order of the menu."""
    hr = policies.is_hr(employee)
    plans, reviews = hr or policies.is_cx(employee), policies.is_reviewer(employee)
    boards = policies.is_board(employee) and not plans
    # Four tabs: home, results, what this person does most, inbox.
    doors = [HOME, RESULTS, replace(IMPROVEMENT, tab=not (plans or boards or reviews))]
    if plans:
        doors += [PROGRAMMES, CYCLES]
    else:
        doors.append(replace(ASSESSMENT, tab=boards))
    if reviews:
        doors.append(replace(EVIDENCE, tab=not (plans or boards)))
    if policies.is_cx(employee):
        doors.append(MODELS)
    if hr:
        doors += [EMPLOYEES, IMPORTS]
    elif policies.leads_any(employee):
        doors.append(EMPLOYEES)
    if policies.is_auditor(employee):
        doors.append(RECORD)
    return [*doors, INBOX]


def menu(doors: list[Door], path: str) -> list[NavItem]:
    """The doors that exist, with the one marked that the reader stands behind (the longest address wins)."""
    found = [(door, href) for door in doors if (href := way_to(door.url_name))]
    behind = [href for _door, href in found if path == href or (href != "/" and path.startswith(href))]
    here = max(behind, key=len, default="")
    return [NavItem(href, str(door.label), door.icon, href == here, door.tab) for door, href in found]


def theme_of(request: HttpRequest) -> str:
    """The colours chosen on this device: light, dark, or as the device says."""
    theme = request.COOKIES.get(THEME_COOKIE, "system")
    return theme if theme in THEMES else "system"


def house(request: HttpRequest) -> dict[str, object]:
    """Context processor: menu, tabs, colours and fixed addresses. Answer pages get nothing of it."""
    if is_survey(request):
        return {}
    user = getattr(request, "user", None)
    person = user if isinstance(user, Employee) and user.is_authenticated else None
    nav = menu(doors_for(person), request.path) if person else []
    return {
        "nav": nav,
        "tabs": [item for item in nav if item.tab][:TABS_AT_MOST],
        "more": menu([HELP, *ACCOUNT] if person else [HELP], request.path),
        "beyond_tabs": [item for item in nav if not item.tab],
        "person": person,
        "theme": theme_of(request),
        "here": request.get_full_path() if request.method == "GET" else way_to("home"),
        "home_url": way_to("home"),
        "help_url": way_to("help"),
        "language_url": way_to("language"),
        "theme_url": way_to("theme"),
        "sign_out_url": way_to("account_logout") if person else "",
    }
