"""Nouns of the diary: facts, the chain that seals them, and how far each reader has come."""

from django.conf import settings
from django.db import models
from django.db.models.expressions import Func
from django.utils.translation import gettext_lazy as _

from diary.querysets import FactQuerySet


class CurrentTransaction(Func):
    """The database's id of the transaction that writes the row."""

    function = "pg_current_xact_id"
    template = "%(function)s()"
    arity = 0


class TransactionIdField(models.BigIntegerField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A 64-bit transaction id (PostgreSQL xid8), written by the database alone."""

    def db_type(self, connection: object) -> str:
        return "xid8"

    def from_db_value(self, value: str | None, expression: object, connection: object) -> int | None:
        return None if value is None else int(value)


class Fact(models.Model):
    """One thing that happened, in ids and numbers; written once, in the transaction of the change itself."""

    id = models.BigAutoField(primary_key=True)
    verb = models.CharField(_("what happened"), max_length=80)
    at = models.DateTimeField(_("when"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    unit = models.ForeignKey(
        "people.Unit", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("unit")
    )
    subject = models.CharField(_("about"), max_length=120, blank=True)
    key = models.CharField(max_length=200, unique=True)
    data = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=64)
    txid = TransactionIdField(db_default=CurrentTransaction(), editable=False)

    objects = FactQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["verb", "-id"], name="fact_by_verb"),
            models.Index(fields=["at"], name="fact_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.verb}"


class AwaitingSeal(models.Model):
    """A fact the sealer has not yet chained; a trigger adds it, the sealer takes it away."""

    fact = models.OneToOneField(Fact, on_delete=models.PROTECT, primary_key=True, related_name="awaiting_seal")

    def __str__(self) -> str:
        return str(self.pk)


class Sealed(models.Model):
    """A fact's place in the one order everybody agrees on, and the hash that chains it to all before it."""

    seq = models.BigIntegerField(primary_key=True)
    fact = models.OneToOneField(Fact, on_delete=models.PROTECT, related_name="sealed")
    chain_hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.seq}"


class Reader(models.Model):
    """Somebody who acts on facts, and the last one they have read."""

    name = models.CharField(max_length=80, unique=True)
    last_seq = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return self.name
