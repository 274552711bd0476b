"""Pictures of the pages, taken from the demo: `make screenshots`, or `python -m tests.screenshots --all FOLDER`.

Without arguments it makes the pictures the README shows. `--all` takes every page on a phone and on a desk, in both
languages, light and dark. `--at` uses a demo that already runs, and then `--mails` says where its mails lie.
"""

import argparse
import itertools
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from portal.demo.services import ROOT
from tests.live.demo import (
    ANSWERING,
    PLACES,
    Demo,
    Place,
    chromium,
    go_answering,
    running_demo,
    upload_staff_lists,
    visitor,
)

LARGEST = 200_000  # bytes of one picture of the README
WIDTHS = {"phone": 390, "desk": 1280}
LANGUAGES = ("vi", "en")
THEMES = ("light", "dark")


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    language: str = "en"
    theme: str = "light"
    where: str = "phone"

    @property
    def width(self) -> int:
        return WIDTHS[self.where]


@dataclass(frozen=True)
class Shot:
    """One picture of the README: a page, how it is looked at, and how much of it."""

    file: str
    place: str
    look: Look
    height: int


README = [
    Shot("answer", "questions", Look("vi"), 844),
    Shot("promise", "promise", Look("vi"), 844),
    Shot("results", "results", Look("en", where="desk"), 920),
    Shot("results-phone", "results", Look("vi", "dark"), 844),
    Shot("heat-map", "heat-map", Look("en", where="desk"), 900),
    Shot("home", "home-leader", Look("en", where="desk"), 800),
    Shot("home-phone", "home-employee", Look("vi"), 844),
    Shot("programmes", "programmes", Look("en", where="desk"), 800),
    Shot("programme", "programme", Look("en", "dark", where="desk"), 900),
    Shot("assessment", "assessment-board", Look("en", where="desk"), 920),
    Shot("assessment-phone", "assessment", Look("vi"), 844),
    Shot("staff-list", "people", Look("vi", where="desk"), 900),
]


def main(argv: list[str]) -> int:
    """Start a demo (or use one), take the pictures, say which could not be taken."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--all", action="store_true", help="every page, size, language and colour")
    parser.add_argument("--only", default="", help="with --all: pages whose name begins so")
    parser.add_argument("--at", default="", help="the address of a demo that runs already")
    parser.add_argument("--mails", type=Path, help="the folder with the mails of that demo")
    asked = parser.parse_args(argv)
    asked.folder.mkdir(parents=True, exist_ok=True)
    program = chromium()
    if program is None:
        print("chromium is missing: install it, for example 'apt-get install chromium'.", file=sys.stderr)
        return 1
    with the_demo(asked.at, asked.mails) as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        if asked.all and not asked.at:
            upload_staff_lists(browser, demo)
        failed = take_all(browser, demo, asked.folder, asked.only) if asked.all else readme(browser, demo, asked.folder)
        browser.close()
    for sentence in failed:
        print(sentence, file=sys.stderr)
    return 1 if failed else 0


@contextmanager
def the_demo(at: str, mails: Path | None) -> Iterator[Demo]:
    """The demo that was named, or one that lives as long as this."""
    if at:
        yield Demo(at.rstrip("/"), mails or ROOT / ".data" / "demo" / "mails")
        return
    print("Starting a demo on throw-away data; this takes about a minute.")
    with running_demo() as demo:
        yield demo


def readme(browser: Browser, demo: Demo, folder: Path) -> list[str]:
    """The pictures of the README."""
    places = {place.name: place for place in PLACES}
    failed = []
    for shot in README:
        target = folder / f"{shot.file}.png"
        role = places[shot.place].role if shot.place in places else "nobody"
        look = shot.look
        context = visitor(browser, demo, role, width=look.width, language=look.language, theme=look.theme)
        page = context.new_page()
        page.set_viewport_size({"width": look.width, "height": shot.height})
        if shot.place in places:
            places[shot.place].open(page, demo)
        else:
            go_answering(page, demo, look.language, shot.place)
        page.screenshot(path=target)
        context.close()
        print(f"{target} ({target.stat().st_size // 1000} kB)")
        if target.stat().st_size > LARGEST:
            failed.append(f"{target} is larger than {LARGEST // 1000} kB")
    return failed


def take_all(browser: Browser, demo: Demo, folder: Path, only: str) -> list[str]:
    """Every page in every look; returns what is wider than its glass or did not open."""
    failed: list[str] = []
    for language, theme, where in itertools.product(LANGUAGES, THEMES, WIDTHS):
        look = Look(language, theme, where)
        wanted = [place for place in PLACES if place.name.startswith(only)]
        for role in dict.fromkeys(place.role for place in wanted):
            failed += take_role(browser, demo, folder, look, role, [each for each in wanted if each.role == role])
        for name in ANSWERING:
            if name.startswith(only):
                failed += take_answering(browser, demo, folder, look, name)
    return failed


def take_role(browser: Browser, demo: Demo, folder: Path, look: Look, role: str, places: Iterable[Place]) -> list[str]:
    context = visitor(browser, demo, role, width=look.width, language=look.language, theme=look.theme)
    failed = []
    for place in places:
        page = context.new_page()
        try:
            place.open(page, demo)
        except AssertionError as error:
            failed.append(str(error))
        failed += picture(page, folder, place.name, look)
        page.close()
    context.close()
    return failed


def take_answering(browser: Browser, demo: Demo, folder: Path, look: Look, name: str) -> list[str]:
    context = visitor(browser, demo, "nobody", width=look.width, language=look.language, theme=look.theme)
    page = context.new_page()
    go_answering(page, demo, look.language, name)
    failed = picture(page, folder, name, look)
    context.close()
    return failed


def picture(page: Page, folder: Path, name: str, look: Look) -> list[str]:
    """The whole page as a file, and a sentence when it is wider than the glass."""
    page.screenshot(path=folder / f"{name}-{look.where}-{look.language}-{look.theme}.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [f"{name} is {wide} px too wide: {look}"] if wide > 0 else []


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
