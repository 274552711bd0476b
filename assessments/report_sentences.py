"""The first page of a report: what a board member takes home, number first, meaning second."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.report_words import count, difference, figure, level_name, likely_range, listed
from assessments.results_board import InShort
from assessments.results_items import PracticeLine
from assessments.results_pillars import ScoreLine
from assessments.results_unit import UnitScores
from assessments.results_words import here
from people.pillars import PILLAR_SHORT
from surveys.models import Cell


@dataclass(frozen=True)
class Sentence:
    """One statement: the figure that leads it, what is so, and what it means."""

    lead: str
    says: str
    means: str = ""
    is_next: bool = False


def sentences(unit: UnitScores, short: InShort, weakest: PracticeLine | None) -> list[Sentence]:
    """The summary, in the order of a conversation: who answered, where we stand, what moved, what next."""
    found = [
        answered(unit.participation),
        standing(short),
        strongest(short),
        changes(short),
        evidence(short),
        divided(unit),
        talk(short),
        following(short, weakest),
    ]
    return [each for each in found if each is not None]


def words_of(lines: list[ScoreLine]) -> str:
    return listed([str(line.word) for line in lines])


def level_of(line: ScoreLine) -> int:
    """The number of the level a pillar stands at; 0 where it shows none."""
    return 0 if line.held_level is None else line.held_level.number


def basis(line: ScoreLine) -> str:
    """What a score rests on: its likely range and how many answered."""
    cell = line.cell
    return "" if cell is None else f"{likely_range(cell.low, cell.high)}; n {count(cell.n)}"


def answered(cell: Cell | None) -> Sentence | None:
    """How many answered, as far as that may be said."""
    if cell is None or cell.n is None:
        return None
    says = ngettext("person answered.", "people answered.", cell.n)
    if cell.mean is not None:
        means = _("That is %(percent)s%% of those invited.") % {"percent": figure(cell.mean, 0)}
    else:
        means = said_share(cell.share)
    if cell.share == "part" or (cell.mean is not None and cell.mean < 60):
        means += " " + _("The likely ranges speak of chance, not of those who did not answer.")
    return Sentence(count(cell.n), says, means)


def said_share(share: str) -> str:
    if share == "nearly_all":
        return _("That is nearly all of those invited.")
    if share == "most":
        return _("That is most of those invited.")
    return _("That is part of those invited.")


def standing(short: InShort) -> Sentence:
    """The level most pillars stand at, and those that stand elsewhere."""
    if short.level is None:
        return Sentence("–", _("No pillar has a score that may be shown."))
    says = _("is where most pillars stand: %(level)s.") % {"level": level_name(short.level)}
    if not short.elsewhere:
        says = _("is where every pillar stands: %(level)s.") % {"level": level_name(short.level)}
    others = [
        _("Level %(number)s: %(pillars)s")
        % {"number": number, "pillars": words_of([line for line in short.elsewhere if level_of(line) == number])}
        for number in sorted({level_of(line) for line in short.elsewhere})
    ]
    means = f"{'; '.join(others)}." if others else ""
    return Sentence(_("Level %(number)s") % {"number": short.level.number}, says, means)


def strongest(short: InShort) -> Sentence | None:
    """The highest pillar and the lowest; whether their order may be chance."""
    high, low = short.strongest, short.weakest
    if high is None or low is None:
        return None
    says = _("in %(pillar)s, the highest pillar; %(lowest)s is the lowest with %(score)s.") % {
        "pillar": f"{high.word} ({basis(high)})",
        "lowest": low.word,
        "score": f"{figure(low.mean)} ({basis(low)})",
    }
    if short.is_sure_strongest and short.is_sure_weakest:
        means = _("Neither is likely to be chance: their likely ranges touch no other pillar's.")
    elif short.is_sure_weakest:
        means = _("That %(pillar)s is the lowest is unlikely to be chance; which pillar is the highest may be.") % {
            "pillar": low.word
        }
    elif short.is_sure_strongest:
        means = _("That %(pillar)s is the highest is unlikely to be chance; which pillar is the lowest may be.") % {
            "pillar": high.word
        }
    else:
        means = _("Likely ranges overlap, so the order of neighbouring pillars may be chance.")
    return Sentence(figure(high.mean), says, means)


def changes(short: InShort) -> Sentence:
    """What moved since the last cycle, as far as that can be called."""
    called = [*short.better, *short.worse]
    if called:
        line = max(called, key=lambda each: abs(each.cell.verdict_difference or 0.0) if each.cell else 0.0)
        lead = difference(line.cell.verdict_difference if line.cell else None)
        n = count(line.cell.n if line.cell else None)
        says = _("in %(pillar)s since the last cycle.") % {"pillar": f"{line.word} (n {n})"}
        means = [_("A difference like this is unlikely to be chance alone.")]
        if rest := [each for each in called if each is not line]:
            means.append(_("The same holds for %(pillars)s.") % {"pillars": words_of(rest)})
        if short.unsure:
            means.append(_("For %(pillars)s nothing can be told yet.") % {"pillars": words_of(short.unsure)})
        return Sentence(lead, says, " ".join(means))
    if short.unsure:
        return Sentence(
            "≈",
            _("against the last cycle: cannot tell yet."),
            _("Every difference may be chance alone; no pillar is called better or worse."),
        )
    return Sentence("–", _("Nothing to compare with so far."), _("Change can be told when the same is asked again."))


def evidence(short: InShort) -> Sentence | None:
    """Pillars whose level evidence holds below their score's."""
    if not short.capped:
        return None
    n = len(short.capped)
    says = ngettext(
        "pillar stands below the level of its score: %(pillars)s.",
        "pillars stand below the level of their score: %(pillars)s.",
        n,
    ) % {"pillars": words_of(short.capped)}
    lead = _("%(n)s of %(all)s") % {"n": n, "all": len(short.at_level) + len(short.elsewhere)}
    return Sentence(lead, says, _("Too little of what people say is backed by checked evidence."))


def divided(unit: UnitScores) -> Sentence | None:
    """Pillars in which two camps answered."""
    if not unit.split:
        return None
    n = len(unit.split)
    says = ngettext("pillar shows two realities: %(pillars)s.", "pillars show two realities: %(pillars)s.", n) % {
        "pillars": words_of(unit.split)
    }
    return Sentence(str(n), says, _("One part of the people lives it, another does not; the mean describes neither."))


def talk(short: InShort) -> Sentence | None:
    """Where clearly more leaders rate higher than their teams experience than chance would bring."""
    spread = short.widest
    if spread is None:
        return None
    says = _("leaders rate %(pillar)s higher than their teams experience it.") % {"pillar": PILLAR_SHORT[spread.pillar]}
    lead = _("%(n)s of %(all)s") % {"n": spread.higher, "all": spread.leaders}
    means = _("Were each just a random colleague of the own team, about %(expected)s would.") % {
        "expected": figure(spread.expected)
    }
    whose = _("Whose they are is for each leader to know, and for the leader's superior and HR.")
    return Sentence(lead, says, f"{means} {whose}")


def following(short: InShort, practice: PracticeLine | None) -> Sentence | None:
    """The next direction: the lowest pillar and its lowest practice."""
    if short.weakest is None:
        return None
    says = _("Next: %(pillar)s.") % {"pillar": short.weakest.word}
    if practice is None or practice.next_step is None:
        return Sentence("", says, _("Read it with the people concerned and agree on one thing to change."), True)
    means = _("Begin with “%(practice)s” (%(score)s of 5). %(step)s") % {
        "practice": here(practice.practice.name),
        "score": figure(practice.score),
        "step": here(practice.next_step),
    }
    return Sentence("", says, means, True)
