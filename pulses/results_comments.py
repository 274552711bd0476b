"""What people wrote in one wave, under its questions, in an order that says nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet

from surveys.models import Comment, Round
from surveys.results_sight import Reading, RoundTree, Sight
from surveys.results_words import said


@dataclass(frozen=True)
class CommentGroup:
    """What was written to one question, in an order that says nothing."""

    question: str
    comments: list[Comment]


def comments_of(sight: Sight, reading: Reading, tree: RoundTree) -> QuerySet[Comment]:
    """The comments shown with a unit and what is below it; their keys are random, so their order is."""
    unit_id = reading.unit.unit_id
    units = [unit_id, *(row.unit_id for row in tree.under(unit_id))]
    return (
        Comment.objects.visible_to(sight.employee)
        .filter(round=reading.round, standing_block__unit__in=units)
        .order_by("question", "pk")
    )


def grouped(round_: Round, comments: Iterable[Comment]) -> list[CommentGroup]:
    """Comments under their questions."""
    asked = round_.questions
    return [
        CommentGroup(said(asked.item(code).text), list(each))
        for code, each in groupby(comments, key=lambda comment: comment.question)
    ]
