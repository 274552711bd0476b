"""`python -m benchmarks.lighthouse`: Lighthouse judges the answer pages on a weak phone; below 95 it fails.

The pages come from gunicorn with the demo's settings, on throw-away servers, out of a wave that is open. Lighthouse's
own defaults for a phone: a slow fourth-generation network and a processor four times slower than this one, simulated.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from portal import embedded
from portal.demo.services import ROOT, free_port

PORT = free_port()
FOLDER = Path(tempfile.mkdtemp(prefix="bearing-lighthouse-"))
for name in ("DATABASE_URL", "SURVEY_DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"):
    os.environ.pop(name, None)
os.environ |= {
    "DEMO": "yes",
    "PRODUCTION": "no",
    "DJANGO_SETTINGS_MODULE": "portal.settings",
    "BEARING_DATA": str(FOLDER),
    "BASE_URL": f"http://localhost:{PORT}",
    "SURVEY_URL": f"http://127.0.0.1:{PORT}",
}
embedded.ensure(throwaway=True)

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from portal.demo import company, story  # noqa: E402
from surveys import actions  # noqa: E402
from surveys.models import Invitation  # noqa: E402

WANTED = 95
PATIENCE = 120  # seconds
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Judged:
    """What Lighthouse said of one page."""

    name: str
    address: str
    scores: dict[str, int]
    paint: float
    bytes: float
    faults: list[str]

    @property
    def holds(self) -> bool:
        return min(self.scores.values()) >= WANTED

    def line(self) -> str:
        """One row of the table."""
        scores = " | ".join(str(self.scores[name]) for name in ("performance", "accessibility"))
        return f"| {self.name} | {scores} | {self.paint / 1000:.1f} s | {self.bytes / 1024:.0f} KiB |"


def make_link() -> str:
    """Found the demo company with one open wave, and draw the link of somebody who was asked."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("load_catalogue", verbosity=0)
    company.found()
    story.play(sealed_waves=0)
    invitation = Invitation.objects.filter(collected=False).order_by("pk").first()
    assert invitation is not None
    return f"{settings.SURVEY_URL}/vi/p/{actions.new_link(invitation.pk)}"


def start_web() -> subprocess.Popen[bytes]:
    """The web process as it runs everywhere, once it answers."""
    web = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{PORT}", "--no-control-socket"),
            *("--worker-class", "gthread", "--threads", "8", "--log-level", "warning"),
        ],
        cwd=ROOT,
    )
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and web.poll() is None:
        with suppress(URLError, OSError), urlopen(f"{settings.BASE_URL}/healthz", timeout=5):
            return web
        time.sleep(0.2)
    web.kill()
    raise SystemExit("The web process did not start.")


def judge(link: str) -> list[Judged]:
    """Let Lighthouse open the promise and press "Start"."""
    browser = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, PROGRAMS)), None)
    if browser is None:
        raise SystemExit("chromium is not installed: `apt-get install chromium`, or set CHROME_PATH.")
    node = Path(sys.executable).parent / "node"
    said = subprocess.run(
        [str(node), "benchmarks/lighthouse.mjs", browser, link],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    return [Judged(**page) for page in json.loads(said.stdout)]


def main() -> int:
    """Print the table; 0 when every score is high enough."""
    try:
        link = make_link()
        web = start_web()
        try:
            judged = judge(link)
        finally:
            web.terminate()
            web.wait(timeout=30)
    finally:
        shutil.rmtree(FOLDER, ignore_errors=True)
    print("| page | performance | accessibility | largest paint | weight |")
    print("|---|---|---|---|---|")
    for page in judged:
        print(page.line())
    for page in judged:
        if not page.holds:
            print(f"{page.name} is below {WANTED}:", *page.faults, sep="\n- ")
    return 0 if all(page.holds for page in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
