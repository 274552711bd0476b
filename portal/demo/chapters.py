"""Stories told side by side: each has chapters, and each chapter its day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from portal.lib import clock


@contextmanager
def days_ago(days: int) -> Iterator[None]:
    """That many days before, at this hour."""
    with clock.at(clock.now() - timedelta(days=days)):
        yield


class Told:
    """Plays the chapters of several stories in the order of their days.

    A story yields how many days ago its next chapter plays, and plays it when it is asked for more.
    """

    def __init__(self, *stories: Iterator[int]) -> None:
        self._next = [(ago, story) for story in stories if (ago := next(story, None)) is not None]

    def play_until(self, moment: datetime) -> None:
        """What happened before that moment and has not been played yet."""
        while self._next:
            ago, story = max(self._next, key=lambda each: each[0])
            if clock.now() - timedelta(days=ago) >= moment:
                return
            following = next(story, None)
            self._next = [each for each in self._next if each[1] is not story]
            if following is not None:
                self._next.append((following, story))
