"""A leader's promise is asked about in pulses, and what people see of it stands beside it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from assessments.commitments import code_of
from improvement import actions
from improvement.models import Commitment
from people.models import Employee, Unit
from portal.lib import clock
from surveys.models import Cell, Round
from tests.improvement.conftest import make_commitment
from tests.make import make_employee
from tests.pulses.results_stage import Stage, launch, make_stage, signed_in, words
from tests.surveys.stage import close, everybody_answers

pytestmark = pytest.mark.django_db
PROMISED = datetime.fromisoformat("2026-09-01T10:00:00+07:00")


@pytest.fixture
def stage(settings: Any, tmp_path: Any, db: None) -> Iterator[Stage]:
    settings.KEY_DIR = tmp_path / "keys"
    with clock.at(PROMISED):
        yield make_stage()


def promised(unit: Unit, by: Employee, what: str = "Đứng quầy một buổi mỗi tháng", days: int = 200) -> Commitment:
    with clock.at(PROMISED):
        return make_commitment(unit, by, what, days)


def pulse(days: int) -> Round:
    """A pulse of the whole company that opens so many days after the promise."""
    with clock.at(PROMISED + timedelta(days=days, hours=1)):
        return launch(f"pulse:{days}")


def asked(round_: Round) -> set[str]:
    return {item.code for item in round_.questions.items if item.code.startswith("commitment-")}


def answered(round_: Round, *codes: str, value: Any = None) -> Round:
    """Everybody answers, the questions about promises as told; then it closes."""

    def sheet(person: Employee, n: int) -> dict[str, int | str]:
        usual: dict[str, int | str] = {"L1": 2 + n % 3, "L2": 3 + n % 2, "U1": 3 + n % 3, "U2": 4 + n % 2}
        return {**usual, "M1": 1 + n % 3, "M2": 1 + n % 2} | dict.fromkeys(codes, value(n) if value else 4 + n % 2)

    with clock.at(round_.opens_at + timedelta(hours=2)):
        everybody_answers(round_, sheet)
    return close(round_)


def read(person: Employee, at: datetime, language: str = "en") -> str:
    with clock.at(at):
        return words(signed_in(person, language).get("/improvement/commitments/").content.decode())


def test_a_promise_is_asked_two_weeks_after_it_was_made_and_not_before(stage: Stage) -> None:
    promise = promised(stage.units["A"], stage.lead_a)
    assert asked(pulse(12)) == set()
    assert asked(pulse(14)) == {code_of(promise.pk)}


def test_it_is_asked_again_a_quarter_later_until_its_leader_has_said_how_it_went(stage: Stage) -> None:
    promise = promised(stage.units["A"], stage.lead_a)
    assert [bool(asked(pulse(days))) for days in (14, 42, 70, 98, 126)] == [True, False, False, True, False]
    with clock.at(PROMISED + timedelta(days=150)):
        actions.settle_commitment(commitment=promise, kept=True, outcome="Đã làm", by=stage.lead_a)
    assert asked(pulse(190)) == set()


def test_only_the_people_below_the_unit_are_asked_in_both_languages_with_the_promise_as_written(stage: Stage) -> None:
    promise = promised(stage.units["A"], stage.lead_a)
    round_ = pulse(20)
    item = round_.questions.item(code_of(promise.pk))
    assert item.text == {
        "en": "I see this promise being kept: “Đứng quầy một buổi mỗi tháng”",
        "vi": "Tôi thấy cam kết này đang được giữ: “Đứng quầy một buổi mỗi tháng”",
    }
    assert round_.questions.places == {code_of(promise.pk): stage.units["A"].pk}
    forms = {block.unit_id: set(block.invitations.values_list("form", flat=True)) for block in round_.blocks.all()}
    asking = {n for n, form in enumerate(round_.questions.forms) if item.code in form}
    assert forms[stage.units["A"].pk] <= asking
    assert not forms[stage.units["B"].pk] & asking


def test_all_three_promises_of_a_unit_are_asked_at_once(stage: Stage) -> None:
    made = [promised(stage.units["A"], stage.lead_a, f"Lời hứa {number}") for number in range(3)]
    assert asked(pulse(20)) == {code_of(each.pk) for each in made}


def test_the_leader_reads_first_what_people_see_and_they_two_days_later(stage: Stage) -> None:
    promise = promised(stage.units["A"], stage.lead_a)
    round_ = answered(pulse(20), code_of(promise.pk))
    cell = Cell.objects.get(round=round_, unit=stage.units["A"], code=code_of(promise.pk))
    assert round_.closed_at is not None
    soon, later = round_.closed_at + timedelta(hours=1), round_.closed_at + timedelta(days=2, hours=1)
    assert "People see it kept." in read(stage.lead_a, soon)
    assert f"n {cell.n}" in read(stage.lead_a, soon)
    assert "People see it kept." not in read(stage.member, soon)
    assert "People see it kept." in read(stage.member, later)
    assert "Mọi người thấy cam kết này được giữ." in read(stage.member, later, "vi")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (lambda n: 1 + n % 2, "People do not see it kept yet."),
        (lambda n: 1 + 4 * (n % 2), "Whether people see it kept: cannot tell yet."),
        (lambda _n: 4, "is not shown apart, so that nobody can be recognised."),
    ],
)
def test_what_cannot_be_said_is_said_as_that(stage: Stage, value: Any, sentence: str) -> None:
    promise = promised(stage.units["A"], stage.lead_a)
    round_ = answered(pulse(20), code_of(promise.pk), value=value)
    assert round_.closed_at is not None
    page = read(stage.lead_a, round_.closed_at + timedelta(hours=1))
    assert sentence in page
    assert page.count("People see it kept.") == 0


def test_before_there_are_answers_the_page_says_when_people_are_asked(stage: Stage) -> None:
    promised(stage.units["A"], stage.lead_a)
    assert "The first pulse survey from 15 September 2026 on asks" in read(stage.lead_a, PROMISED)
    round_ = pulse(20)
    assert "The survey that is open until" in read(stage.member, round_.opens_at + timedelta(hours=3))


def test_nobody_elsewhere_reads_what_a_unit_answered(stage: Stage) -> None:
    promise = promised(stage.root, stage.hr, "Mỗi quý một lần nghe khách")
    other = promised(stage.units["A"], stage.lead_a)
    round_ = answered(pulse(20), code_of(other.pk))  # nobody says anything of the company's promise
    assert round_.closed_at is not None
    later = round_.closed_at + timedelta(days=3)
    inside = read(stage.member, later)
    assert other.what in inside
    assert "People see it kept." in inside
    outsider = make_employee(unit=stage.units["B"])
    page = read(outsider, later)
    assert promise.what in page
    assert other.what not in page
    assert "People see it kept." not in page
    with clock.at(later):
        cells = Cell.objects.filter(round=round_, code=code_of(other.pk))
        assert cells.visible_to(stage.member).filter(unit=stage.units["A"]).exists()
        assert not cells.visible_to(outsider).exists()


def test_the_list_costs_the_same_for_one_promise_and_for_many(stage: Stage, django_assert_max_num_queries: Any) -> None:
    first = promised(stage.units["A"], stage.lead_a)
    round_ = answered(pulse(20), code_of(first.pk))
    assert round_.closed_at is not None
    client = signed_in(stage.hr)
    with clock.at(round_.closed_at + timedelta(days=3)):
        assert words(client.get("/improvement/commitments/").content.decode()).count("People see it kept.") == 1
        with django_assert_max_num_queries(40) as few:
            client.get("/improvement/commitments/")
    places = (stage.units["A"], stage.units["B"], stage.root)
    more = [promised(unit, stage.lead_a, f"Lời hứa {number}") for number, unit in enumerate(places)]
    round_ = answered(pulse(50), *(code_of(each.pk) for each in more))
    assert round_.closed_at is not None
    with clock.at(round_.closed_at + timedelta(days=3)):
        with django_assert_max_num_queries(len(few)):
            page = client.get("/improvement/commitments/")
        assert words(page.content.decode()).count("People see it kept.") == 4


def test_the_words_are_frozen_whoever_launches(stage: Stage) -> None:
    promise = promised(stage.units["A"], stage.lead_a)
    with translation.override("en"):
        round_ = pulse(20)
    assert round_.questions.item(code_of(promise.pk)).text["vi"].startswith("Tôi thấy cam kết này")
