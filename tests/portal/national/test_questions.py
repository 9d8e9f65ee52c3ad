"""Questions by the centre's pages: save, look, choose, answer, take away; each refusal in words."""

import io

import pdfplumber
import pytest
from django.urls import reverse

from coordination.briefing.models import Answer, Question
from tests.people import make_national
from tests.records import entered  # noqa: F401  # fixture

pytestmark = pytest.mark.django_db
NOTHING = "00000000-0000-0000-0000-000000000007"


@pytest.fixture
def analyst(kent, avon, entered, signed_in):  # noqa: F811
    entered(kent, on="2024-04-06")
    return signed_in(make_national("national_analyst"))


def path(name, *args):
    return reverse(f"admin:national-{name}", args=args)


def page(client, name, /, *args, status=200):
    answer = client.get(path(name, *args))
    assert answer.status_code == status, (name, answer.status_code, answer.content.decode()[:2000])
    return " ".join(answer.content.decode().split())


def save(client, address="/deployments/?force=kent", title="How often in Kent?", **more):
    return client.post(path("question-new"), {"title": title, "reference": "", "address": address, **more})


@pytest.fixture
def question(analyst):
    save(analyst)
    return Question.objects.get()


@pytest.mark.parametrize("role", ["regulator", "testing_officer"])
def test_a_national_reader_who_does_not_answer_is_refused(role, question, signed_in):
    client = signed_in(make_national(role))
    assert client.post(path("question-answer", question.uid), {"seen": "0"}).status_code == 403
    assert save(client).status_code == 403
    for name, args in (("questions", []), ("question", [question.uid]), ("question-change", [question.uid])):
        page(client, name, *args, status=403)
    # What is not there is refused alike.
    for name in ("question", "question-change", "answer", "answer-pdf", "answer-ods"):
        page(client, name, NOTHING, status=403)
    assert not Answer.objects.exists()


def test_what_is_not_there_is_not_found(analyst):
    for name in ("question", "question-change", "answer", "answer-pdf", "answer-ods"):
        page(analyst, name, NOTHING, status=404)
    assert analyst.post(path("question-answer", NOTHING), {"seen": "0"}).status_code == 404


def test_from_an_address_to_a_file_in_four_requests(analyst):
    assert "No question has been saved yet." in page(analyst, "questions")
    saved = save(analyst, "http://testserver/statistics/deployments-by-year/?force=kent", reference="UIN 1")
    told = analyst.get(saved["Location"]).content.decode()
    assert "The published records of Kent Police count 1 deployment" in told
    assert "None yet." in told
    question = Question.objects.get()
    answered = analyst.post(path("question-answer", question.uid), {"seen": "0"})
    told = analyst.get(answered["Location"]).content.decode()
    assert "This is what was answered then." in told
    answer = Answer.objects.get()
    pdf = analyst.get(path("answer-pdf", answer.uid))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["Content-Disposition"].startswith('attachment; filename="answer-')
    assert "no-store" in pdf["Cache-Control"]
    with pdfplumber.open(io.BytesIO(pdf.content)) as read:
        assert "Kent Police count 1 deployment" in read.pages[0].extract_text().replace("\n", " ")
    assert analyst.get(path("answer-ods", answer.uid)).content == bytes(answer.ods)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Enter address of the table or list that answers it"),
        ("https://elsewhere.example/deployments/", "on this site"),
        ("/forces/kent/", "on this site"),
        ("http://[", "on this site"),
        ("javascript:/deployments/", "on this site"),
        ("file:///deployments/", "on this site"),
        ("/deployments/?" + "x" * 3000, "on this site"),
        ("/deployments/?yeer=2024", "yeer"),
        ("/deployments/?" + "&".join(f"a{n}=1" for n in range(60)), "too many parameters"),
        ("/statistics/no-such-table/", "no such table"),
        ("/demonstration/deployments/", "made up"),
    ],
)
def test_an_address_that_answers_nothing_is_refused_in_words(analyst, address, words):
    answer = save(analyst, address)
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a problem" in told
    assert words in told
    assert not Question.objects.exists()


def test_figures_and_notes_are_chosen_and_needed_ones_stay(analyst, question):
    told = page(analyst, "question-change", question.uid)
    assert "Always said" in told
    assert "Missing is never zero." in told
    sent = {"title": "Arrests in Kent", "reference": "UIN 2", "measures": ["arrests"], "seen": "1"}
    assert analyst.post(path("question-change", question.uid), sent)["Location"] == path(
        "question", question.uid
    )
    told = page(analyst, "question", question.uid)
    assert "Arrests in Kent" in told
    assert "Arrests: 1." in told
    assert "Alerts: 3." not in told
    answer = analyst.post(path("question-change", question.uid), sent)
    assert answer.status_code == 422
    assert "Somebody changed this question meanwhile." in answer.content.decode()


def test_pressing_twice_leads_to_one_answer(analyst, question):
    for _time in range(2):
        answer = analyst.post(path("question-answer", question.uid), {"seen": "0"})
    assert "It was answered a moment ago" in analyst.get(answer["Location"]).content.decode()
    assert Answer.objects.count() == 1


@pytest.mark.parametrize("seen", ["", "-1", "one", "9" * 40, "²"])
def test_a_form_sent_by_hand_answers_nothing(analyst, question, seen):
    assert analyst.post(path("question-answer", question.uid), {"seen": seen}).status_code == 302
    assert not Answer.objects.exists()


def test_what_moved_since_is_told_with_its_revision(analyst, question, kent, entered):  # noqa: F811
    analyst.post(path("question-answer", question.uid), {"seen": "0"})
    assert "Nothing: the register has not changed since answer 1." in page(analyst, "question", question.uid)
    entered(kent, on="2024-05-06")
    told = page(analyst, "question", question.uid)
    assert "Figures that say something else" in told
    assert "Counted now and not before" in told


def test_a_question_whose_force_was_renamed_says_so_and_is_no_fault(analyst, question, kent):
    type(kent).objects.filter(pk=kent.pk).update(slug="kent-renamed")
    told = page(analyst, "question", question.uid)
    assert "This can no longer be answered as it was saved." in told
    assert analyst.get(path("question-change", question.uid)).status_code == 302
    assert analyst.post(path("question-answer", question.uid), {"seen": "0"}).status_code == 302
    assert not Answer.objects.exists()
