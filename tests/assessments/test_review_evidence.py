"""Reviewing evidence, what its people are told, and who comes first when two decide at once."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from assessments.actions.evidence import (
    AlreadyDecided,
    OwnEvidence,
    remind_ending,
    return_evidence,
    tell_reviewers,
    verify_evidence,
    withdraw_evidence,
)
from assessments.evidenced import evidenced_on
from assessments.models import Evidence
from assessments.tasks import sweep_evidence
from diary.models import Fact
from outbox.actions import NothingToOpen, open_notice
from outbox.letters import letter
from outbox.models import Notice
from outbox.registry import kind_named
from people.models import Employee, Unit
from people.roles import Role
from portal.lib import clock
from tests.assessments.evidence_cast import CODE, DAY, NOON, give, make_evidence
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Any) -> None:
    settings.EVIDENCE_DIR = tmp_path / "evidence"


@pytest.fixture
def leader() -> Employee:
    return make_employee("Lê Thị Trưởng", language="en")


@pytest.fixture
def store(leader: Employee) -> Unit:
    return make_unit("CH-01", name_en="Store One", leader=leader)


@pytest.fixture
def reviewer() -> Employee:
    return make_employee("Vũ Thị Duyệt", roles=(Role.REVIEWER,), language="en")


def written(notice: Notice) -> str:
    """Subject and both bodies, as they would go out."""
    mail = letter(notice, kind_named(notice.kind), {})
    return "\n".join([str(mail.subject), str(mail.body), str(mail.alternatives[0][0])])


def still_due(notice: Notice) -> bool:
    asked = kind_named(notice.kind).still_due
    assert asked is not None
    return asked(notice)


# Verify and return --------------------------------------------------------------------------------------------------


def test_verified_evidence_counts_from_then_on(store: Unit, leader: Employee, reviewer: Employee) -> None:
    piece = give(store, leader)
    parents: dict[int, int | None] = {store.pk: None}
    before = evidenced_on(model_code=CODE, day=DAY, practices={"L1"}, parents=parents)

    with clock.at(NOON):
        verify_evidence(evidence=piece, by=reviewer)

    assert before[store.pk] == frozenset()
    assert evidenced_on(model_code=CODE, day=DAY, practices={"L1"}, parents=parents)[store.pk] == {"L1"}
    assert (piece.state, piece.reviewed_by, piece.reviewed_at) == ("verified", reviewer, NOON)
    fact = Fact.objects.get(verb="assessments.evidence_verified")
    assert (fact.actor, fact.data) == (reviewer, {"kind": "link", "pillar": "leadership"})


def test_the_same_press_twice_verifies_once(store: Unit, leader: Employee, reviewer: Employee) -> None:
    piece = give(store, leader)
    stale = Evidence.objects.get()
    verify_evidence(evidence=piece, by=reviewer)
    verify_evidence(evidence=stale, by=reviewer)

    assert Fact.objects.filter(verb="assessments.evidence_verified").count() == 1


def test_whoever_gave_it_or_leads_the_unit_does_not_check_it(store: Unit, leader: Employee) -> None:
    giver = make_employee(roles=(Role.CX,))
    piece = give(store, giver)

    for who in (giver, leader):
        with pytest.raises(OwnEvidence):
            verify_evidence(evidence=piece, by=who)
        with pytest.raises(OwnEvidence):
            return_evidence(evidence=piece, reason="No.", by=who)
    piece.refresh_from_db()
    assert piece.state == "waiting"


@pytest.mark.parametrize("post", ["leader", "deputy"])
@pytest.mark.parametrize("depth", [1, 2])
def test_nobody_checks_what_a_unit_above_gave_for_the_unit_they_lead(reviewer: Employee, post: str, depth: int) -> None:
    region = make_unit("V-1", leader=make_employee())
    above = [region, make_unit("V-1-1", parent=region)][depth - 1]
    store = make_unit("CH-09", parent=above)
    Unit.objects.filter(pk=store.pk).update(**{post: reviewer})
    for_all, for_itself = give(region, region.leader, covers_below=True), give(region, region.leader)

    assert list(Evidence.objects.to_review_by(reviewer)) == [for_itself]
    with pytest.raises(OwnEvidence):
        verify_evidence(evidence=for_all, by=reviewer)
    with pytest.raises(OwnEvidence):
        return_evidence(evidence=for_all, reason="No.", by=reviewer)
    verify_evidence(evidence=for_itself, by=reviewer)
    verify_evidence(evidence=for_all, by=make_employee(roles=(Role.REVIEWER,)))
    assert set(Evidence.objects.values_list("state", flat=True)) == {"verified"}


def test_who_leads_elsewhere_checks_what_a_region_gave_for_its_units(reviewer: Employee) -> None:
    region = make_unit("V-1", leader=make_employee())
    make_unit("CH-09", parent=make_unit("V-2"), leader=reviewer)
    piece = give(region, region.leader, covers_below=True)

    assert list(Evidence.objects.to_review_by(reviewer)) == [piece]
    verify_evidence(evidence=piece, by=reviewer)
    assert piece.state == "verified"


def test_returned_evidence_tells_its_giver_why(store: Unit, leader: Employee, reviewer: Employee) -> None:
    piece = give(store, leader, title="Diary <b>")
    stale = Evidence.objects.get()

    return_evidence(evidence=piece, reason="The pages are of <another> store.", by=reviewer)
    return_evidence(evidence=stale, reason="The pages are of <another> store.", by=reviewer)

    notice = Notice.objects.get()
    assert (notice.kind, notice.employee) == ("assessments.evidence_returned", leader)
    mail = written(notice)
    assert "Returned: Diary <b>" in mail
    assert "The pages are of &lt;another&gt; store." in mail
    assert f"/assessments/evidence/{piece.pk}/" in mail
    assert open_notice(notice) == f"/assessments/evidence/{piece.pk}/"
    assert still_due(notice)
    withdraw_evidence(evidence=piece, by=leader)
    assert not still_due(notice)


def test_evidence_of_somebody_who_left_is_returned_to_the_unit_leader(
    store: Unit, leader: Employee, reviewer: Employee
) -> None:
    piece = give(store, make_employee(is_active=False))

    return_evidence(evidence=piece, reason="Out of date.", by=reviewer)

    assert Notice.objects.get().employee == leader


def test_what_was_verified_by_mistake_is_returned(store: Unit, leader: Employee, reviewer: Employee) -> None:
    piece = give(store, leader)
    verify_evidence(evidence=piece, by=reviewer)

    return_evidence(evidence=piece, reason="Pressed by mistake.", by=make_employee(roles=(Role.REVIEWER,)))

    assert piece.state == "returned"


def test_whoever_comes_later_is_told(store: Unit, leader: Employee, reviewer: Employee) -> None:
    piece = give(store, leader)
    seen_by_the_other = Evidence.objects.get()
    verify_evidence(evidence=piece, by=reviewer)
    other = make_employee(roles=(Role.REVIEWER,))

    with pytest.raises(AlreadyDecided):
        verify_evidence(evidence=seen_by_the_other, by=other)
    with pytest.raises(AlreadyDecided):  # the page it was read on showed it waiting
        return_evidence(evidence=Evidence(pk=piece.pk, state="waiting", unit=store), reason="No.", by=other)
    assert Evidence.objects.get().reviewed_by == reviewer


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", ["return", "withdraw", "verify"])
def test_two_who_decide_at_once_leave_one_decision(rival: str) -> None:
    leader, one, other = make_employee(), *(make_employee(roles=(Role.REVIEWER,)) for _ in range(2))
    store = make_unit("CH-01", leader=leader)
    piece = give(store, leader)
    gate, lost = threading.Barrier(2), []

    def verify(by: Employee) -> None:
        verify_evidence(evidence=Evidence.objects.get(), by=by)

    def against() -> None:
        if rival == "return":
            return_evidence(evidence=Evidence.objects.get(), reason="No.", by=other)
        elif rival == "withdraw":
            withdraw_evidence(evidence=Evidence.objects.get(), by=leader)
        else:
            verify(other)

    def go(act: Callable[[], None]) -> None:
        gate.wait()
        try:
            act()
        except AlreadyDecided:
            lost.append(act)
        connection.close()

    threads = [threading.Thread(target=go, args=[act]) for act in (lambda: verify(one), against)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    piece.refresh_from_db()
    verified = Fact.objects.filter(verb="assessments.evidence_verified").count()
    match rival:
        case "verify":
            assert (piece.state, verified, len(lost)) == ("verified", 1, 1)
        case "withdraw":
            assert piece.state == "withdrawn"  # before or after, it does not count
            assert verified + len(lost) == 1
        case _:
            assert piece.state in ("verified", "returned")
            assert Fact.objects.filter(verb__startswith="assessments.evidence_").count() + len(lost) == 2


# Told ---------------------------------------------------------------------------------------------------------------


def test_reviewers_are_told_the_next_day_once_and_of_all_that_waits(
    store: Unit, leader: Employee, reviewer: Employee
) -> None:
    with clock.at(NOON):
        give(store, leader, added_on=DAY)
        give(store, leader, added_on=DAY)
        tell_reviewers()
    assert not Notice.objects.exists()

    with clock.at(NOON + timedelta(days=1)):
        for _ in range(3):
            tell_reviewers()
        give(store, leader, added_on=DAY + timedelta(days=1))
        tell_reviewers()

    notice = Notice.objects.get()
    assert notice.employee == reviewer
    assert "2 pieces of evidence wait for your review." in written(notice)
    assert notice.context == {"waiting": 2}
    assert open_notice(notice) == "/assessments/evidence/review/"
    assert still_due(notice)
    with clock.at(NOON + timedelta(days=9)):  # the clock was away for a week
        tell_reviewers()
        tell_reviewers()
    assert Notice.objects.count() == 2
    with clock.at(NOON + timedelta(days=10)):
        tell_reviewers()  # what waits was spoken of
    assert Notice.objects.count() == 2
    Evidence.objects.update(state="verified")
    assert not still_due(notice)


def test_a_reviewer_is_not_told_of_what_is_their_own(store: Unit, leader: Employee, reviewer: Employee) -> None:
    give(store, reviewer, added_on=DAY - timedelta(days=1))

    with clock.at(NOON):
        assert tell_reviewers() == 0
    assert not Notice.objects.exists()


def test_what_no_reviewer_may_check_is_spoken_of_when_one_comes_who_may(
    store: Unit, leader: Employee, reviewer: Employee
) -> None:
    theirs = give(store, reviewer, added_on=DAY - timedelta(days=1))
    other = give(store, leader, added_on=DAY - timedelta(days=1))

    with clock.at(NOON):
        assert tell_reviewers() == 1
        assert list(Evidence.objects.filter(told_on=DAY)) == [other]
        assert tell_reviewers() == 0
    late = make_employee(roles=(Role.REVIEWER,))
    with clock.at(NOON + timedelta(days=1)):
        tell_reviewers()
    assert Notice.objects.get(employee=late).context == {"waiting": 2}
    assert not Evidence.objects.filter(pk=theirs.pk, told_on=None).exists()


def test_without_reviewers_the_cx_team_is_told(store: Unit, leader: Employee, cx: Employee) -> None:
    give(store, leader, added_on=DAY - timedelta(days=1))

    with clock.at(NOON):
        tell_reviewers()
    assert Notice.objects.get().employee == cx


def test_what_waits_while_nobody_may_review_is_spoken_of_when_somebody_may(store: Unit, leader: Employee) -> None:
    give(store, leader, added_on=DAY - timedelta(days=3))
    with clock.at(NOON):
        assert tell_reviewers() == 0
        late = make_employee(roles=(Role.REVIEWER,))
        assert tell_reviewers() == 1
    assert Notice.objects.get().employee == late


def test_giver_and_leader_are_told_thirty_days_before_the_end_and_once(store: Unit, leader: Employee) -> None:
    giver = make_employee("Trần Văn Cho", language="en")
    make_evidence(store, added_by=giver, expires_on=DAY + timedelta(days=30))
    make_evidence(store, "L5", added_by=leader, expires_on=DAY + timedelta(days=31))

    with clock.at(NOON):
        for _ in range(3):
            sweep_evidence()

    assert set(Notice.objects.values_list("kind", "employee")) == {
        ("assessments.evidence_expires", giver.pk),
        ("assessments.evidence_expires", leader.pk),
    }
    mail = written(Notice.objects.first())  # type: ignore[arg-type]
    assert "Expires on 22 December 2026: Diary of visits" in mail
    assert "Store One" in mail
    with clock.at(NOON + timedelta(days=1)):
        sweep_evidence()
    assert Notice.objects.count() == 3  # one person is giver and leader of the other piece


def test_a_late_clock_tells_of_the_end_once(store: Unit, leader: Employee) -> None:
    make_evidence(store, added_by=leader, expires_on=DAY + timedelta(days=10))
    make_evidence(store, "L5", added_by=leader, expires_on=DAY - timedelta(days=3))
    make_evidence(store, "L6", added_by=leader, dated_on=DAY - timedelta(days=90), expires_on=DAY - timedelta(days=60))

    with clock.at(NOON):
        remind_ending()
        remind_ending()
    assert Notice.objects.count() == 2


def test_nobody_is_told_where_newer_evidence_lasts_longer(store: Unit, leader: Employee) -> None:
    make_evidence(store, added_by=leader, expires_on=DAY + timedelta(days=10))
    make_evidence(store, added_by=leader, expires_on=DAY + timedelta(days=200))

    with clock.at(NOON):
        remind_ending()
    assert not Notice.objects.exists()


@pytest.mark.parametrize("state", ["waiting", "returned", "withdrawn"])
def test_nobody_is_told_of_the_end_of_what_does_not_count(store: Unit, leader: Employee, state: str) -> None:
    make_evidence(store, added_by=leader, state=state, reason="x", expires_on=DAY + timedelta(days=10))

    with clock.at(NOON):
        remind_ending()
    assert not Notice.objects.exists()


def test_a_message_about_the_end_is_dropped_when_it_no_longer_counts(store: Unit, leader: Employee) -> None:
    piece = make_evidence(store, added_by=leader, expires_on=DAY + timedelta(days=10))
    with clock.at(NOON):
        remind_ending()
    notice = Notice.objects.get()
    assert still_due(notice)

    withdraw_evidence(evidence=piece, by=leader)

    assert not still_due(notice)
    piece.delete()
    with pytest.raises(NothingToOpen):
        open_notice(notice)


@pytest.mark.django_db(transaction=True)
def test_four_sweeps_at_once_tell_each_person_once() -> None:
    leader = make_employee()
    reviewer = make_employee(roles=(Role.REVIEWER,))
    store = make_unit("CH-01", leader=leader)
    make_evidence(store, added_by=leader, expires_on=DAY + timedelta(days=10))
    give(store, leader, added_on=DAY - timedelta(days=1))
    gate = threading.Barrier(4)

    def go() -> None:
        gate.wait()
        remind_ending()
        tell_reviewers()
        connection.close()

    with clock.at(NOON):
        threads = [threading.Thread(target=go) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert sorted(Notice.objects.values_list("employee", flat=True)) == sorted([leader.pk, reviewer.pk])


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_mail_is_written_in_both_languages(store: Unit, leader: Employee, language: str) -> None:
    leader.language = language
    leader.save()
    piece = give(store, leader)
    kinds: dict[str, dict[str, object]] = {
        "returned": {"reason": "No."},
        "waiting": {"waiting": 3},
        "expires": {"expires_on": "2026-12-24"},
    }
    for kind, context in kinds.items():
        said = {"evidence": piece.pk, "title": "Diary", "unit": {"vi": "Cửa hàng", "en": "Store"}, **context}
        mail = written(Notice(kind=f"assessments.evidence_{kind}", employee=leader, context=said))
        assert ("minh chứng" in mail.lower()) is (language == "vi"), kind
        assert "/assessments/evidence/" in mail
