"""The demo's whole story, as `manage.py demo --check` plays it: mail, web, worker, beat and clock together."""

import os
import subprocess
import sys

import pytest

from portal.demo.services import ROOT
from tests.live.demo import SERVERS

pytestmark = pytest.mark.live
PATIENCE = 480  # seconds; about three minutes on a machine that has nothing else to do


def test_the_story_of_the_demo_holds() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in SERVERS}
    played = subprocess.run(
        [sys.executable, "manage.py", "demo", "--check"],
        cwd=ROOT,
        env={**environment, "DEMO": "yes", "PRODUCTION": "no"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert played.returncode == 0, f"{played.stdout}\n{played.stderr}"
    assert "The story held." in played.stdout
