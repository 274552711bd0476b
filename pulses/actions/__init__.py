"""Verbs of the pulses, by noun: programmes, what a wave asks, waves, what they owe, why something is refused."""

from pulses.actions.announcing import RESULTS, announce_results, announcements_due
from pulses.actions.owing import (
    CANCELLATION,
    INVITATION,
    REMINDER,
    remind,
    remind_if_due,
    reminder_due,
    reminder_instants,
)
from pulses.actions.planning import draw, longest, questionnaire, refuse_plan
from pulses.actions.programmes import (
    Plan,
    change_programme,
    create_programme,
    delete_draft,
    end,
    end_if_finished,
    pause,
    resume,
    start,
)
from pulses.actions.refusals import (
    AlreadyMoved,
    AskedLately,
    AskedTooMuch,
    BankInRotation,
    BankTooSmall,
    NothingLeft,
    Refused,
    WaveStillOpen,
)
from pulses.actions.waves import cancel_wave, close_now, launch_due_wave, run_now

__all__ = [
    "CANCELLATION",
    "INVITATION",
    "REMINDER",
    "RESULTS",
    "AlreadyMoved",
    "AskedLately",
    "AskedTooMuch",
    "BankInRotation",
    "BankTooSmall",
    "NothingLeft",
    "Plan",
    "Refused",
    "WaveStillOpen",
    "announce_results",
    "announcements_due",
    "cancel_wave",
    "change_programme",
    "close_now",
    "create_programme",
    "delete_draft",
    "draw",
    "end",
    "end_if_finished",
    "launch_due_wave",
    "longest",
    "pause",
    "questionnaire",
    "refuse_plan",
    "remind",
    "remind_if_due",
    "reminder_due",
    "reminder_instants",
    "resume",
    "run_now",
    "start",
]
