"""Marks and numbers as every page prints them: minus sign U+2212, en dash, no-break space, percent without space."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from people.pillars import PILLAR_SHORT
from portal.lib.devices import device_of
from portal.lib.pillars import Pillar

register = template.Library()

MINUS, EN_DASH, NO_BREAK = "\u2212", "\u2013", "\u00a0"
Number = float | int | Decimal

PILLAR_PATHS: dict[Pillar, str] = {
    Pillar.LEADERSHIP: "M8 .8 13.2 15 8 11.8 2.8 15z",
    Pillar.UNDERSTANDING: "M8 1.2a6.8 6.8 0 1 0 0 13.6A6.8 6.8 0 0 0 8 1.2z",
    Pillar.PEOPLE: "M2 2h12v12H2z",
    Pillar.PROCESS: "M8 .2 15.8 8 8 15.8.2 8z",
    Pillar.MEASUREMENT: "M1.5 9.5h3.6V15H1.5zM6.2 5.5h3.6V15H6.2zM10.9 1.5h3.6V15h-3.6z",
}
ICON_PATHS: dict[str, str] = {
    "home": "M4 11.5 12 4.5l8 7V20h-5.5v-5h-5v5H4z",
    "results": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM15.5 8.5l-2 5-5 2 2-5z",
    "actions": "M3.5 6.5 5.5 8.5 9 4.5M3.5 16l2 2L9 14M12.5 7H21M12.5 16.5H21",
    "surveys": "M6 3.5h12v17H6zM9 8h6M9 12h6M9 16h3.5",
    "assessment": "M12 3.5 20.5 9.7 17.2 19.5H6.8L3.5 9.7zM12 8.5l4 3-1.6 4.5H9.6L8 11.5z",
    "evidence": "M6 3.5h8l4 4v13H6zM14 3.5v4h4M9 14l2 2 4-4.5",
    "people": (
        "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.8 20c.4-3.6 2.8-5.6 6.2-5.6s5.8 2 6.2 5.6"
        "M16 4.9a3.5 3.5 0 0 1 0 6.3M18 14.9c1.8.8 2.9 2.5 3.2 5.1"
    ),
    "import": "M12 3.5v11M7.5 10.5 12 15l4.5-4.5M4 16.5V20h16v-3.5",
    "record": "M5 4h14v16H5zM8.5 8.5h7M8.5 12h7M8.5 15.5h4",
    "inbox": "M4 5h16v14H4zM4 6l8 6.5L20 6",
    "help": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.8v.2",
    "down": "M5 9l7 7 7-7",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5 20.5 20.5",
    "yes": "M5 12.5 10 17.5 19.5 7",
    "no": "M6 6l12 12M18 6 6 18",
}
NEEDLE = mark_safe(
    '<svg class="needle" viewBox="0 0 34 34" aria-hidden="true"><circle cx="17" cy="17" r="16"/>'
    '<path transform="rotate(32 17 17)" d="M17 3.5 22.5 26 17 22 11.5 26z"/></svg>'
)
LOGO = mark_safe(
    '<svg viewBox="0 0 32 32" aria-hidden="true"><g transform="rotate(32 16 16)"><path d="M16 0 23 15H9z"/>'
    '<path d="M9.6 17H22.4L16 31.2zM13.2 19.2 16 25.6 18.8 19.2z" fill-rule="evenodd"/></g></svg>'
)


def _rounded(value: Number, places: int) -> Decimal:
    """Rounded half up, as people do it (`number_format` itself only cuts off); a rounded nought has no sign."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) + Decimal(0)


def _number(value: Number, places: int) -> str:
    text = number_format(abs(_rounded(value, places)), decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{MINUS}{text}" if _rounded(value, places) < 0 else text


@register.filter
def figure(value: Number | str | None, places: int = 1) -> str:
    """A number with so many decimals (one, unless told), grouped, with a true minus; "–" when there is none."""
    number = _given(value)
    return EN_DASH if number is None else _number(number, places)


@register.filter
def count(value: Number | None) -> str:
    """A whole number, grouped."""
    return figure(value, 0)


@register.filter
def difference(value: Number | None, places: int = 1) -> str:
    """A difference, its sign always said: +0,5, −0,4, 0,0."""
    if value is None:
        return EN_DASH
    text = _number(value, places)
    return f"+{text}" if _rounded(value, places) > 0 else text


@register.filter
def share(value: Number | None, places: int = 0) -> str:
    """A share between 0 and 1 as percent without a space: 68%."""
    return EN_DASH if value is None else f"{_number(value * 100, places)}%"


@register.simple_tag
def interval(low: Number | None, high: Number | None, places: int = 1) -> str:
    """A range with an en dash: 2,9–3,3; "từ −2 đến 4" in words when a bound is negative."""
    if low is None or high is None:
        return EN_DASH
    if low < 0 or high < 0:
        return _("%(low)s to %(high)s") % {"low": _number(low, places), "high": _number(high, places)}
    return f"{_number(low, places)}{EN_DASH}{_number(high, places)}"


@register.simple_tag
def pillar_mark(pillar: str) -> SafeString:
    """The small shape that stands beside a pillar's word; nothing for an unknown pillar."""
    if pillar not in list(Pillar):
        return mark_safe("")
    return format_html(
        '<svg class="pl {}" viewBox="0 0 16 16" aria-hidden="true"><path d="{}"/></svg>',
        Pillar(pillar).value,
        PILLAR_PATHS[Pillar(pillar)],
    )


@register.simple_tag
def pillar_word(pillar: str) -> str:
    """The pillar's short name in the reader's language."""
    return str(PILLAR_SHORT[Pillar(pillar)]) if pillar in list(Pillar) else ""


@register.simple_tag
def icon(name: str) -> SafeString:
    """A line icon, always used beside a word."""
    return format_html('<svg class="ic" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', ICON_PATHS[name])


@register.simple_tag
def needle() -> SafeString:
    """The compass needle of empty states and error pages."""
    return NEEDLE


@register.simple_tag
def logo() -> SafeString:
    """Bearing's mark."""
    return LOGO


def _read(cell: object, *names: str) -> Number | None:
    """The first of these fields a cell has, be it an object or a mapping."""
    for name in names:
        value = cell.get(name) if isinstance(cell, Mapping) else getattr(cell, name, None)
        if value is not None:
            return value  # type: ignore[no-any-return]
    return None


@register.simple_tag
def score(cell: object) -> SafeString:
    """A published cell in one glance: **3,1** 2,9–3,3 · n 29. Without a cell: "not shown apart"."""
    value = _read(cell, "mean", "value", "score")
    if value is None:
        return format_html('<span class="hatch"><span>{}</span></span>', _("not shown apart"))
    low, high, n = _read(cell, "low"), _read(cell, "high"), _read(cell, "n")
    parts = [interval(low, high)] if low is not None and high is not None else []
    if n is not None:
        parts.append(f"n{NO_BREAK}{count(n)}")
    return format_html(
        '<span class="score"><b>{}</b> <span class="n">{}</span></span>', figure(value), " · ".join(parts)
    )


@dataclass(frozen=True)
class Band:
    """One of the tones behind a score."""

    x: float
    width: float
    tone: str


@dataclass(frozen=True)
class Plot:
    """Where the marks of one score stand on its line."""

    width: int
    bands: tuple[Band, ...]
    low: float | None
    span: float
    point: float
    was: float | None
    label: str


def _given(number: Number | str | None, otherwise: Number | None = None) -> Number | None:
    """What a template passed on: a name it does not know arrives as an empty string."""
    return otherwise if number is None or isinstance(number, str) else number


@register.simple_tag
def plot(
    value: Number,
    low: Number | None = None,
    high: Number | None = None,
    was: Number | None = None,
    bottom: Number | None = None,
    top: Number | None = None,
    steps: int = 5,
    width: int = 330,
) -> Plot:
    """The marks of one score line (1 to 5, unless told), for components/interval_bar.html."""
    edge, length = 8.0, width - 16.0
    low, high, was = _given(low), _given(high), _given(was)
    first, last = float(_given(bottom, 1) or 0), float(_given(top, 5) or 0)

    def at(number: Number) -> float:
        place = (float(number) - first) / (last - first)
        return round(edge + length * min(max(place, 0.0), 1.0), 1)

    step = length / steps
    bands = tuple(
        Band(round(edge + step * index, 1), round(step - 1.5, 1), "b" if index % 2 == 0 else "a")
        for index in range(steps)
    )
    start = at(low) if low is not None else None
    end = at(high) if high is not None else None
    label = figure(value) if low is None or high is None else f"{figure(value)}, {interval(low, high)}"
    span = max(end - start, 2.0) if start is not None and end is not None else 0.0
    return Plot(width, bands, start, span, at(value), at(was) if was is not None else None, label)


@register.filter
def device(user_agent: str) -> str:
    """A user-agent line in words: "Chrome on Android"."""
    found = device_of(user_agent)
    if found.browser and found.system:
        return _("%(browser)s on %(system)s") % found._asdict()
    if found.system:
        return _("A browser on %(system)s") % {"system": found.system}
    return found.browser or _("An unknown browser")


@register.filter
def field_type(bound_field: object) -> str:
    """What kind of box a form field is: "checkbox", "radio", "file", "select" or "text"."""
    widget = type(bound_field.field.widget).__name__.lower()  # type: ignore[attr-defined]
    for kind in ("checkboxinput", "checkboxselectmultiple", "radioselect", "file", "select", "textarea"):
        if kind in widget:
            return {"checkboxinput": "checkbox", "checkboxselectmultiple": "checks", "radioselect": "radio"}.get(
                kind, kind
            )
    return "text"


@register.filter
def unlocal(value: Number | None) -> str:
    """A number for an attribute: always with a point, never grouped."""
    return "" if value is None else str(value)
