"""Browsers and systems in two names."""

import pytest

from portal.lib.devices import device_of

KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
ANDROID = f"Mozilla/5.0 (Linux; Android 14; SM-A155F) {KIT}"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {KIT}"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "browser", "system"),
    [
        (f"{ANDROID} Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome", "Android"),
        (f"{ANDROID} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36", "Samsung Internet", "Android"),
        (f"{ANDROID} Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 Zalo android/24.06", "Zalo", "Android"),
        (f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1", "Safari", "iPhone"),
        (f"{IPHONE} CriOS/126.0.0.0 Mobile/15E148 Safari/604.1", "Chrome", "iPhone"),
        (f"{WINDOWS} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "Edge", "Windows"),
        (f"{WINDOWS} coc_coc_browser/127.0.0 Chrome/121.0.0.0 Safari/537.36", "Cốc Cốc", "Windows"),
        (f"{MAC} Version/17.5 Safari/605.1.15", "Safari", "macOS"),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox", "Linux"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {KIT} Chrome/126.0.0.0 Safari/537.36", "Chrome", "ChromeOS"),
        ("curl/8.5.0", "", ""),
        ("", "", ""),
    ],
)
def test_what_a_browser_says_of_itself_is_read(said: str, browser: str, system: str) -> None:
    assert device_of(said) == (browser, system)
