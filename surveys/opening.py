"""Opening sealed replies: what each box says, if one of Bearing's own pages wrote it. Knows no database, no Django.

A large round is opened by several processes side by side. They get the private key and the boxes through a pipe, have
nothing else, and write nothing but to the pipe. Whatever they hold is gone when they end.
"""

import marshal
import subprocess
import sys
import uuid
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from surveys import boxes
from surveys.ballots import Ballot, is_signed_by

Sheet = tuple[
    str, float, int, int, str, bytes, dict[str, str]
]  # ballot, moment, block, form, inner box, answers, texts
Answer = TypeVar("Answer")

NOT_ANSWERED = -1
# What reading a box raises that nothing of Bearing's wrote; whoever inserted it gains nothing.
JUNK = (boxes.Unreadable, LookupError, TypeError, ValueError, OverflowError)
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Plan:
    """What it takes to read the boxes of one round."""

    private: bytes
    round_id: str
    ballot_key: bytes
    forms: list[dict[str, tuple[int, int]]]  # code -> first value, value after the last
    texts: list[str]  # codes of open questions
    columns: dict[str, int]  # code -> place of its answer


class Reader:
    """Reads boxes in this process."""

    def __init__(self, plan: Plan) -> None:
        self._plan, self._opener = plan, boxes.Opener(plan.private)
        self._round_id, self._texts = uuid.UUID(hex=plan.round_id), frozenset(plan.texts)
        self._blank = bytes([NOT_ANSWERED & 0xFF]) * len(plan.columns)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to end."""

    def sheets(self, batches: Iterable[Sequence[bytes]]) -> Iterator[Sheet]:
        """What the boxes say; whatever is no sheet of ours is passed over."""
        for batch in batches:
            for box in batch:
                sheet = self.sheet(box)
                if sheet is not None:
                    yield sheet

    def counts(self, batches: Iterable[Sequence[str]]) -> Iterator[bool | None]:
        """Whether the holder of each inner box counts; None where it does not open."""
        for batch in batches:
            for inner in batch:
                yield self.count(inner)

    def sheet(self, box: bytes) -> Sheet | None:
        """What one box says, or None."""
        try:
            content = self._opener.open(box)
            sound = self._is_sound(content)
        except JUNK:
            return None
        if not sound:
            return None
        answers = bytearray(self._blank)
        for code, value in content["a"].items():
            answers[self._plan.columns[code]] = value
        said = content["b"], float(content["t"]), content["k"], content["f"], content["i"]
        return *said, bytes(answers), content["c"]

    def count(self, inner: str) -> bool | None:
        """What one inner box says, or None."""
        try:
            return bool(self._opener.open(boxes.from_text(inner))["counts"])
        except JUNK:
            return None

    def _is_sound(self, content: Mapping[str, Any]) -> bool:
        asked = self._plan.forms[content["f"]]
        return (
            content["f"] >= 0
            and all(isinstance(content[name], str) for name in "bis")
            and all(isinstance(content[name], dict) for name in "ac")
            and type(content["k"]) is int
            and 0 < content["k"] < 2**31
            and isfinite(content["t"])
            and self._is_signed(content)
            and all(type(value) is int and value in range(*asked[code]) for code, value in content["a"].items())
            and all(
                code in asked and code in self._texts and isinstance(text, str) for code, text in content["c"].items()
            )
        )

    def _is_signed(self, content: Mapping[str, Any]) -> bool:
        """Whether the ballot in a box is ours: whoever only holds the public key can seal a box, but not this."""
        ballot = Ballot(self._round_id, content["k"], content["f"], content["b"], content["i"])
        return is_signed_by(self._plan.ballot_key, ballot, content["s"])


class Readers:
    """Reads boxes in several processes; each has one batch at a time, and they answer in turn."""

    def __init__(self, plan: Plan, processes: int) -> None:
        command = [sys.executable, "-m", "surveys.opening"]
        environment = {"PYTHONPATH": str(ROOT)}  # and no secret of this process
        self._all = [
            subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for _ in range(processes)
        ]
        for process in self._all:
            _say(process, asdict(plan))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._all:
            process.kill()
            process.communicate()

    def sheets(self, batches: Iterable[Sequence[bytes]]) -> Iterator[Sheet]:
        """As `Reader.sheets`, in the same order."""
        return self._work("sheets", batches)

    def counts(self, batches: Iterable[Sequence[str]]) -> Iterator[bool | None]:
        """As `Reader.counts`, in the same order."""
        return self._work("counts", batches)

    def _work(self, what: str, batches: Iterable[Sequence[Any]]) -> Iterator[Any]:
        idle, busy = deque(self._all), deque[subprocess.Popen[bytes]]()
        for batch in batches:
            if not idle:
                yield from _heard(busy[0])
                idle.append(busy.popleft())
            _say(idle[0], (what, list(batch)))
            busy.append(idle.popleft())
        for process in busy:
            yield from _heard(process)


def _say(process: "subprocess.Popen[bytes]", what: Any) -> None:
    assert process.stdin is not None
    marshal.dump(what, process.stdin)
    process.stdin.flush()


def _heard(process: "subprocess.Popen[bytes]") -> list[Any]:
    """A process's answer. Raises EOFError when it has died; the close is then done again."""
    assert process.stdout is not None
    answer: list[Any] = marshal.load(process.stdout)
    return answer


def main() -> None:
    """Read batches from the pipe until it is closed."""
    plan = Plan(**marshal.load(sys.stdin.buffer))
    reader = Reader(plan)
    while True:
        try:
            what, batch = marshal.load(sys.stdin.buffer)
        except EOFError:
            return
        answer = list(reader.sheets([batch]) if what == "sheets" else reader.counts([batch]))
        marshal.dump(answer, sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
