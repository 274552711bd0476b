"""Settings from the environment: a wrong value stops the start with one sentence that says how to mend it."""

import os
from collections.abc import Iterable, Mapping

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off", ""})


class BadSetting(ValueError):
    """A setting in the environment cannot be used; the text says which, why and what to write instead."""


def text(name: str, default: str | None = None, *, source: Mapping[str, str] | None = None) -> str:
    """A text; without a default the setting must be there."""
    value = (os.environ if source is None else source).get(name)
    if value is None or (value == "" and default is None):
        if default is None:
            raise BadSetting(f"{name} is not set. Put it in the environment; docs/operating says what it is for.")
        return default
    return value.strip()


def flag(name: str, default: bool = False, *, source: Mapping[str, str] | None = None) -> bool:
    """A switch: yes or no."""
    value = (os.environ if source is None else source).get(name)
    if value is None:
        return default
    lowered = value.strip().lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise BadSetting(f"{name} is “{value}”, which is neither yes nor no. Write 1 or 0.")


def number(
    name: str,
    default: int,
    *,
    least: int | None = None,
    most: int | None = None,
    source: Mapping[str, str] | None = None,
) -> int:
    """A whole number, within limits when they are given."""
    value = (os.environ if source is None else source).get(name)
    if value is None or value.strip() == "":
        return default
    try:
        read = int(value.strip())
    except ValueError:
        raise BadSetting(f"{name} is “{value}”, which is not a whole number. Write digits only.") from None
    if (least is not None and read < least) or (most is not None and read > most):
        raise BadSetting(f"{name} is {read}; it must lie between {least} and {most}.")
    return read


def words(name: str, default: Iterable[str] = (), *, source: Mapping[str, str] | None = None) -> list[str]:
    """A list, parted by commas."""
    value = (os.environ if source is None else source).get(name)
    if value is None:
        return list(default)
    return [word.strip() for word in value.split(",") if word.strip()]
