"""The colours: contrast computed as WCAG 2 does, light and dark."""

import re
from pathlib import Path

import pytest

TOKENS = Path("portal/static/portal/css/tokens.css").read_text(encoding="utf-8")
ANSWER = Path("portal/static/portal/css/answer.css").read_text(encoding="utf-8")
BLOCK = re.compile(r"\{([^{}]*)\}")
HEX = re.compile(r"--([a-z0-9-]+):\s*(#[0-9A-Fa-f]{3,6})")

TEXT = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("ink-2", "paper"),
    ("ink-2", "surface"),
    ("ink-2", "sunken"),
    ("ink-2", "brass-soft"),
    ("ink-3", "paper"),
    ("ink-3", "surface"),
    ("petrol", "paper"),
    ("petrol", "surface"),
    ("petrol", "petrol-soft"),
    ("petrol-deep", "surface"),
    ("on-petrol", "petrol"),
    ("on-petrol", "petrol-deep"),
    ("brass", "brass-soft"),
    ("good", "good-soft"),
    ("stop", "stop-soft"),
    ("stop", "surface"),
    ("on-lo3", "lo3"),
    ("on-lo2", "lo2"),
    ("ink", "lo1"),
    ("ink", "hi1"),
    ("on-hi2", "hi2"),
    ("on-hi3", "hi3"),
]
GRAPHICS = [
    ("line-strong", "paper"),
    ("line-strong", "surface"),
    ("brass-mark", "paper"),
    ("data", "surface"),
    ("data", "level-b"),
    ("band-edge", "level-b"),
    ("past", "surface"),
    ("focus", "paper"),
    *[(pillar, "surface") for pillar in ("leadership", "understanding", "people", "process", "measurement")],
]


def declarations(css: str, start: str) -> dict[str, str]:
    """The colours of the first block after these words."""
    found = BLOCK.search(css, css.index(start))
    assert found
    return {name.removeprefix("brg-"): value for name, value in HEX.findall(found.group(1))}


def schemes() -> dict[str, dict[str, str]]:
    light = declarations(TOKENS, ":root {\n  color-scheme: light")
    return {"light": light, "dark": {**light, **declarations(TOKENS, ':root[data-bs-theme="dark"] {')}}


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_has_the_contrast_of_the_standard() -> None:
    assert contrast("#000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), TEXT)
def test_text_stands_out_from_its_ground(scheme: str, front: str, ground: str) -> None:
    colours = schemes()[scheme]
    assert contrast(colours[front], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground"), GRAPHICS)
def test_marks_stand_out_from_their_ground(scheme: str, front: str, ground: str) -> None:
    colours = schemes()[scheme]
    assert contrast(colours[front], colours[ground]) >= 3


def test_dark_by_system_and_dark_by_hand_are_the_same() -> None:
    by_system = BLOCK.search(TOKENS, TOKENS.index(':root:not([data-bs-theme="light"]) {'))
    by_hand = BLOCK.search(TOKENS, TOKENS.index(':root[data-bs-theme="dark"] {'))
    assert by_system
    assert by_hand
    assert by_system.group(1).split() == by_hand.group(1).split()


def test_every_light_colour_has_a_dark_one() -> None:
    light = declarations(TOKENS, ":root {\n  color-scheme: light")
    dark = declarations(TOKENS, ':root[data-bs-theme="dark"] {')
    assert set(light) == set(dark)


def test_answer_pages_use_the_colours_of_the_portal() -> None:
    light, dark = schemes()["light"], schemes()["dark"]
    own = {"ink2": "ink-2", "strong": "line-strong", "on": "on-petrol", "soft": "petrol-soft", "brass": "brass-mark"}
    own |= {"stopsoft": "stop-soft"} | {name: name for name in ("paper", "surface", "ink", "line", "petrol", "stop")}
    for start, scheme in (
        (":root{color-scheme:light", light),
        (":root:not([data-bs-theme=light]){", dark),
        (":root[data-bs-theme=dark]{", dark),
    ):
        colours = declarations(ANSWER, start)
        assert set(colours) == set(own)
        for name, twin in own.items():
            assert luminance(colours[name]) == luminance(scheme[twin]), name
