"""Rounds: launch, cancel, end early, forget. Closing has its own file."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from diary.actions import record
from outbox.actions import forget
from people.models import Employee, Unit
from portal.lib import clock
from stats import disclosure
from surveys import facts
from surveys.actions.audience import at_work_in, gather_invited, places_of
from surveys.actions.keys import claim_key
from surveys.extras import add_extras
from surveys.models import Block, Invitation, Key, KeyPair, Participation, Round, RoundUnit, SealedReply
from surveys.questionnaire import Questionnaire

CLOSE_GRACE = timedelta(seconds=5)  # longer than any statement of the answer pages may take


class TooFewPeople(Exception):
    """The audience has fewer people than the smallest group that may be shown; `missing` says how many are lacking."""

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} more people are needed")
        self.missing = missing


INVITE = """
INSERT INTO surveys_invitation (id, round_id, employee_id, block_id, form, counts, collected)
SELECT gen_random_uuid(), %(round)s, people.employee_id, place.block,
       place.first + (row_number() OVER (PARTITION BY place.block ORDER BY random()) - 1) %% place.forms,
       people.counts, false
FROM launch_people people
JOIN unnest(%(units)s::bigint[], %(blocks)s::bigint[], %(firsts)s::int[], %(forms)s::int[])
  AS place(unit, block, first, forms)
  ON place.unit = people.unit_id
"""


def launch_round(
    *,
    kind: str,
    key: str,
    units: Iterable[Unit] | None,
    questionnaire: Questionnaire,
    opens_at: datetime,
    closes_at: datetime,
    launched_by: Employee | None = None,
    series: str = "",
    k: int = 5,
    k_detail: int = 10,
) -> Round:
    """Freeze a questionnaire, its audience and its blocks, and invite everybody; launched twice it is launched once.

    Raises TooFewPeople when the audience cannot form one block, NoKeyInStock before the seal worker has made a key.
    """
    with transaction.atomic():
        _wait_for_others(key)
        launched = Round.objects.filter(key=key).first()
        if launched is not None:
            return launched
        company = list(Unit.objects.filter(closed_on=None))
        tree = disclosure.Tree({unit.pk: unit.parent_id for unit in company})
        audience = tree.parent if units is None else {below for unit in units for below in tree.subtree(unit.pk)}
        heads = gather_invited(company, tree, frozenset(audience), closes_at)
        standing = _stand(tree, heads, k)
        asked = add_extras(questionnaire, tree, [each.home for each in standing], kind=kind, opens_at=opens_at)
        launched = Round.objects.create(
            kind=kind,
            key=key,
            series=series,
            opens_at=opens_at,
            closes_at=closes_at,
            key_pair=claim_key(),
            questionnaire=asked.questionnaire.to_json(),
            promise={"k": k, "k_comments": k_detail, "operator": settings.OPERATOR_NAME},
            k=k,
            k_detail=k_detail,
            box_size=asked.questionnaire.box_size,
            invited=sum(number for number, _ in heads.values()),
        )
        _freeze_units(launched, company, tree, heads)
        blocks = _make_blocks(launched, standing, heads, asked.yields)
        _invite(launched, standing, blocks, asked.first_forms)
        _say_launched(launched, len(blocks), launched_by)
    return launched


def _wait_for_others(key: str) -> None:
    """One launch of a key at a time, and none while somebody's right to count is being taken away."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"surveys.round:{key}"])
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended('surveys.launch', 0))")


def _say_launched(launched: Round, blocks: int, by: Employee | None) -> None:
    record(
        facts.ROUND_LAUNCHED,
        actor=by,
        subject=f"surveys.round:{launched.pk}",
        key=f"{facts.ROUND_LAUNCHED}:{launched.pk}",
        data={"invited": launched.invited, "blocks": blocks, "k": launched.k},
    )


def _stand(tree: disclosure.Tree, heads: Mapping[int, tuple[int, int]], k: int) -> list[disclosure.Standing]:
    counted = {unit: counting for unit, (_, counting) in heads.items()}
    try:
        return disclosure.partition_people(tree, counted, k, {unit: number for unit, (number, _) in heads.items()})
    except disclosure.TooFew as error:
        raise TooFewPeople(error.missing) from error


def _freeze_units(
    launched: Round, company: list[Unit], tree: disclosure.Tree, heads: Mapping[int, tuple[int, int]]
) -> None:
    invited = _with_those_below(tree, {unit: asked for unit, (asked, _) in heads.items()})
    people = _with_those_below(tree, at_work_in(company, places_of(company, tree)))
    depth: dict[int, int] = {}
    for unit_id in reversed(tree.post_order()):
        above = tree.parent[unit_id]
        depth[unit_id] = 0 if above is None else depth[above] + 1
    RoundUnit.objects.bulk_create(
        [
            RoundUnit(
                round=launched,
                unit=unit,
                parent_id=unit.parent_id,
                leader_id=unit.leader_id,
                name_vi=unit.name_vi,
                name_en=unit.name_en,
                sort_key=unit.sort_key,
                depth=depth[unit.pk],
                headcount=invited[unit.pk],
                people=people[unit.pk],
            )
            for unit in company
        ],
        batch_size=2000,
    )


def _with_those_below(tree: disclosure.Tree, own: Mapping[int, int]) -> dict[int, int]:
    found = {unit: own.get(unit, 0) for unit in tree.parent}
    for unit in tree.post_order():
        above = tree.parent[unit]
        if above is not None:
            found[above] += found[unit]
    return found


def _make_blocks(
    launched: Round, standing: list[disclosure.Standing], heads: Mapping[int, tuple[int, int]], yields: int
) -> list[Block]:
    made = []
    for number, block in enumerate(standing, start=1):
        invited = sum(heads[unit][0] for unit in block.atoms)
        made.append(
            Block(
                round=launched,
                unit_id=block.home,
                number=number,
                invited=invited,
                counted=sum(heads[unit][1] for unit in block.atoms),
                forms=disclosure.form_count(invited, yields),
            )
        )
    return Block.objects.bulk_create(made, batch_size=2000)


def _invite(
    launched: Round, standing: list[disclosure.Standing], blocks: list[Block], first_forms: Sequence[int]
) -> None:
    """Invite everybody, with the block's forms in turn; the first of them may be one that asks more."""
    groups = zip(standing, blocks, first_forms, strict=True)
    places = [(unit, block, first) for each, block, first in groups for unit in each.atoms]
    with connection.cursor() as cursor:
        cursor.execute(
            INVITE,
            {
                "round": launched.pk,
                "units": [unit for unit, _, _ in places],
                "blocks": [block.pk for _, block, _ in places],
                "firsts": [first for _, _, first in places],
                "forms": [block.forms for _, block, _ in places],
            },
        )
        cursor.execute("DROP TABLE launch_people")


@transaction.atomic
def cancel_round(round_id: uuid.UUID, *, by: Employee) -> bool:
    """Destroy an open round's boxes and key; False when it was not open any more."""
    claimed = Round.objects.filter(pk=round_id, state=Round.State.OPEN).update(
        state=Round.State.CANCELLED, closed_at=clock.now()
    )
    if not claimed:
        return False
    forget_traces(round_id)
    record(
        facts.ROUND_CANCELLED,
        actor=by,
        subject=f"surveys.round:{round_id}",
        key=f"{facts.ROUND_CANCELLED}:{round_id}",
    )
    return True


def close_soon(round_id: uuid.UUID) -> bool:
    """End an open round's window now, so that the seal worker closes it; False when it was over already."""
    now = clock.now()
    return bool(
        Round.objects.filter(pk=round_id, state=Round.State.OPEN, opens_at__lt=now, closes_at__gt=now).update(
            closes_at=now
        )
    )


def stop_counting(employee_ids: Sequence[int]) -> None:
    """Somebody else may act for these people from now on: where they have not started yet, they count no more.

    A launch at the same moment waits, or is waited for, so that none is missed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('surveys.launch', 0))")
    Invitation.objects.filter(round__state=Round.State.OPEN, employee__in=employee_ids, counts=True).update(
        counts=False
    )


def forget_traces(round_id: uuid.UUID) -> None:
    """Delete boxes, keys, presses and messages of a round and give its key up; part of closing and cancelling."""
    Participation.objects.filter(round_id=round_id).delete()
    SealedReply.objects.filter(round_id=round_id)._raw_delete("default")
    Key.objects.filter(invitation__round_id=round_id).delete()
    Invitation.objects.filter(round_id=round_id).update(collected=None, form=None)
    forget(f"surveys.round:{round_id}")
    KeyPair.objects.filter(round=round_id).update(state=KeyPair.State.SPENT)
