"""What the answer pages say about a round's length and window, in the company's own time. Only reads."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from portal.lib import clock
from surveys.models import Round
from surveys.querysets import STAFF_READ_AFTER
from surveys.questionnaire import Scale, minutes_for

ASSESSMENT = "assessment"  # the kind of round that a cycle of assessments launches


@dataclass(frozen=True)
class Terms:
    """The numbers a promise is made of; nothing in it is about one person."""

    round: Round
    form: int = 0  # the sheet of whoever reads it; some ask a question more

    @property
    def questions(self) -> int:
        """How many questions the sheet has."""
        return len(self.round.questions.forms[self.form])

    @property
    def practices(self) -> int:
        """How many questions are rated; room for words is not one."""
        return sum(item.scale is not Scale.COMMENT for item in self.round.questions.form(self.form))

    @property
    def is_assessment(self) -> bool:
        """Whether practices of a unit are rated, which its leader does as well, by name."""
        return self.round.kind == ASSESSMENT

    @property
    def minutes(self) -> int:
        """How long an unhurried reader needs: as the questionnaire says, else by the number of its questions."""
        return self.round.questions.minutes or minutes_for(self.questions)

    @property
    def others(self) -> int:
        """How many people besides the reader stand in the smallest group shown."""
        return self.round.k - 1

    @property
    def _closes(self) -> datetime:
        return timezone.localtime(self.round.closes_at)

    @property
    def opens(self) -> datetime:
        """When the round opens."""
        return timezone.localtime(self.round.opens_at)

    @property
    def is_early(self) -> bool:
        """Whether the round has not begun."""
        return clock.now() < self.round.opens_at

    @property
    def ends_with_the_day(self) -> bool:
        """Whether "until the end of that day" is true."""
        return self._closes.strftime("%H:%M") in ("00:00", "23:59")

    @property
    def last_moment(self) -> datetime:
        """The moment to name: what closes at midnight is open until the end of the day before."""
        return self._closes - timedelta(minutes=1) if self._closes.strftime("%H:%M") == "00:00" else self._closes

    @property
    def published_on(self) -> date:
        """The day from which everybody may read the results of the own unit and the company."""
        return (self._closes + STAFF_READ_AFTER).date()
