"""The parts of a report as plain data: pillars, units side by side, gaps, trends, practices."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.models import Scorecard
from assessments.report_words import count, day, difference, figure, level_name, likely_range, month, percent
from assessments.results_board import Board
from assessments.results_gaps import GapSpread
from assessments.results_items import PracticeLine, practices_of
from assessments.results_pillars import ScoreLine
from assessments.results_sight import Place
from assessments.results_words import here
from people.pillars import PILLAR_SHORT
from surveys.results_heat import HeatCell, HeatMap, HeatRow

Plain: TypeAlias = dict[str, Any]
ROWS = 60  # units a report shows; the workbook has them all


def pillar(line: ScoreLine, *, is_next: bool) -> Plain:
    """One pillar: what is said of it, and the numbers its marks stand at."""
    cell, card = line.cell, line.card
    if cell is None or line.mean is None:
        return {"code": line.pillar.value, "word": str(line.word), "long": str(line.long), "mean": None, "ladder": []}
    return {
        "code": line.pillar.value,
        "word": str(line.word),
        "long": str(line.long),
        "is_next": is_next,
        "mean": line.mean,
        "low": cell.low,
        "high": cell.high,
        "was": line.was,
        "score": figure(line.mean),
        "range": likely_range(cell.low, cell.high),
        "n": count(cell.n),
        "level": level_name(line.held_level),
        "note": capped(line),
        "evidence": "" if card is None else percent(card.evidence_share),
        "view": view_of(card),
        "change": change(line),
        "change_said": _("Since the last cycle: %(change)s") % {"change": change(line)} if change(line) else "",
        "view_said": _("Agreement: %(view)s") % {"view": view_of(card)} if view_of(card) else "",
        "is_changed": line.is_certain,
        "cap": None if card is None else card.cap,
        "ladder": [
            {"number": step.number, "share": step.share, "percent": step.percent, "is_held": step.is_held}
            for step in line.ladder
        ],
    }


def capped(line: ScoreLine) -> str:
    """Why the level is not the score's."""
    if not line.is_capped or line.card is None or line.score_level is None:
        return ""
    return _(
        "The score lies in Level %(score)s; evidence for %(share)s of the practices holds it at Level %(cap)s."
    ) % {
        "score": line.score_level.number,
        "share": percent(line.card.evidence_share),
        "cap": line.card.cap,
    }


def view_of(card: Scorecard | None) -> str:
    """What may be said of how much people agree; of a larger unit, of its teams."""
    if card is None:
        return ""
    if card.teams:
        return ngettext(
            "two realities in %(n)s of %(teams)s team", "two realities in %(n)s of %(teams)s teams", card.teams
        ) % {"n": card.teams_apart or 0, "teams": card.teams}
    return str(card.get_view_display())


def change(line: ScoreLine) -> str:
    """What may be said of the change since the last cycle."""
    cell = line.cell
    if cell is None or not cell.verdict:
        return ""
    if line.is_certain:
        return f"{difference(cell.verdict_difference)} · {_('Changed')}"
    return _("Cannot tell yet")


def heat(found: HeatMap) -> Plain:
    """Units by pillars, at most so many; how many more there are is said."""
    rows = [heat_row(row) for row in found.rows[:ROWS]]
    left = sum(len(row.names) for row in found.rows[ROWS:])
    more = [_("Units below them are on the pages of Bearing.")] if any(row.opens for row in found.rows) else []
    if left:
        said = ngettext("%(n)s more unit is in the workbook.", "%(n)s more units are in the workbook.", left)
        more.append(said % {"n": count(left)})
    return {
        "pillars": [{"code": each.value, "word": str(word)} for each, word in found.words],
        "company": None if found.company is None else heat_row(found.company, is_company=True),
        "rows": rows,
        "more": " ".join(more),
    }


def heat_row(row: HeatRow, *, is_company: bool = False) -> Plain:
    notes = []
    if row.shown_with:
        notes.append(_("together with %(unit)s") % {"unit": row.shown_with})
    if row.same_as:
        notes.append(_("all answers are from %(unit)s") % {"unit": row.same_as})
    return {
        "name": ", ".join(row.names),
        "indent": row.indent,
        "note": "; ".join(notes),
        "cells": [heat_cell(cell, is_company=is_company) for cell in row.cells],
    }


def heat_cell(found: HeatCell, *, is_company: bool) -> Plain:
    if found.cell is None or found.cell.mean is None:
        return {"score": None, "tone": ""}
    mark = f"{'▲' if found.is_above else '▼'} {difference(found.difference)}" if found.tone else ""
    return {
        "score": figure(found.cell.mean),
        "tone": found.tone,
        "mark": mark or ("≈" if found.is_compared and not is_company else ""),
        "n": f"n {count(found.cell.n)}",
    }


def spread(found: GapSpread) -> Plain:
    """How far leaders and teams differ in one pillar, as columns of half a point."""
    says = _(
        "%(higher)s of %(all)s leaders rate higher than their teams experience, "
        "%(lower)s lower; for %(unsure)s nothing can be told. Were each just a random colleague of the own team, "
        "about %(expected)s would be higher and as many lower."
    )
    numbers = {"higher": found.higher, "all": found.leaders, "lower": found.lower, "unsure": found.unsure}
    return {
        "word": str(PILLAR_SHORT[found.pillar]),
        "code": found.pillar.value,
        "columns": [column.n for column in found.columns],
        "labels": gap_labels(len(found.columns)),
        "says": says % {**numbers, "expected": figure(found.expected)},
    }


def gaps_say() -> str:
    """What the distribution is, and how it keeps a single leader from standing apart."""
    return _(
        "How many leaders rate lower or higher than their teams experience. Nobody is named, and whoever would "
        "stand alone at an end is counted in the next column."
    )


def gaps_later(board: Board) -> str:
    """From when the distribution is shown, while it is not yet."""
    if board.gaps_from is None:
        return ""
    return _(
        "The distribution is shown from %(day)s on: until then each leader's difference is for that leader alone."
    ) % {"day": day(board.gaps_from)}


def gap_labels(columns: int) -> list[str]:
    """The middle of each column of half a point; both ends are open."""
    middles = [difference((place - columns // 2) / 2) for place in range(columns)]
    return [f"≤{middles[0]}", *middles[1:-1], f"≥{middles[-1]}"]


def trend(line: ScoreLine) -> Plain:
    return {
        "word": str(line.word),
        "code": line.pillar.value,
        "points": [
            {
                "label": month(point.round.closed_at),
                "value": point.value,
                "low": point.low,
                "high": point.high,
                "score": figure(point.value),
                "breaks": point.breaks,
            }
            for point in line.points
        ],
        "says": change(line),
        "point": figure(0.5)[1],
    }


def shown_practices(place: Place) -> list[PracticeLine]:
    """The practices that may be shown, the lowest first."""
    lines = [line for group in practices_of(place) for line in group.lines if line.is_shown]
    return sorted(lines, key=lambda line: (line.score or 0.0, line.practice.code))


def weakest_of(line: ScoreLine | None, practices: Sequence[PracticeLine]) -> PracticeLine | None:
    """The lowest practice of the pillar to begin with."""
    return next((each for each in practices if line is not None and each.dimension.pillar == line.pillar), None)


def practice(line: PracticeLine) -> Plain:
    pillar_ = line.dimension.pillar
    return {
        "pillar": str(PILLAR_SHORT[pillar_]),
        "code": pillar_.value,
        "name": here(line.practice.name),
        "score": figure(line.score),
        "n": count(line.cell.n if line.cell is not None else None),
        "shares": [each.share for each in line.anchors],
        "tones": [each.tone for each in line.anchors],
        "usual": next((here(each.text) for each in line.anchors if each.is_usual), ""),
        "next": here(line.next_step),
    }


def unknown(board: Board) -> list[Plain]:
    return [
        {"name": here(each.practice.name), "pillar": str(PILLAR_SHORT[each.pillar]), "share": f"{each.percent}%"}
        for each in board.little_known
    ]
