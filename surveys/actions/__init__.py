"""Verbs of a round that people and the clock may do, by noun: keys, rounds, answers."""

from surveys.actions.answers import (
    AnswersWrong,
    Invited,
    LinkUnknown,
    RoundNotOpen,
    Started,
    look_at_link,
    new_link,
    press_start,
    reopen,
    submit_ballot,
)
from surveys.actions.keys import NoKeyInStock, stock_keys
from surveys.actions.rounds import (
    CLOSE_GRACE,
    TooFewPeople,
    cancel_round,
    close_soon,
    forget_traces,
    launch_round,
    stop_counting,
)
from surveys.ballots import BallotForged

__all__ = [
    "CLOSE_GRACE",
    "AnswersWrong",
    "BallotForged",
    "Invited",
    "LinkUnknown",
    "NoKeyInStock",
    "RoundNotOpen",
    "Started",
    "TooFewPeople",
    "cancel_round",
    "close_soon",
    "forget_traces",
    "launch_round",
    "look_at_link",
    "new_link",
    "press_start",
    "reopen",
    "stock_keys",
    "stop_counting",
    "submit_ballot",
]
