"""Which browser on which system, read from what a browser says of itself."""

import re
from typing import NamedTuple

# The first that matches counts: most browsers also claim to be Chrome or Safari, and phones to be Linux or a Mac.
BROWSERS = (
    (r"\bZalo\b", "Zalo"),
    (r"\bFB(?:AN|AV)/", "Facebook"),
    (r"coc_coc_browser/", "Cốc Cốc"),
    (r"\bEdg(?:e|A|iOS)?/", "Edge"),
    (r"\b(?:OPR|OPT|Opera)/", "Opera"),
    (r"\bSamsungBrowser/", "Samsung Internet"),
    (r"\b(?:Firefox|FxiOS)/", "Firefox"),
    (r"\b(?:Headless)?(?:Chrome|CriOS|Chromium)/", "Chrome"),
    (r"\bVersion/[\d.]+.* Safari/", "Safari"),
)
SYSTEMS = (
    (r"\biPhone\b", "iPhone"),
    (r"\biPad\b", "iPad"),
    (r"\bAndroid\b", "Android"),
    (r"\bWindows\b", "Windows"),
    (r"\bCrOS\b", "ChromeOS"),
    (r"\bMac(?:intosh| OS X)\b", "macOS"),
    (r"\b(?:Linux|X11)\b", "Linux"),
)


class Device(NamedTuple):
    """Names as their makers write them; empty where nothing known was said."""

    browser: str
    system: str


def device_of(user_agent: str) -> Device:
    """What a user-agent line says, in two names."""
    return Device(_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent))


def _first(known: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for pattern, name in known if re.search(pattern, text)), "")
