"""Writing down what a closed round publishes: standing blocks, cells, and what may be said of them over time."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from stats import disclosure, intervals
from stats.disclosure import Standing, Tree
from stats.intervals import Estimate, Sample, Spread
from stats.rescale import nps_counts
from surveys.models import Block, Cell, Invitation, Round, RoundUnit, StandingBlock
from surveys.questionnaire import Questionnaire, Scale
from surveys.tally import UNIFORM_SD, PillarTally, Sums, add_up, counts_as_item

SHOWS_COUNTS_FROM = 20
COVERS = 2 / 3
COMPARED_WITHIN = timedelta(days=365)


class Publisher:
    """Collects one round's cells and writes them at the end."""

    def __init__(self, round_: Round, tree: Tree, blocks: Mapping[int, Block]) -> None:
        self.round, self.tree, self.blocks = round_, tree, blocks
        self.heads = dict(RoundUnit.objects.filter(round=round_).values_list("unit_id", "headcount"))
        self.rows: dict[tuple[int, str, str], Cell] = {}
        self.atoms: dict[tuple[str, int], frozenset[int]] = {}  # subject, unit -> launch blocks of its score cell
        self.subjects: dict[tuple[int, str, str], str] = {}
        self.families: dict[str, list[dict[int, frozenset[int]]]] = {}  # subject -> unit -> launch blocks, per level
        self.stored: list[StandingBlock] = []

    def standing_blocks(
        self, subject: str, level: str, standing: Sequence[Standing], sums: Sequence[Mapping[str, Any]]
    ) -> list[StandingBlock]:
        """Write the blocks of one partition with their sums."""
        rows = StandingBlock.objects.bulk_create(
            [
                StandingBlock(
                    round=self.round, subject=subject, level=level, unit_id=each.home, number=number, sums=dict(found)
                )
                for number, (each, found) in enumerate(zip(standing, sums, strict=True), start=1)
            ],
            batch_size=1000,
        )
        through = StandingBlock.blocks.through
        through.objects.bulk_create(
            [
                through(standingblock_id=row.pk, block_id=self.blocks[atom].pk)
                for row, each in zip(rows, standing, strict=True)
                for atom in each.atoms
            ],
            batch_size=5000,
        )
        self.stored += rows
        return rows

    # Cells of one pillar

    def cells(self, questionnaire: Questionnaire, tally: PillarTally) -> None:
        """The cells of every unit for one pillar, its drivers and its items."""
        score_atoms = disclosure.cell_atoms(self.tree, tally.score)
        detail_atoms = disclosure.cell_atoms(self.tree, tally.detail)
        self.families[tally.pillar] = [score_atoms, detail_atoms]
        details = add_up(self.tree, tally.detail, tally.detail_sums)
        scores = add_up(self.tree, tally.score, tally.score_sums)
        single = not any(scores.values())
        for unit, sums in (details if single else scores).items():
            atoms = (detail_atoms if single else score_atoms)[unit]
            self.atoms[tally.pillar, unit] = atoms
            whole = details.get(unit, {}) if detail_atoms.get(unit) == atoms else {}
            for name, found in sums.items():
                if name == "pillar" or name.startswith("driver:"):
                    measure, code = ("pillar", tally.pillar.value) if name == "pillar" else name.split(":", 1)
                    pooled = _pooled(tally.detail_sums, name)
                    self._score(unit, measure, code, found, whole.get(name), pooled, atoms)
                    self.subjects[unit, measure, code] = tally.pillar
        for unit, sums in details.items():
            for name, found in sums.items():
                if name.startswith("item:"):
                    self._item(questionnaire, unit, name.removeprefix("item:"), found, tally, detail_atoms[unit])

    def _score(
        self,
        unit: int,
        measure: str,
        code: str,
        found: Sums,
        detail: Sums | None,
        pooled: Spread,
        atoms: frozenset[int],
    ) -> None:
        variance = detail.variance if detail is not None else None
        sample = Sample(found.n, found.mean, None if variance is None else variance**0.5)
        estimate = intervals.estimate(sample, pooled)
        interval = intervals.mean_interval(sample, pooled)
        if estimate is None or interval is None:
            return
        end = disclosure.near_end(found.mean, 1, 5)
        cell = self._new(unit, measure, code, atoms, n=found.n)
        if end is None:
            cell.mean, cell.low, cell.high = found.mean, interval.low, interval.high
            cell.sd, cell.df = estimate.sd, estimate.df
        else:
            cell.bound = "at_most" if end == "low" else "at_least"

    def _item(
        self,
        questionnaire: Questionnaire,
        unit: int,
        code: str,
        found: Sums,
        tally: PillarTally,
        atoms: frozenset[int],
    ) -> None:
        item = questionnaire.item(code)
        measure = "enps" if item.counts == "enps" else "item"
        cell = self._new(unit, measure, code, atoms, n=found.n)
        self.subjects[unit, measure, code] = tally.pillar
        histogram = list(found.histogram or ())
        if item.counts == "enps":
            counts = nps_counts(histogram)
            net = intervals.nps_interval(counts.promoters, counts.passives, counts.detractors, confidence=0.90)
            if net is not None:
                cell.mean, cell.low, cell.high, cell.histogram = net.score, net.low, net.high, histogram
            return
        if item.scale is Scale.YES_NO:
            if found.n < SHOWS_COUNTS_FROM:
                cell.share = disclosure.share_word(histogram[1], found.n)
                return
            share = intervals.wilson(histogram[1], found.n, confidence=0.90)
            cell.mean, cell.low, cell.high = histogram[1] / found.n, share.low, share.high
            cell.histogram = histogram
            return
        low, high = item.scale.values[0], item.scale.values[-1]
        variance = found.variance
        sample = Sample(found.n, found.mean, None if variance is None else variance**0.5)
        pooled = _pooled(tally.detail_sums, f"item:{code}")
        interval = intervals.mean_interval(sample, pooled, low=low, high=high)
        estimate = intervals.estimate(sample, pooled)
        cell.mean, cell.histogram = found.mean, histogram
        if interval is not None and estimate is not None:
            cell.low, cell.high, cell.sd, cell.df = interval.low, interval.high, estimate.sd, estimate.df

    def _new(self, unit: int, measure: str, code: str, atoms: frozenset[int], n: int) -> Cell:
        covered = sum(self.blocks[atom].invited for atom in atoms)
        cell = Cell(
            round=self.round,
            unit_id=unit,
            measure=measure,
            code=code,
            n=n,
            covers_part=covered < COVERS * self.heads.get(unit, covered),
        )
        self.rows[unit, measure, code] = cell
        return cell

    def participation(self, standing: Sequence[Standing], answered: Mapping[int, int]) -> None:
        """How many took part in every unit with a group of its own; below 20 invited only a word."""
        found = add_up(
            self.tree,
            standing,
            [
                {
                    "answered": Sums(sum(answered.get(atom, 0) for atom in each.atoms), 0.0),
                    "invited": Sums(sum(self.blocks[atom].invited for atom in each.atoms), 0.0),
                }
                for each in standing
            ],
        )
        atoms = disclosure.cell_atoms(self.tree, standing)
        for unit, sums in found.items():
            shown = disclosure.participation_shown(sums["answered"].n, sums["invited"].n)
            cell = self._new(unit, "participation", "all", atoms[unit], n=sums["answered"].n)
            cell.share = shown.word
            if shown.percent is not None:
                cell.mean = float(shown.percent)

    # Over time, and the end

    def finish(self) -> None:
        """Mark cells that equal a child's, compare with earlier rounds, write everything."""
        self._mark_same()
        self._compare()
        Cell.objects.bulk_create(self.rows.values(), batch_size=2000)
        self._place_readers()

    def _mark_same(self) -> None:
        """A unit whose pillar cell is just one child's shows it under the child's name."""
        children: dict[int, list[int]] = {}
        for unit, above in self.tree.parent.items():
            if above is not None:
                children.setdefault(above, []).append(unit)
        for (subject, unit), atoms in self.atoms.items():
            for child in children.get(unit, ()):
                cell = self.rows.get((unit, "pillar", subject))
                if cell is not None and self.atoms.get((subject, child)) == atoms:
                    cell.same_as_id = child

    def _place_readers(self) -> None:
        """For every unit the nearest place, itself included, that has results to read."""
        has = {unit for unit, measure, _ in self.rows if measure == "pillar"}
        shown: dict[int, int | None] = {}
        for unit in reversed(self.tree.post_order()):
            above = self.tree.parent[unit]
            shown[unit] = unit if unit in has else (shown[above] if above is not None else None)
        rows = list(RoundUnit.objects.filter(round=self.round))
        for row in rows:
            row.shown_at_id = shown[row.unit_id]
        RoundUnit.objects.bulk_update(rows, ["shown_at"], batch_size=1000)

    def _compare(self) -> None:
        """Against the latest earlier round of the series that asked a pillar the same questions."""
        if not self.round.series:
            return
        earlier = list(
            Round.objects.closed()
            .filter(series=self.round.series, closes_at__gt=self.round.closes_at - COMPARED_WITHIN)
            .exclude(pk=self.round.pk)
            .order_by("-closes_at")
        )
        if not earlier:
            return
        groups = {each.pk: _Groups(each) for each in earlier}
        members = _Members([self.round.pk, *groups])
        scorecards: dict[int, list[tuple[Cell, Cell]]] = {}
        hidden: dict[str, set[int]] = {}
        for (subject, unit), atoms in self.atoms.items():
            cell = self.rows.get((unit, "pillar", subject))
            if cell is None:
                continue  # a pillar of questions that make no score
            now = frozenset(self.blocks[atom].pk for atom in atoms)
            before = next((each for each in earlier if _asked(each, subject) == _asked(self.round, subject)), None)
            latest = groups[earlier[0].pk].blocks(subject, unit)
            cell.breaks_line = bool(latest) and not members.alike(now, latest)
            then = None if before is None else groups[before.pk].cell(subject, unit)
            if before is not None and then is not None and members.alike(now, groups[before.pk].blocks(subject, unit)):
                scorecards.setdefault(unit, []).append((cell, then))
            if (cell.n or 0) < SHOWS_COUNTS_FROM and any(
                0 < members.differ(now, found) < self.round.k
                for each in groups.values()
                if (found := each.blocks(subject, unit))
            ):
                hidden.setdefault(subject, set()).add(unit)
        for scorecard in scorecards.values():
            self._judge(scorecard)
        for subject, units in hidden.items():
            n = {unit: self.rows[unit, "pillar", subject].n or 0 for unit in units_of(self.rows, subject)}
            for unit in hide_what_implies(self.tree, self.families[subject], units, n):
                self._verdict_only(subject, unit)

    def _judge(self, scorecard: Sequence[tuple[Cell, Cell]]) -> None:
        """The changes of one unit, with Holm over its pillars."""
        pairs: list[tuple[Estimate, Estimate] | None] = []
        for cell, before in scorecard:
            then, now = before.estimate, cell.estimate
            pairs.append(None if then is None or now is None else (then, now))
        for (cell, _), change in zip(scorecard, intervals.changes(pairs), strict=True):
            if change is not None:
                cell.verdict, cell.verdict_difference = change.verdict, change.difference
                cell.verdict_more = change.more_needed

    def _verdict_only(self, subject: str, unit: int) -> None:
        """Two values whose people differ by fewer than k would show the difference: only the verdict remains."""
        for place, cell in self.rows.items():
            if place[0] != unit or self.subjects.get(place) != subject:
                continue
            cell.verdict_only = True
            cell.n = cell.mean = cell.low = cell.high = cell.sd = cell.df = cell.histogram = None
            cell.verdict_difference = cell.verdict_more = None
            cell.share = cell.bound = ""
        for row in self.stored:
            if row.unit_id == unit and row.subject == subject:
                row.sums = {}
                row.save(update_fields=["sums"])


def units_of(rows: Iterable[tuple[int, str, str]], subject: str) -> set[int]:
    """The units that have a score of this pillar."""
    return {unit for unit, measure, code in rows if (measure, code) == ("pillar", subject)}


def hide_what_implies(
    tree: Tree, families: Sequence[Mapping[int, frozenset[int]]], hidden: Iterable[int], n: Mapping[int, int]
) -> set[int]:
    """The units to hide so that no hidden cell is a sum or difference of cells that are shown.

    Cells nest, so each unit without blocks of its own is one equation: its cell is the sum of those just below. An
    equation with one unknown gives it away; then its smallest shown cell goes too, the unit above them last of all.
    """
    out = set(hidden)
    for family in families:
        below: dict[int, set[int]] = {unit: set() for unit in family}
        for unit in family:
            above = tree.parent[unit]
            if above in below:
                below[above].add(unit)
        equations = {
            unit: {unit, *parts}
            for unit, parts in below.items()
            if parts and family[unit] == frozenset().union(*(family[part] for part in parts))
        }
        while options := [
            (each == unit, n.get(each, 0), each)
            for unit, cells in equations.items()
            if len(cells & out) == 1
            for each in cells - out
        ]:
            out.add(min(options)[2])
    return out


def _pooled(blocks: Iterable[Mapping[str, Sums]], name: str) -> Spread:
    """Pooled spread within detail blocks; that of a uniform answer, with one degree of freedom each, where none is."""
    samples = [
        Sample(sums[name].n, sums[name].mean, variance**0.5)
        for sums in blocks
        if name in sums and (variance := sums[name].variance) is not None
    ]
    return intervals.pooled_sd(samples) or Spread(UNIFORM_SD, 30)


def _asked(round_: Round, subject: str) -> frozenset[str]:
    return frozenset(item["code"] for item in round_.questionnaire["items"] if item["pillar"] == subject)


class _Groups:
    """What an earlier round published: its cells, and the blocks each of them covers."""

    def __init__(self, round_: Round) -> None:
        tree = Tree(dict(RoundUnit.objects.filter(round=round_).values_list("unit_id", "parent_id")))
        self._cells = {(cell.code, cell.unit_id): cell for cell in Cell.objects.filter(round=round_, measure="pillar")}
        of_subject: dict[str, list[Standing]] = {}
        rows = StandingBlock.objects.filter(round=round_).exclude(level="comment").prefetch_related("blocks")
        items = {pillar for pillar in round_.questions.pillars if counts_as_item(round_.questions, pillar)}
        for row in rows:
            if row.level != ("detail" if row.subject in items else "score"):
                continue
            atoms = frozenset(block.pk for block in row.blocks.all())
            of_subject.setdefault(row.subject, []).append(Standing(row.unit_id, atoms))
        self._atoms = {subject: disclosure.cell_atoms(tree, standing) for subject, standing in of_subject.items()}

    def cell(self, subject: str, unit: int) -> Cell | None:
        """The pillar's cell of a unit in that round."""
        return self._cells.get((subject, unit))

    def blocks(self, subject: str, unit: int) -> frozenset[int]:
        """The launch blocks that cell covered."""
        return self._atoms.get(subject, {}).get(unit, frozenset())


class _Members:
    """Who was invited with which block, as far as twelve months of rounds remember."""

    def __init__(self, rounds: Sequence[Any]) -> None:
        self._homes = dict(Block.objects.filter(round__in=rounds).values_list("pk", "unit_id"))
        self._people: dict[int, set[int]] = {}
        invited = Invitation.objects.filter(round__in=rounds).values_list("block_id", "employee_id")
        for block, employee in invited.iterator(chunk_size=5000):
            self._people.setdefault(block, set()).add(employee)

    def differ(self, one: Iterable[int], other: Iterable[int]) -> int:
        """How many people were invited in only one of the two unions of blocks."""
        return len(self._of(one) ^ self._of(other))

    def alike(self, one: Iterable[int], other: Iterable[int]) -> bool:
        """Whether both unions have their blocks at home in the same units."""
        return Counter(self._homes[block] for block in one) == Counter(self._homes[block] for block in other)

    def _of(self, blocks: Iterable[int]) -> set[int]:
        return set().union(*(self._people.get(block, set()) for block in blocks))
