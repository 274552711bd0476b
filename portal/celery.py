"""The clock: beat's schedule is code, each entry expires with its interval, every promise is carried by a sweep.

Queues: `default` for most work, `mail` for the SMTP sweep, `seal` for the one host that holds private keys.
"""

import os

from celery import Celery

from portal import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
embedded.ensure()

app = Celery("bearing")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# task, seconds between runs, queue
SWEEPS: list[tuple[str, float, str]] = [
    ("people.tasks.sweep_imports", 10, "default"),
    ("people.tasks.sweep_leavers", 600, "default"),
    ("diary.tasks.seal_facts", 5, "default"),
    ("outbox.tasks.sweep_notices", 5, "mail"),
    ("improvement.tasks.sweep_overdue", 600, "default"),
    ("surveys.tasks.stock_keys", 30, "seal"),
    ("surveys.tasks.sweep_rounds", 15, "seal"),
    ("surveys.tasks.sweep_participation", 600, "default"),
    ("pulses.tasks.sweep_programmes", 15, "default"),
    ("assessments.tasks.sweep_cycles", 60, "default"),
    ("assessments.tasks.sweep_evidence", 1800, "default"),
    ("assessments.tasks.sweep_levels", 3600, "default"),
    ("portal.tasks.beat", 15, "default"),
    ("portal.tasks.mail_day_seal", 3600, "default"),
]

# What a sweep queues for one row; without a line here it goes to `default`.
QUEUED = {"surveys.tasks.close_round": {"queue": "seal"}}

app.conf.beat_schedule = {
    task: {"task": task, "schedule": seconds, "options": {"queue": queue, "expires": seconds}}
    for task, seconds, queue in SWEEPS
}
app.conf.task_routes = {task: {"queue": queue} for task, _, queue in SWEEPS} | QUEUED
