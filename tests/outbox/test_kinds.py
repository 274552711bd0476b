"""Every kind a room has announced can be written."""

import pytest
from django.template.loader import get_template

from outbox import registry


@pytest.mark.parametrize("kind", registry.kinds(), ids=lambda kind: kind.name)
def test_every_kind_has_a_subject_a_text_and_an_html_part_and_a_name(kind: registry.Kind) -> None:
    for part in ("subject.txt", "txt", "html"):
        get_template(f"mail/{kind.template}.{part}")
    assert str(kind.label)
