"""The nouns of the entrance: units, employees, their access rights, one-time codes and imports of the staff list."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper
from django.urls import reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from tree_queries.fields import TreeNodeForeignKey
from tree_queries.models import TreeNode

from people import days
from people.jobs import role_family_word, shift_word
from people.querysets import EmployeeManager, StaffImportQuerySet, UnitManager
from people.roles import Role
from portal.lib import clock
from portal.lib.folding import fold, person_sort_key, sort_key, tidy

if TYPE_CHECKING:

    class _TreeNode(models.Model):
        """django-tree-queries ships no types."""

        class Meta:
            abstract = True

else:
    _TreeNode = TreeNode

DEFAULT_TIME_ZONE = "Asia/Ho_Chi_Minh"
CODE_SHAPE = RegexValidator(
    r"^[^\s=+\-@][^\r\n\t]{0,63}$", _("Use up to 64 characters, and do not begin with a space, =, +, - or @.")
)


def _today() -> date:
    return days.today()


class Language(models.TextChoices):
    """A language Bearing speaks; its name stays in its own language."""

    VIETNAMESE = "vi", "Tiếng Việt"
    ENGLISH = "en", "English"


class Unit(_TreeNode):
    """A part of the company: the company itself, a region, a branch, a team."""

    code = models.CharField(_("unit code"), max_length=64, unique=True, validators=[CODE_SHAPE])
    name_vi = models.CharField(_("name in Vietnamese"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)
    parent = TreeNodeForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("unit above")
    )
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="units_led",
        verbose_name=_("unit leader"),
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="units_deputised",
        verbose_name=_("deputy"),
    )
    search_key = models.CharField(max_length=500, editable=False)
    sort_key = models.CharField(max_length=500, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    # Only on units read `in_tree_order`.
    tree_depth: int
    tree_path: list[int]

    objects: ClassVar[UnitManager] = UnitManager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["sort_key", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="unit_is_not_its_own_parent",
                violation_error_message=_("A unit cannot stand below itself."),
            ),
            models.CheckConstraint(
                condition=~Q(name_vi="") & ~Q(name_en=""),
                name="unit_has_both_names",
                violation_error_message=_("Give the unit a name in both languages."),
            ),
            models.UniqueConstraint(
                Upper("code"),
                name="one_unit_per_code_in_any_case",
                violation_error_message=_("Another unit already has this code."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the language of the reader."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_vi

    def tidy_keys(self) -> None:
        """Bring names to their one spelling and work out the keys stored beside them."""
        self.name_vi, self.name_en = tidy(self.name_vi), tidy(self.name_en or self.name_vi)
        self.search_key = fold(f"{self.name_vi} {self.name_en} {self.code}")[:500]
        self.sort_key = sort_key(self.name_vi)[:500]


class Employee(AbstractBaseUser):
    """A person on the staff list: the account of everyone who signs in, and the address of everyone who is asked."""

    class Gender(models.TextChoices):
        FEMALE = "female", pgettext_lazy("gender", "Female")
        MALE = "male", pgettext_lazy("gender", "Male")
        OTHER = "other", pgettext_lazy("gender", "Other")

    number = models.CharField(
        _("employee number"),
        max_length=64,
        unique=True,
        validators=[CODE_SHAPE],
        error_messages={"unique": _("This employee number is already in use.")},
    )
    email = models.EmailField(_("email"), max_length=254, null=True, blank=True)
    full_name = models.CharField(_("full name"), max_length=200)
    search_key = models.CharField(max_length=300, editable=False)
    sort_key = models.CharField(max_length=400, editable=False, db_index=True)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.VIETNAMESE)
    time_zone = models.CharField(_("time zone"), max_length=64, default=DEFAULT_TIME_ZONE)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="people", verbose_name=_("unit")
    )
    manager = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reports",
        verbose_name=_("line manager"),
    )
    role_family = models.CharField(_("role family"), max_length=64, blank=True)
    frontline = models.BooleanField(_("front line"), default=False)
    site = models.CharField(_("site"), max_length=100, blank=True)
    shift = models.CharField(_("shift"), max_length=50, blank=True)
    gender = models.CharField(_("gender"), max_length=10, choices=Gender.choices, null=True, blank=True)
    kiosk = models.BooleanField(_("uses printed codes"), default=False)
    hired_on = models.DateField(_("hired on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    away_from = models.DateField(_("away from"), null=True, blank=True)
    away_until = models.DateField(_("away until"), null=True, blank=True)
    first_seen_on = models.DateField(_("first seen on"), default=_today)
    counts_from = models.DateField(_("counted from"), default=_today)
    contact_changed_at = models.DateTimeField(_("contact changed by somebody else at"), null=True, blank=True)
    reminders_off = models.BooleanField(_("no reminders"), default=False)
    mail_on = models.BooleanField(_("messages by email"), default=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may open the technical pages"), default=False)
    is_superuser = models.BooleanField(_("technical account"), default=False)
    must_change_password = models.BooleanField(_("must set a password"), default=False)
    invited_at = models.DateTimeField(_("invited at"), null=True, blank=True)

    USERNAME_FIELD = "number"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    objects = EmployeeManager()

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        ordering = ["sort_key", "number"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_employee_per_email",
                violation_error_message=_("Another employee already has this email address."),
            ),
            models.UniqueConstraint(
                Upper("number"),
                name="one_employee_per_number_in_any_case",
                violation_error_message=_("This employee number is already in use."),
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=True) | ~Q(email=""),
                name="employee_email_is_null_or_filled",
                violation_error_message=_("Leave the email address out, or fill it in."),
            ),
            models.CheckConstraint(
                condition=Q(manager__isnull=True) | ~Q(manager=F("id")),
                name="employee_is_not_the_own_manager",
                violation_error_message=_("Nobody can be their own line manager."),
            ),
            models.CheckConstraint(
                condition=Q(away_until__isnull=True) | Q(away_from__isnull=False, away_until__gte=F("away_from")),
                name="employee_leave_ends_after_it_begins",
                violation_error_message=_("The last day of leave comes before the first."),
            ),
            models.CheckConstraint(
                condition=Q(language__in=Language.values),
                name="employee_language_is_one_of_ours",
                violation_error_message=_("Choose one of the languages Bearing speaks."),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "left_on"], name="people_by_unit"),
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_absolute_url(self) -> str:
        return reverse("people:employee", args=[self.pk])

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        """The full name again: a bare given name sounds like speaking to somebody younger."""
        return self.full_name

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """For Django's own technical pages only; everything else asks `people.policies`."""
        return self.is_active and self.is_superuser

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return self.is_active and self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_superuser

    @property
    def role_family_word(self) -> str:
        """The role family in the language of the reader where it is a known one."""
        return role_family_word(self.role_family)

    @property
    def shift_word(self) -> str:
        """The shift in the language of the reader where it is a known one."""
        return shift_word(self.shift)

    @cached_property
    def roles(self) -> frozenset[str]:
        """The rights given to this person; read once and kept for the life of the object."""
        return frozenset(self.grants.values_list("role", flat=True)) if self.is_active else frozenset()

    @cached_property
    def leads_any_unit(self) -> bool:
        """Whether this person leads a unit or deputises for its leader; read once."""
        return self.is_active and Unit.objects.filter(Q(leader=self) | Q(deputy=self)).exists()

    def is_gone_on(self, day: date) -> bool:
        """Whether this person has left by that day; the day in `left_on` is the first day away."""
        return self.left_on is not None and self.left_on <= day

    def tidy_keys(self) -> None:
        """Bring name and address to their one spelling and work out the keys stored beside them."""
        self.full_name = tidy(self.full_name)
        self.email = self.email.strip().lower() or None if self.email else None
        self.search_key = fold(f"{self.full_name} {self.number}")[:300]
        self.sort_key = person_sort_key(self.full_name)[:400]


class Grant(models.Model):
    """An access right given to one employee by HR."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(_("access right"), max_length=10, choices=Role.choices)
    given_at = models.DateTimeField(default=clock.now)
    given_by = models.ForeignKey(Employee, null=True, on_delete=models.SET_NULL, related_name="grants_given")

    Role = Role

    class Meta:
        verbose_name = _("access right")
        verbose_name_plural = _("access rights")
        constraints = [
            models.UniqueConstraint(
                fields=["employee", "role"],
                name="one_grant_per_employee_and_role",
                violation_error_message=_("This person already has this access right."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id}: {self.role}"


class OneTimeCode(models.Model):
    """A printed code that lets one person without email sign in once; only its hash is kept."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="one_time_codes")
    code_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    printed_by = models.ForeignKey(Employee, null=True, on_delete=models.SET_NULL, related_name="codes_printed")

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        constraints = [
            models.UniqueConstraint(
                fields=["employee"],
                condition=Q(used_at__isnull=True),
                name="one_unused_code_per_employee",
                violation_error_message=_("This person already has a code that has not been used."),
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="one_time_code_expires_after_it_is_made",
                violation_error_message=_("A code must expire after it is made."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id}"


class StaffImport(models.Model):
    """One import of the staff list: the file, how its columns are read, how far it has come and what it found."""

    class State(models.TextChoices):
        MAPPING = "mapping", pgettext_lazy("import", "Match columns")
        CHECK_DUE = "check_due", pgettext_lazy("import", "Trial run waiting")
        CHECKED = "checked", pgettext_lazy("import", "Trial run done")
        REFUSED = "refused", pgettext_lazy("import", "Rows to fix")
        APPLY_DUE = "apply_due", pgettext_lazy("import", "Import waiting")
        APPLIED = "applied", pgettext_lazy("import", "Imported")
        ABANDONED = "abandoned", pgettext_lazy("import", "Set aside")

    state = models.CharField(max_length=10, choices=State.choices, default=State.MAPPING)
    file_name = models.CharField(_("file"), max_length=200)
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    unit_columns = models.JSONField(default=list)
    unit_mapping = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    leavers_confirmed = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    started_by = models.ForeignKey(
        Employee, null=True, blank=True, on_delete=models.SET_NULL, related_name="staff_imports"
    )
    applied_at = models.DateTimeField(null=True)
    claim_id = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)

    objects = StaffImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff import")
        verbose_name_plural = _("staff imports")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at__isnull=True) | Q(state="applied"),
                name="import_has_a_time_only_when_applied",
                violation_error_message=_("Only an applied import has a time of applying."),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("people:import_detail", args=[self.pk])

    @property
    def is_waiting(self) -> bool:
        """Whether a worker has something to do."""
        return self.state in {self.State.CHECK_DUE, self.State.APPLY_DUE}


class StaffImportFile(models.Model):
    """The bytes of an uploaded staff list; deleted when it has been applied, and after 30 days in any case."""

    staff_import = models.OneToOneField(StaffImport, on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField()
    units_content = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"{self.staff_import_id}"
