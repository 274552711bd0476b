"""Counting tries at the door, per device address and per employee number."""

import hashlib

from django.core.cache import cache

WINDOW = 15 * 60
TRIES_PER_ADDRESS = 30
TRIES_PER_NUMBER = 6


def _count(name: str, value: str) -> int:
    """How many tries in this window, this one included; the cache never sees the value itself."""
    key = f"people:tries:{name}:{hashlib.sha256(value.encode()).hexdigest()}"
    cache.add(key, 0, timeout=WINDOW)
    try:
        return cache.incr(key)
    except ValueError:
        # The window ended between the two calls.
        cache.set(key, 1, timeout=WINDOW)
        return 1


def may_try(*, address: str, number: str) -> bool:
    """Whether one more try with a one-time code is allowed."""
    by_address = _count("address", address)
    by_number = _count("number", number.strip().upper())
    return by_address <= TRIES_PER_ADDRESS and by_number <= TRIES_PER_NUMBER
