"""A newer version while a cycle is open: asked once for each cycle; leaders' ratings move, teams' answers stay."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from assessments import actions
from assessments.models import Cycle, LeaderRating, MaturityModel
from assessments.scoring import Remap
from diary.models import Fact
from people.models import Employee
from portal.lib import clock
from surveys.actions import stock_keys
from tests.assessments.conftest import browser
from tests.assessments.cycle_cast import MONDAY, leader_of, make_company, make_cycle, unit


@pytest.fixture(autouse=True)
def on_monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def model(ten: MaturityModel) -> MaturityModel:
    """A model of the company's own: ten practices of four answers."""
    return MaturityModel.objects.create(
        code="ours",
        version=1,
        state="published",
        title=ten.title,
        content=ten.content,
        changed_at=MONDAY,
        published_at=MONDAY,
    )


@pytest.fixture
def cycle(settings: Any, tmp_path: Path, model: MaturityModel) -> Cycle:
    settings.KEY_DIR = tmp_path / "keys"
    stock_keys()
    make_company()
    opened = actions.open_cycle(cycle_id=make_cycle(model).pk)
    first, *others = list(model.said.by_code)
    given: dict[str, int | None] = {first: 3, **{code: None if n == 0 else 2 for n, code in enumerate(others)}}
    LeaderRating.objects.filter(leader=leader_of("CN-1")).update(answers=given, sent_at=MONDAY, edition=1)
    return opened


def newer_of(model: MaturityModel, *, version: int = 2) -> MaturityModel:
    """The next version: the first practice has three answers, the last one is gone, one is new."""
    content = MaturityModel.objects.get(pk=model.pk).content
    pillars = content["pillars"]
    first = pillars[0]["practices"][0]
    first["anchors"] = first["anchors"][:3]
    first.pop("next", None)
    new = dict(pillars[0]["practices"][1], code="NEW1")
    pillars[0]["practices"].append(new)
    pillars[-1]["practices"].pop()
    return MaturityModel.objects.create(
        code=model.code,
        version=version,
        state="published",
        title=model.title,
        content=content,
        changed_at=MONDAY,
        published_at=MONDAY,
    )


def rating_of(code: str) -> LeaderRating:
    return LeaderRating.objects.get(unit=unit(code))


def test_an_open_cycle_asks_what_the_newer_version_means_for_it(cycle: Cycle, model: MaturityModel) -> None:
    assert actions.version_to_decide(cycle) is None
    newer = newer_of(model)
    assert actions.version_to_decide(cycle) == newer
    assert actions.running_with_older(newer) == [cycle]


def test_a_draft_of_a_newer_version_asks_nothing(cycle: Cycle, model: MaturityModel) -> None:
    actions.copy_model(source=model, code="ours", title=model.words, by=leader_of("CTY"))
    assert actions.version_to_decide(cycle) is None


def test_keeping_the_version_is_asked_once(cycle: Cycle, model: MaturityModel) -> None:
    newer = newer_of(model)
    before = rating_of("CN-1").answers
    actions.keep_version(cycle=cycle, newer=newer)
    actions.keep_version(cycle=cycle, newer=newer)
    assert actions.version_to_decide(cycle) is None
    assert Fact.objects.filter(verb="assessments.version_kept").count() == 1
    assert rating_of("CN-1").answers == before
    assert actions.version_to_decide(cycle) is None
    assert actions.running_with_older(newer) == []


@pytest.mark.parametrize(("how", "first"), [(Remap.CLAMP, 2), (Remap.RESCALE, 2)])
def test_ratings_move_and_what_was_given_is_kept(cycle: Cycle, model: MaturityModel, how: Remap, first: int) -> None:
    codes = list(model.said.by_code)
    given = rating_of("CN-1").answers
    newer = newer_of(model)
    moved = actions.move_ratings(cycle=cycle, newer=newer, how=how)
    assert (moved.moved_to, moved.moved_by, moved.leaders_model, moved.model) == (newer, how.value, newer, model)
    rating = rating_of("CN-1")
    assert rating.answers[codes[0]] == first
    assert rating.answers[codes[1]] is None
    assert rating.before_move["answers"] == given
    assert rating.before_move["model"] == model.pk
    assert rating.edition == 2
    assert Fact.objects.get(verb="assessments.version_moved").data["ratings"] == 3
    newer.refresh_from_db()
    assert newer.first_used_at == MONDAY


def test_a_practice_removed_while_a_cycle_runs_is_kept_apart(cycle: Cycle, model: MaturityModel) -> None:
    last = list(model.said.by_code)[-1]
    actions.move_ratings(cycle=cycle, newer=newer_of(model), how=Remap.CLAMP)
    rating = rating_of("CN-1")
    assert last not in rating.answers
    assert rating.before_move["gone"] == {last: 2}


def test_teams_go_on_answering_the_words_they_were_given(cycle: Cycle, model: MaturityModel) -> None:
    assert cycle.round is not None
    cycle.round.refresh_from_db()
    before = cycle.round.questionnaire
    actions.move_ratings(cycle=cycle, newer=newer_of(model), how=Remap.RESCALE)
    cycle.round.refresh_from_db()
    assert cycle.round.questionnaire == before


def test_a_second_move_keeps_the_whole_history(cycle: Cycle, model: MaturityModel) -> None:
    second = newer_of(model)
    actions.move_ratings(cycle=cycle, newer=second, how=Remap.CLAMP)
    third = newer_of(second, version=3)
    actions.move_ratings(cycle=cycle, newer=third, how=Remap.CLAMP)
    history = rating_of("CN-1").before_move
    assert history["model"] == second.pk
    assert history["earlier"]["model"] == model.pk


def test_moved_twice_to_the_same_version_is_refused(cycle: Cycle, model: MaturityModel) -> None:
    newer = newer_of(model)
    actions.move_ratings(cycle=cycle, newer=newer, how=Remap.CLAMP)
    with pytest.raises(actions.AlreadyMoved):
        actions.move_ratings(cycle=cycle, newer=newer, how=Remap.RESCALE)


def test_what_is_over_is_not_moved(cycle: Cycle, model: MaturityModel) -> None:
    actions.cancel_cycle(cycle=cycle, by=leader_of("CTY"))
    newer = newer_of(model)
    with pytest.raises(actions.AlreadyMoved):
        actions.move_ratings(cycle=cycle, newer=newer, how=Remap.CLAMP)
    cycle.refresh_from_db()
    assert actions.version_to_decide(cycle) is None


# On the pages


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_page_of_the_cycle_asks_and_says_that_teams_answers_stay(
    cycle: Cycle, model: MaturityModel, cx: Employee
) -> None:
    newer_of(model)
    client = browser(cx)
    page = words(client.get(cycle.get_absolute_url()))
    assert "Version 2 of its model was published while this cycle is open." in page
    assert "Teams go on answering the words they were given." in page
    compared = words(client.get(reverse("assessments:cycle_move", args=[cycle.pk])))
    assert "No longer asked:" in compared
    assert "NEW1" in compared
    assert "4 answers before, 3 now." in compared


@pytest.mark.parametrize(("how", "said"), [("keep", "The cycle keeps its version."), ("clamp", "Leaders now rate by")])
def test_one_press_decides(cycle: Cycle, model: MaturityModel, cx: Employee, how: str, said: str) -> None:
    newer_of(model)
    client = browser(cx)
    answer = client.post(reverse("assessments:cycle_move", args=[cycle.pk]), {"how": how}, follow=True)
    assert said in words(answer)
    again = client.post(reverse("assessments:cycle_move", args=[cycle.pk]), {"how": how}, follow=True)
    assert "There is nothing to decide" in words(again)


def test_a_press_without_a_choice_asks_again(cycle: Cycle, model: MaturityModel, cx: Employee) -> None:
    newer_of(model)
    answer = browser(cx).post(reverse("assessments:cycle_move", args=[cycle.pk]), {})
    assert "Choose one." in words(answer)


def test_publishing_says_which_open_cycles_have_to_be_decided_about(
    cycle: Cycle, model: MaturityModel, cx: Employee
) -> None:
    draft = actions.copy_model(source=model, code="ours", title=model.words, by=cx)
    client = browser(cx)
    asked = words(client.get(reverse("assessments:model_publish", args=[draft.pk])))
    assert "Autumn cycle" in asked
    done = client.post(f"{reverse('assessments:model_publish', args=[draft.pk])}?edition={draft.edition}", follow=True)
    assert reverse("assessments:cycle_move", args=[cycle.pk]) in done.content.decode()
