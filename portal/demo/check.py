"""The demo's story through the front door: mail, answer, reminder, close, results; over HTTP, worker, beat and SMTP."""

import hashlib
import http.cookiejar
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.urls import reverse
from django.utils import formats, translation

from assessments.models import Cycle, Evidence, LeaderRating, Scorecard
from people.models import Employee, Unit
from portal.demo import company, mailbox
from portal.demo.improving import BRANCH
from portal.demo.services import Services
from portal.demo_people import REGION, TINY
from portal.lib import shifted
from pulses.models import Wave
from surveys.models import Cell, Invitation, Key, Round

Found = TypeVar("Found")
PATIENCE = 100.0  # seconds for any one thing to happen
A_DAY = 86_400.0
LINK = re.compile(r"http://127\.0\.0\.1:\d+/\w\w/p/[\w-]+")
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
RADIO = re.compile(r'<input[^>]*type="radio"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


class Failed(Exception):
    """A chapter of the story did not happen."""


@dataclass(frozen=True)
class Page:
    """What came back for a request."""

    status: int
    text: str


class Visitor:
    """A browser as far as this story needs one: cookies, forms, redirects."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def get(self, address: str) -> Page:
        """Open a page."""
        return self._fetch(urllib.request.Request(urllib.parse.urljoin(self._base, address)))

    def post(self, address: str, fields: dict[str, str]) -> Page:
        """Send a form, with the token against forged requests when the portal gave one."""
        token = next((cookie.value for cookie in self._jar if cookie.name == settings.CSRF_COOKIE_NAME), None)
        values = {**fields, **({"csrfmiddlewaretoken": token} if token else {})}
        request = urllib.request.Request(
            urllib.parse.urljoin(self._base, address), data=urllib.parse.urlencode(values).encode()
        )
        return self._fetch(request)

    def _fetch(self, request: urllib.request.Request) -> Page:
        try:
            with self._opener.open(request, timeout=20) as answer:
                return Page(answer.status, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Page(error.code, error.read().decode(errors="replace"))


def check(services: Services, say: Callable[[str], object]) -> None:
    """Play every chapter; raises Failed at the first that does not happen."""
    base = services.environment["BASE_URL"]
    wave = Wave.objects.select_related("round", "programme").latest("number")
    round_ = wave.round
    assert round_ is not None
    fresh = _not_yet(round_)
    branch = Unit.objects.get(code=BRANCH)
    chosen = [person for person in fresh if person.unit_id == branch.pk][:6]
    links = _wait(lambda: _links(services, round_, chosen), "the invitations did not arrive by mail")
    say(f"mail: {len(links)} invitations arrived over SMTP")
    for number, link in enumerate(links):
        _answer(link, number)
    say(f"answers: {len(links)} people answered over HTTP")
    answered = {person.email for person in chosen}
    _move_clock(2 * A_DAY)
    reminded = _wait(lambda: _reminded(services, round_), "no reminder arrived")
    if answered & reminded:
        raise Failed("somebody who had answered was reminded")
    say(f"reminder: {len(reminded)} mails, none to those who answered")
    cx = _signed_in(base, company.SIGN_INS["cx"])
    page = cx.post(reverse("pulses:wave_close_now", args=[wave.pk]), {"confirmed": "yes"})
    if page.status != 200:
        raise Failed(f"closing by hand was answered with {page.status}")
    _wait(lambda: Round.objects.filter(pk=round_.pk, state="closed").exists(), "the wave did not close")
    say("close: the seal worker opened the boxes and published cells")
    _read_as_leader(base, round_, Unit.objects.get(code=REGION))
    say("results: the head of the region reads the published score")
    _read_as_tiny(base, round_)
    say("small team: its leader sees the unit above instead")
    _assessed(base, Unit.objects.get(code=REGION))
    say("assessment: the head of the region reads its scorecard and is asked to rate; evidence waits for its reviewer")


def _wait(look: Callable[[], Found], otherwise: str) -> Found:
    """What `look` finds as soon as it finds something."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(1)
    raise Failed(otherwise)


def _not_yet(round_: Round) -> list[Employee]:
    waiting = Invitation.objects.filter(round=round_, collected=False).order_by("employee__number")
    return [each.employee for each in waiting.select_related("employee") if each.employee.email]


def _links(services: Services, round_: Round, people: Sequence[Employee]) -> list[str]:
    """The link of this round in the latest mail of each of these people; empty while one is missing."""
    found = []
    for person in people:
        mails = mailbox.newest(services.folder / "mails", 20, to=person.email or "")
        links = (match.group() for mail in mails if (match := LINK.search(mail.text)))
        ours = next((link for link in links if _leads_to(link, round_)), None)
        if ours is None:
            return []
        found.append(ours)
    return found


def _leads_to(link: str, round_: Round) -> bool:
    return Key.objects.filter(hash=_hashed(link), invitation__round=round_).exists()


def _hashed(link: str) -> bytes:
    return hashlib.sha256(link.rpartition("/")[2].encode()).digest()


def _answer(link: str, number: int) -> None:
    """Promise, start, questions, send: as a phone without script does it."""
    visitor = Visitor(link)
    promise = visitor.get(link)
    fields = dict(HIDDEN.findall(promise.text))
    language = urllib.parse.urlsplit(link).path.split("/")[1]
    sheet = visitor.post(f"/{language}/start", fields)
    answers: dict[str, list[str]] = {}
    for name, value in RADIO.findall(sheet.text):
        if value.isdecimal():
            answers.setdefault(name, []).append(value)
    if promise.status != 200 or sheet.status != 200 or not answers:
        raise Failed("a link did not lead to the questions")
    chosen = {name: values[(number + place) % len(values)] for place, (name, values) in enumerate(answers.items())}
    thanks = visitor.post(f"/{language}/send", {**dict(HIDDEN.findall(sheet.text)), **chosen})
    if thanks.status != 200:
        raise Failed(f"sending answers was answered with {thanks.status}")


def _reminded(services: Services, round_: Round) -> set[str]:
    """Addresses whose latest mail with a link of this round is a reminder, once the sweep has come to rest."""
    ours = {bytes(each) for each in Key.objects.filter(invitation__round=round_).values_list("hash", flat=True)}
    found = ((mail, LINK.search(mail.text)) for mail in mailbox.newest(services.folder / "mails", 5000))
    mails = [mail for mail, link in found if link and _hashed(link.group()) in ours]
    subjects = {mail.to: [other.subject for other in mails if other.to == mail.to] for mail in mails[:400]}
    return {to for to, found in subjects.items() if len(set(found)) > 1}


def _move_clock(seconds: float) -> None:
    shifted.shift(settings.DEMO_CLOCK, float(settings.DEMO_CLOCK.read_text()) + seconds)


def _signed_in(base: str, number: str) -> Visitor:
    visitor = Visitor(base)
    visitor.get(reverse("account_login"))
    page = visitor.post(reverse("demo_sign_in"), {"number": number})
    if page.status != 200:
        raise Failed(f"{number} could not sign in: {page.status}")
    return visitor


def _read_as_leader(base: str, round_: Round, region: Unit) -> None:
    cell = Cell.objects.get(round=round_, unit=region, measure="pillar", code="leadership")
    assert region.leader is not None
    page = _signed_in(base, region.leader.number).get(reverse("pulses:results"))
    with translation.override(region.leader.language):
        shown = formats.number_format(cell.mean or 0, 1)
    if page.status != 200 or shown not in page.text:
        raise Failed(f"the leader of {region} does not read {shown}: {page.status}")


def _read_as_tiny(base: str, round_: Round) -> None:
    unit = Unit.objects.get(code=TINY)
    place = round_.units.select_related("shown_at").get(unit=unit)
    assert unit.leader is not None
    if place.shown_at is None or place.shown_at == unit:
        raise Failed(f"{unit} should have no results of its own")
    with translation.override(unit.leader.language):
        page, name = _signed_in(base, unit.leader.number).get(reverse("pulses:results")), place.shown_at.name
    if page.status != 200 or name not in page.text:
        raise Failed(f"the leader of {unit} does not read the results of {name}: {page.status}")


def _assessed(base: str, region: Unit) -> None:
    """The last closed assessment is read by its unit's leader, who is asked for the own rating in the open one."""
    cycle, asked = Cycle.objects.ended().latest("closed_at"), Cycle.objects.open().get()
    card = Scorecard.objects.select_related("cell").get(cycle=cycle, unit=region, pillar="leadership")
    rating = LeaderRating.objects.get(cycle=asked, unit=region)
    assert region.leader is not None
    leader = _signed_in(base, region.leader.number)
    with translation.override(region.leader.language):
        shown = formats.number_format(card.cell.mean or 0, 1)
    page = leader.get(reverse("assessments:results_unit", args=[cycle.pk, region.pk]))
    if page.status != 200 or shown not in page.text:
        raise Failed(f"the leader of {region} does not read the scorecard's {shown}: {page.status}")
    home, way = leader.get(reverse("home")), reverse("assessments:rating", args=[asked.pk, region.pk])
    if rating.sent_at is not None or way not in home.text or leader.get(way).status != 200:
        raise Failed(f"the leader of {region} is not asked for a rating")
    waiting = Evidence.objects.to_review().latest("pk")
    queue = _signed_in(base, company.SIGN_INS["reviewer"]).get(reverse("assessments:evidence_review"))
    if queue.status != 200 or waiting.title not in queue.text:
        raise Failed(f"the reviewer is not shown what waits: {queue.status}")
