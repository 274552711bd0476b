"""Facts as a reader reads them: the words each room announced, with names in the place of ids."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.utils.formats import number_format

from diary import registry
from diary.models import Fact
from people.models import Employee
from people.registry import Subject, Words

PERSON = "people.employee"


@dataclass(frozen=True)
class Line:
    """One fact in words."""

    fact: Fact
    label: str
    figures: list[str]
    subject: Subject | None
    actor_href: str
    others: tuple["Line", ...] = ()  # of the same act, each about somebody else

    @property
    def together(self) -> list[Subject]:
        """Whom the act was about, the latest said first."""
        return [line.subject for line in (self, *self.others) if line.subject is not None]


def label_of(verb: str) -> str:
    """What happened; a verb from before this version that has no words any more stands as it was written."""
    words = registry.words_of(verb)
    return str(words.label) if words else verb


def lines_of(facts: Iterable[Fact], *, reader: Employee) -> list[Line]:
    """These facts in words, with as many queries as there are kinds of things they are about."""
    said = list(facts)
    named = _named(said, reader)
    return [
        Line(
            fact=fact,
            label=label_of(fact.verb),
            figures=list(_figures(fact)),
            subject=named.get(fact.subject, Subject(fact.subject)) if fact.subject else None,
            actor_href=named[f"{PERSON}:{fact.actor_id}"].href if fact.actor_id else "",
        )
        for fact in said
    ]


def folded(lines: Iterable[Line]) -> list[Line]:
    """One line for each act: what was said of many people at once stands behind the first of them."""
    acts: list[Line] = []
    for line in lines:
        words, last = registry.words_of(line.fact.verb), acts[-1] if acts else None
        if last is not None and words is not None and words.together and _act(last.fact) == _act(line.fact):
            acts[-1] = replace(last, others=(*last.others, line))
        else:
            acts.append(line)
    return acts


def _act(fact: Fact) -> str:
    """What the keys of one act have in common: all but the person at their end."""
    return fact.key.rpartition(":")[0]


def _named(facts: list[Fact], reader: Employee) -> dict[str, Subject]:
    """What each subject is called, and its page where this reader may open it."""
    ids: dict[str, set[str]] = defaultdict(set)
    for fact in facts:
        if fact.actor_id:
            ids[PERSON].add(str(fact.actor_id))
        if fact.subject:
            kind, _, one = fact.subject.partition(":")
            ids[kind].add(one)
    finders = ((kind, registry.subject_finder(kind), some) for kind, some in ids.items())
    return {
        f"{kind}:{one}": subject
        for kind, find, some in finders
        if find is not None
        for one, subject in find(reader, some).items()
    }


def _figures(fact: Fact) -> Iterator[str]:
    """Its data in words; of several figures those that are nothing are left out."""
    words = registry.words_of(fact.verb) or Words(fact.verb)
    order = {name: place for place, name in enumerate([*words.codes, *words.counts])}
    for name, value in sorted(fact.data.items(), key=lambda one: order.get(one[0], len(order))):
        if name in words.silent:
            continue
        if name in words.codes:
            for code in value if isinstance(value, list) else [value]:
                yield str(words.codes[name].get(str(code), code))
        elif name in words.counts and isinstance(value, int | list):
            number = len(value) if isinstance(value, list) else value
            if number or len(words.counts) == 1:
                yield words.counts[name](number) % {"number": number_format(number, use_l10n=True, force_grouping=True)}
        else:
            yield f"{name}: {value}"
