"""Words beside results: what a leader reads whose rating differs from the team's, from catalogue/coaching.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import get_language

from assessments.content import Text
from portal.lib.pillars import Pillar

COACHING = Path(__file__).parent / "catalogue" / "coaching.yaml"
# Where a gap is "alike" its interval holds 0, and so it does where nothing can be told: the same text speaks of both.
POSITIONS = {"overrates": "higher", "higher": "higher", "alike": "alike", "cannot_tell": "alike", "lower": "lower"}


def here(text: Text | None) -> str:
    """A text in the reader's language; nothing for one that is not there."""
    return "" if text is None else text.said("en" if get_language() == "en" else "vi")


@dataclass(frozen=True)
class Coaching:
    """What a leader reads beside one pillar's gap, in both languages."""

    title: Text
    meaning: Text
    ask: Text
    do: Text
    always: Text
    labels: Mapping[str, Text]


def coaching_for(pillar: Pillar, verdict: str) -> Coaching:
    """The text for a pillar and the word its gap got."""
    said = _catalogue()
    position = POSITIONS[verdict]
    texts = said["pillars"][pillar.value][position]
    return Coaching(
        title=Text.read(said["titles"][position]),
        meaning=Text.read(texts["meaning"]),
        ask=Text.read(texts["ask"]),
        do=Text.read(texts["do"]),
        always=Text.read(said["always"]),
        labels={name: Text.read(text) for name, text in said["labels"].items()},
    )


@lru_cache(maxsize=1)
def _catalogue() -> Mapping[str, Any]:
    plain: Mapping[str, Any] = yaml.safe_load(COACHING.read_text(encoding="utf-8"))
    return plain
