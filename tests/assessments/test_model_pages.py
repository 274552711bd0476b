"""The CX team's pages: read a model, copy it, write the draft part by part, publish, compare, retire."""

import re
import threading
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessments.actions import copy_model
from assessments.content import Text
from assessments.models import MaturityModel
from diary.models import Fact
from people.models import Employee
from people.roles import Role
from tests.assessments.conftest import browser
from tests.make import make_employee, make_unit

pytestmark = pytest.mark.django_db


def text_of(answer: object) -> str:
    return unescape(answer.content.decode())  # type: ignore[attr-defined]


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def filled(page: str) -> dict[str, str]:
    """What a browser would send of the form on this page, unchanged."""
    sent = {}
    main = page[page.index("<main") :]
    for tag in re.findall(r"<input[^>]*>", main):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            sent[name[1]] = value[1] if value else ""
    for name, value in re.findall(r'<textarea name="([^"]+)"[^>]*>\s*(.*?)</textarea>', main, re.DOTALL):
        sent[name] = value.strip()
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', main, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        sent[name] = chosen[1] if chosen else ""
    return sent


@pytest.fixture
def pages(cx: Employee) -> Client:
    return browser(cx)


@pytest.fixture
def draft(pages: Client, ten: MaturityModel) -> MaturityModel:
    sent = {"title_vi": "Mô hình của chúng ta", "title_en": "Our model", "code": "our-ten"}
    pages.post(f"/assessments/models/{ten.pk}/copy/", sent)
    return MaturityModel.objects.get(code="our-ten")


def practice_page(draft: MaturityModel, code: str = "TL1") -> str:
    return f"/assessments/models/{draft.pk}/practices/{code}/"


def test_the_list_shows_every_model_with_its_versions(pages: Client, five: MaturityModel, ten: MaturityModel) -> None:
    page = text_of(pages.get("/assessments/models/"))

    assert "Bearing Five" in page
    assert "30 practices" in page
    assert "10 practices" in page
    assert "Published" in page


def test_an_empty_list_says_what_to_do(pages: Client) -> None:
    assert "No model yet." in text_of(pages.get("/assessments/models/"))


def test_a_model_is_read_with_answers_evidence_next_steps_and_levels(pages: Client, five: MaturityModel) -> None:
    page = text_of(pages.get(five.get_absolute_url()))

    assert "In your unit, how regularly does the leader listen to customers in person?" in page
    assert "In three of the last four quarters." in page
    assert "Diary of visits or calls listened to" in page
    assert re.search(r"4 –\s+Managed", page)
    assert "2.6–3.4" in page
    assert "Edit" not in re.findall(r'class="btn[^>]*>([^<]+)<', page)
    vietnamese = text_of(pages.get(f"{five.get_absolute_url()}?preview=vi"))
    assert "Quý nào cũng có ít nhất một lần." in vietnamese


def test_a_copy_is_a_draft_of_its_own(draft: MaturityModel, ten: MaturityModel) -> None:
    assert (draft.state, draft.version, draft.content) == ("draft", 1, ten.content)
    assert draft.words.vi == "Mô hình của chúng ta"
    assert Fact.objects.filter(verb="assessments.model_copied").count() == 1


def test_a_copy_under_a_name_that_is_there_is_its_next_version(pages: Client, draft: MaturityModel) -> None:
    pages.post(f"/assessments/models/{draft.pk}/copy/", {"title_vi": "B", "title_en": "B", "code": "our-ten"})

    assert sorted(MaturityModel.objects.of_code("our-ten").values_list("version", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"title_vi": "A", "title_en": "", "code": "our-ten"}, "Write it in English too."),
        ({"title_vi": "", "title_en": "", "code": "our-ten"}, "Fill this in."),
        ({"title_vi": "A", "title_en": "B", "code": "bearing-mine"}, "belong to the models that ship with Bearing"),
        ({"title_vi": "A", "title_en": "B", "code": "Mô hình"}, "Use small letters without marks"),
    ],
)
def test_a_copy_without_a_proper_name_is_refused(
    pages: Client, ten: MaturityModel, sent: dict[str, str], said: str
) -> None:
    answer = pages.post(f"/assessments/models/{ten.pk}/copy/", sent)

    assert said in text_of(answer)
    assert MaturityModel.objects.count() == 1


def test_a_practice_is_saved_by_itself(pages: Client, draft: MaturityModel) -> None:
    sent = filled(text_of(pages.get(practice_page(draft))))
    sent |= {"name_en": "Hours with customers", "weight": "2,0", "anchor0_vi": "Cả năm chưa lần nào.", "do": "save"}
    answer = pages.post(practice_page(draft), sent)

    assert answer.status_code == 302
    before, after = draft.said, MaturityModel.objects.get(pk=draft.pk).said
    practice = after.by_code["TL1"]
    assert practice.name.en == "Hours with customers"
    assert practice.weight == 2
    assert practice.anchors[0].vi == "Cả năm chưa lần nào."
    assert {c: p for c, p in after.by_code.items() if c != "TL1"} == {
        c: p for c, p in before.by_code.items() if c != "TL1"
    }


def test_saving_without_a_change_changes_nothing(pages: Client, draft: MaturityModel) -> None:
    for code in draft.said.by_code:
        sent = filled(text_of(pages.get(practice_page(draft, code)))) | {"do": "save"}
        assert pages.post(practice_page(draft, code), sent).status_code == 302
    frame = f"/assessments/models/{draft.pk}/edit/"
    assert pages.post(frame, filled(text_of(pages.get(frame)))).status_code == 302

    again = MaturityModel.objects.get(pk=draft.pk)
    assert (again.content, again.edition) == (draft.content, 1)
    assert not Fact.objects.filter(verb="assessments.model_changed").exists()


def test_two_tabs_editing_the_same_practice_the_later_is_told(pages: Client, draft: MaturityModel) -> None:
    page = practice_page(draft)
    first = filled(text_of(pages.get(page)))
    second = dict(first)
    pages.post(page, first | {"name_en": "From the first tab", "do": "save"})
    late = pages.post(page, second | {"name_en": "From the second tab", "do": "save"})

    shown = text_of(late)
    assert late.status_code == 200
    assert "Somebody else saved this after you opened the page." in shown
    assert "From the second tab" in shown
    assert MaturityModel.objects.get(pk=draft.pk).said.by_code["TL1"].name.en == "From the first tab"
    pages.post(page, filled(shown) | {"do": "save"})
    assert MaturityModel.objects.get(pk=draft.pk).said.by_code["TL1"].name.en == "From the second tab"


@pytest.mark.parametrize("part", ["edit/", "dimensions/leadership/"])
def test_two_tabs_editing_the_same_frame_or_dimension_the_later_is_told(
    pages: Client, draft: MaturityModel, part: str
) -> None:
    page = f"/assessments/models/{draft.pk}/{part}"
    first = filled(text_of(pages.get(page)))
    assert pages.post(page, first | {"about_en": "From the first tab"}).status_code == 302
    late = text_of(pages.post(page, first | {"about_en": "From the second tab"}))

    assert "Somebody else saved this after you opened the page." in late
    assert "What is stored now" in late
    assert "From the first tab" in str(MaturityModel.objects.get(pk=draft.pk).content)


def test_the_enter_key_saves(pages: Client, draft: MaturityModel) -> None:
    page = text_of(pages.get(practice_page(draft)))
    form = page[page.index('name="answers"') :]
    assert re.findall(r'<button[^>]*value="(\w+)"', form)[0] == "save"


def test_two_tabs_editing_different_practices_both_save(pages: Client, draft: MaturityModel) -> None:
    one, other = (filled(text_of(pages.get(practice_page(draft, code)))) for code in ("TL1", "TL2"))
    pages.post(practice_page(draft, "TL1"), one | {"name_en": "One", "do": "save"})
    pages.post(practice_page(draft, "TL2"), other | {"name_en": "Other", "do": "save"})

    said = MaturityModel.objects.get(pk=draft.pk).said.by_code
    assert (said["TL1"].name.en, said["TL2"].name.en) == ("One", "Other")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"question_en": ""}, "Write it in English too."),
        ({"anchor2_vi": " "}, "Write it in Vietnamese too."),
        ({"weight": "0"}, "A practice counts once or twice"),
        ({"weight": "1.5"}, "A practice counts once or twice"),
        ({"weight": "heavy"}, "its weight is 1 or 2"),
        ({"weight": "nan"}, "its weight is 1 or 2"),
        ({"anchor1_en": "Not once in the past year."}, "Another answer says the same."),
        ({"next1_vi": "", "next1_en": ""}, "Write a next step here too, or leave all of them empty."),
        ({"anchor3_vi": "", "anchor3_en": ""}, "Beside the highest answer stands no next step."),
        ({"name_en": "x" * 121}, "At most 120 characters fit"),
        (
            {f"anchor{n}_{each}": "" for n in (1, 2, 3) for each in ("vi", "en")}
            | {f"next{n}_{each}": "" for n in range(3) for each in ("vi", "en")},
            "A practice has at least two answers.",
        ),
    ],
)
def test_a_practice_that_is_not_whole_is_refused(
    pages: Client, draft: MaturityModel, typed: dict[str, str], said: str
) -> None:
    sent = filled(text_of(pages.get(practice_page(draft)))) | typed | {"do": "save"}
    answer = pages.post(practice_page(draft), sent)

    assert said in text_of(answer)
    assert MaturityModel.objects.get(pk=draft.pk).content == draft.content


def test_the_rating_card_is_previewed_as_typed_and_nothing_is_saved(pages: Client, draft: MaturityModel) -> None:
    sent = filled(text_of(pages.get(practice_page(draft)))) | {"question_en": "How often?", "do": "preview"}
    page = text_of(pages.post(practice_page(draft), sent))

    assert 'class="asks">How often?' in page
    assert "As typed below, not saved yet." in page
    assert MaturityModel.objects.get(pk=draft.pk).content == draft.content


def test_answers_are_added_up_to_seven(pages: Client, draft: MaturityModel) -> None:
    page = text_of(pages.get(practice_page(draft)))
    for _ in range(5):
        page = text_of(pages.post(practice_page(draft), filled(page) | {"do": "more"}))
    assert 'name="anchor6_vi"' in page
    assert "Add an answer" not in page


def test_a_practice_is_added_moved_and_removed(pages: Client, draft: MaturityModel) -> None:
    new = f"/assessments/models/{draft.pk}/dimensions/leadership/new/"
    typed = filled(text_of(pages.get(new)))
    assert typed["code"] == "TL3"
    typed |= {"name_vi": "Mới", "name_en": "New", "question_vi": "Có không?", "question_en": "Is it so?", "do": "save"}
    typed |= {"anchor0_vi": "Chưa", "anchor0_en": "No", "anchor1_vi": "Có", "anchor1_en": "Yes"}
    assert pages.post(new, typed).status_code == 302

    def order() -> list[str]:
        return list(MaturityModel.objects.get(pk=draft.pk).said.by_code)[:4]

    assert order() == ["TL1", "TL2", "TL3", "TU1"]
    pages.post(f"{practice_page(draft, 'TL3')}move/", {"way": "up"})
    assert order() == ["TL1", "TL3", "TL2", "TU1"]
    pages.post(f"{practice_page(draft, 'TL2')}move/", {"way": "down"})
    assert MaturityModel.objects.get(pk=draft.pk).said.home_of("TL2").code == "understanding"  # type: ignore[union-attr]
    pages.post(f"{practice_page(draft, 'TL3')}remove/")
    assert "TL3" not in order()


def test_a_code_is_used_once(pages: Client, draft: MaturityModel) -> None:
    new = f"/assessments/models/{draft.pk}/dimensions/leadership/new/"
    typed = filled(text_of(pages.get(new))) | {"code": "TL1", "do": "save"}
    typed |= {"name_vi": "Mới", "name_en": "New", "question_vi": "Có không?", "question_en": "Is it so?"}
    typed |= {"anchor0_vi": "Chưa", "anchor0_en": "No", "anchor1_vi": "Có", "anchor1_en": "Yes"}

    assert "This short name is taken in this model." in text_of(pages.post(new, typed))


def test_a_practice_changed_meanwhile_is_not_removed_unseen(pages: Client, draft: MaturityModel) -> None:
    page = text_of(pages.get(draft.get_absolute_url()))
    remove = unescape(re.search(r'href="([^"]*practices/TL1/remove/[^"]*)"', page)[1])  # type: ignore[index]
    sent = filled(text_of(pages.get(practice_page(draft)))) | {"name_en": "Changed", "do": "save"}
    pages.post(practice_page(draft), sent)
    answer = pages.post(remove, follow=True)

    assert "Somebody changed this after you opened the page." in text_of(answer)
    assert "TL1" in MaturityModel.objects.get(pk=draft.pk).said.by_code


def test_a_dimension_of_its_own_belongs_to_one_of_the_five_pillars(pages: Client, draft: MaturityModel) -> None:
    new = f"/assessments/models/{draft.pk}/dimensions/new/"
    typed = {"name_vi": "Kênh số", "name_en": "Digital channels", "code": "digital"}
    assert "Fill this in." in text_of(pages.post(new, typed))
    assert pages.post(new, typed | {"pillar": "process"}).status_code == 302
    said = MaturityModel.objects.get(pk=draft.pk).said
    assert said.dimension("digital").pillar == "process"  # type: ignore[union-attr]
    page = text_of(pages.get(draft.get_absolute_url()))
    assert "Belongs to the pillar Process" in page
    assert "This pillar has no practice yet." in page


def test_a_draft_with_an_empty_dimension_is_not_published(pages: Client, draft: MaturityModel) -> None:
    pages.post(
        f"/assessments/models/{draft.pk}/dimensions/new/",
        {"name_vi": "Kênh số", "name_en": "Digital", "code": "digital", "pillar": "process"},
    )
    answer = pages.post(f"/assessments/models/{draft.pk}/publish/?edition=2", follow=True)

    assert "cannot be published yet" in text_of(answer)
    assert MaturityModel.objects.get(pk=draft.pk).state == "draft"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"level1from": "1"}, "A level begins above the one before it."),
        ({"level0from": "1.4"}, "The first level begins at 1"),
        ({"level4from": "5"}, "Write a score from 1 up to, but not including, 5."),
        ({"level2_vi": "", "level2_en": "", "level2from": ""}, "without an empty one between them"),
        ({"level2_en": ""}, "Write it in English too."),
        ({"anchors": "5"}, "Name all 5 answers of the scale"),
        ({"about_vi": ""}, "Write it in Vietnamese too."),
    ],
)
def test_levels_with_holes_and_half_scales_are_refused(
    pages: Client, draft: MaturityModel, typed: dict[str, str], said: str
) -> None:
    frame = f"/assessments/models/{draft.pk}/edit/"
    answer = pages.post(frame, filled(text_of(pages.get(frame))) | typed)

    assert said in text_of(answer)
    assert MaturityModel.objects.get(pk=draft.pk).content == draft.content


def test_levels_and_title_are_changed(pages: Client, draft: MaturityModel) -> None:
    frame = f"/assessments/models/{draft.pk}/edit/"
    typed = filled(text_of(pages.get(frame))) | {"title_en": "A better model", "level1from": "2,1"}
    assert pages.post(frame, typed).status_code == 302

    again = MaturityModel.objects.get(pk=draft.pk)
    assert again.words.en == "A better model"
    assert [(level.low, level.high) for level in again.said.bands][:2] == [(1, 2.1), (2.1, 2.6)]


def test_a_published_model_can_no_longer_be_edited(pages: Client, draft: MaturityModel) -> None:
    answer = pages.post(f"/assessments/models/{draft.pk}/publish/?edition=1", follow=True)
    assert "The model is published." in text_of(answer)
    assert pages.get(practice_page(draft)).status_code == 403
    assert pages.post(practice_page(draft), {"do": "save"}).status_code == 403
    assert pages.get(f"/assessments/models/{draft.pk}/discard/").status_code == 403
    assert Fact.objects.filter(verb="assessments.model_published").count() == 1


def test_a_draft_changed_after_it_was_read_is_not_published(pages: Client, draft: MaturityModel) -> None:
    sent = filled(text_of(pages.get(practice_page(draft)))) | {"name_en": "Changed", "do": "save"}
    pages.post(practice_page(draft), sent)
    answer = pages.post(f"/assessments/models/{draft.pk}/publish/?edition=1", follow=True)

    assert "Somebody changed this after you opened the page." in text_of(answer)
    assert MaturityModel.objects.get(pk=draft.pk).state == "draft"


def test_a_model_is_retired_once(pages: Client, ten: MaturityModel) -> None:
    for _ in range(2):
        pages.post(f"/assessments/models/{ten.pk}/retire/")
    assert MaturityModel.objects.get(pk=ten.pk).state == "retired"
    assert Fact.objects.filter(verb="assessments.model_retired").count() == 1


def test_a_draft_is_thrown_away_and_its_fact_stays(pages: Client, draft: MaturityModel) -> None:
    answer = pages.post(f"/assessments/models/{draft.pk}/discard/", follow=True)
    assert "The draft is gone." in text_of(answer)
    assert not MaturityModel.objects.filter(pk=draft.pk).exists()
    assert Fact.objects.filter(verb="assessments.model_discarded").count() == 1


def test_a_copy_is_compared_with_what_it_was_copied_from(
    pages: Client, draft: MaturityModel, five: MaturityModel, ten: MaturityModel
) -> None:
    assert pages.get(f"/assessments/models/{draft.pk}/compare/").context["older"] == ten


def test_two_versions_are_compared(pages: Client, draft: MaturityModel, ten: MaturityModel) -> None:
    sent = filled(text_of(pages.get(practice_page(draft)))) | {"name_en": "Hours with customers", "do": "save"}
    pages.post(practice_page(draft), sent)
    pages.post(f"{practice_page(draft, 'TU1')}remove/")
    page = text_of(pages.get(f"/assessments/models/{draft.pk}/compare/?with={ten.pk}"))

    assert "Time with customers" in page
    assert "Hours with customers" in page
    assert "No longer asked" in page
    assert "8 practices are the same, word for word." in page


def test_hr_and_leaders_read_what_is_published_and_others_nothing(
    pages: Client, draft: MaturityModel, ten: MaturityModel
) -> None:
    leader = make_employee()
    make_unit("CN", leader=leader)
    for reader in (make_employee(roles=(Role.HR,)), leader):
        client = browser(reader)
        assert client.get(ten.get_absolute_url()).status_code == 200
        assert client.get(f"/assessments/models/{ten.pk}/model.xlsx").status_code == 200
        assert client.get(draft.get_absolute_url()).status_code == 404
        assert client.get(f"/assessments/models/{ten.pk}/copy/").status_code == 403
        assert "our-ten" not in text_of(client.get("/assessments/models/"))
        assert [row["code"] for row in client.get("/api/v1/models/").json()["results"]] == ["bearing-ten"]
    nobody = browser(make_employee())
    assert nobody.get("/assessments/models/").status_code == 403
    assert nobody.get(ten.get_absolute_url()).status_code == 404
    assert nobody.get("/api/v1/models/").json()["results"] == []


def test_a_page_costs_the_same_queries_however_long_the_model(
    pages: Client, five: MaturityModel, ten: MaturityModel
) -> None:
    counts = []
    for model in (five, ten):
        with CaptureQueriesContext(connection) as seen:
            pages.get(model.get_absolute_url())
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_menu_leads_the_cx_team_to_the_models_and_nobody_else(pages: Client) -> None:
    home = text_of(pages.get("/"))
    assert 'href="/assessments/models/"' in home
    assert len(re.findall(r"<a ", home[home.index('<nav class="tabs"') :])) == 4
    for other in (make_employee(roles=(Role.HR,)), make_employee()):
        assert 'href="/assessments/models/"' not in text_of(browser(other).get("/"))


@pytest.mark.django_db(transaction=True)
def test_two_copies_at_once_become_two_versions(ten: MaturityModel, cx: Employee) -> None:
    gate = threading.Barrier(3)

    def go() -> None:
        gate.wait()
        copy_model(source=ten, code="our-ten", title=Text("Của ta", "Ours"), by=cx)
        connection.close()

    threads = [threading.Thread(target=go) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(MaturityModel.objects.of_code("our-ten").values_list("version", flat=True)) == [1, 2, 3]
