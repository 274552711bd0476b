"""One pillar of one unit in a cycle: its cell, the scorecard beside it, its levels, and why its level moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

from assessments.content import USUAL_LEVELS, Content, Level
from assessments.models import LevelChange, Scorecard
from portal.lib.pillars import Pillar
from surveys.models import Cell, Round
from surveys.results_pillars import PillarLine, pillar_line


@dataclass(frozen=True)
class Step:
    """One level on the ladder: its share of the confidence, and whether it is the one that holds."""

    number: int
    level: Level
    share: float
    percent: int  # at most 99
    is_score: bool  # the score lies here
    is_held: bool  # the level the unit stands at
    is_beyond: bool  # above what evidence allows


@dataclass(frozen=True)
class LevelPoint:
    """The level a pillar stood at in one cycle, and the moves of it after that cycle had closed."""

    round: Round
    card: Scorecard
    moves: tuple[LevelChange, ...]


@dataclass(frozen=True)
class ScoreLine(PillarLine):
    """A pillar with its scorecard; `card` is None where nothing could be published."""

    card: Scorecard | None = None
    bands: tuple[Level, ...] = USUAL_LEVELS
    caps: tuple[int, int, int] = (2, 3, 4)  # the levels that less than a quarter, half, three quarters carry
    practices: int = 0  # asked for this pillar
    dimension: str = ""  # the first of its dimensions, as a page of evidence is cut into them
    anchors: int = 4  # most answers a practice of it has
    stood: tuple[LevelPoint, ...] = ()

    @property
    def score_level(self) -> Level | None:
        """The level the unrounded score lies in."""
        if self.mean is None:
            return None
        if self.card is not None and self.card.level is not None:
            return self.bands[self.card.level - 1]
        return [band for band in self.bands if band.low <= max(1.0, self.mean)][-1]

    @property
    def held_level(self) -> Level | None:
        """The level the unit stands at: no higher than its evidence allows."""
        number = self.card.stands_at if self.card is not None else None
        return self.score_level if number is None else self.bands[number - 1]

    @property
    def is_capped(self) -> bool:
        """Whether evidence holds the level below the score's."""
        low, high = self.held_level, self.score_level
        return low is not None and high is not None and low.number < high.number

    @property
    def cap_level(self) -> Level | None:
        """The highest level that evidence allows."""
        return None if self.card is None else self.bands[self.card.cap - 1]

    @property
    def confidence(self) -> int | None:
        """The confidence in the score's own level, in per cent."""
        level = self.score_level
        return next((step.percent for step in self.ladder if level is not None and step.number == level.number), None)

    @property
    def ladder(self) -> tuple[Step, ...]:
        """The levels with the share of confidence in each."""
        shares = self.chances
        if not shares:
            return ()
        score, held = self.score_level, self.held_level
        cap = self.card.cap if self.card is not None else len(self.bands)
        return tuple(
            Step(
                band.number,
                band,
                share,
                min(99, round(100 * share)),
                score is not None and band.number == score.number,
                held is not None and band.number == held.number,
                band.number > cap,
            )
            for band, share in zip(self.bands, shares, strict=False)
        )

    @property
    def chances(self) -> Sequence[float]:
        """The confidence in each level, as found at close."""
        return [] if self.card is None else [float(share) for share in self.card.chances]

    @property
    def moves(self) -> tuple[LevelChange, ...]:
        """Why the level of this cycle moved after it had closed."""
        return self.stood[-1].moves if self.stood and self.card is not None else ()

    @property
    def is_culture(self) -> bool:
        """Whether the mean may be called the way of working: not where two camps answered."""
        return self.card is None or self.card.view != Scorecard.View.TWO_REALITIES


def score_lines(
    said: Content,
    rounds: Sequence[Round],
    cells: Mapping[tuple[UUID, str], Cell],
    cards: Sequence[Scorecard],
    moves: Sequence[LevelChange],
    people: int | None,
) -> list[ScoreLine]:
    """The pillars of the newest of these rounds, each with what earlier rounds of its series found."""
    here = rounds[-1]
    of_card: dict[int, list[LevelChange]] = {}
    for move in moves:
        of_card.setdefault(move.scorecard_id, []).append(move)
    by_place = {(card.round_id, card.pillar): card for card in cards}
    lines = []
    for pillar in here.questions.pillars:
        line = pillar_line(pillar, here, rounds, cells, people)
        stood = tuple(
            LevelPoint(point.round, card, tuple(of_card.get(card.pk, ())))
            for point in line.points
            if (card := by_place.get((point.round.pk, pillar.value))) is not None
        )
        lines.append(
            ScoreLine(
                **{each.name: getattr(line, each.name) for each in fields(PillarLine)},
                card=by_place.get((here.pk, pillar.value)),
                bands=said.bands,
                caps=said.caps,
                practices=len(asked_of(here, pillar)),
                dimension=next((each.code for each in said.dimensions if each.pillar == pillar), ""),
                anchors=max((len(item.anchors) for item in here.questions.items if item.pillar == pillar), default=4),
                stood=stood,
            )
        )
    return lines


def asked_of(round_: Round, pillar: Pillar) -> list[str]:
    """The practices a round asked about a pillar."""
    return [item.code for item in round_.questions.items if item.pillar == pillar and item.scores]
