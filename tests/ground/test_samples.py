"""The files a server is set up with (docs/operating/samples) fit the product they set up."""

import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.celery import SWEEPS
from portal.embedded import ROOT

SAMPLES = ROOT / "docs" / "operating" / "samples"
UNITS = sorted(SAMPLES.glob("*.service"))


def starts(unit: Path) -> str:
    found = re.search(r"^ExecStart=(.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_a_program_that_is_installed_and_knows_its_options(unit: Path) -> None:
    program, *options = starts(unit).split()
    installed = Path(sys.executable).parent / Path(program).name
    command = [str(installed), *(option for option in options if option in ("-A", "portal", "worker", "beat"))]
    said = subprocess.run(
        [*command, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    ).stdout

    assert Path(program).parent == Path("/srv/bearing/.venv/bin")
    assert [name for name in options if name.startswith("--") and name.partition("=")[0] not in said] == []


def test_every_queue_has_a_worker_and_the_keys_have_one_of_their_own() -> None:
    queues = {unit.stem: found[1] for unit in UNITS if (found := re.search(r"-Q (\S+)", starts(unit)))}

    assert {queue for _, _, queue in SWEEPS} == set(queues.values())
    assert [name for name, queue in queues.items() if queue == "seal"] == ["bearing-seal"]
    assert [unit.stem for unit in UNITS if "User=bearing-seal" in unit.read_text("utf-8")] == ["bearing-seal"]


def test_the_environment_names_only_settings_there_are() -> None:
    named = set(re.findall(r"^(?:# )?([A-Z_]+)=", (SAMPLES / "bearing.env").read_text(encoding="utf-8"), re.MULTILINE))
    documented = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/operating/settings.md").read_text(encoding="utf-8")))

    assert {"SECRET_KEY", "BALLOT_SECRET", "KEY_DIR", "SURVEY_DATABASE_URL"} <= named <= documented


@pytest.fixture
def nginx() -> str:
    """The program of this machine; Debian keeps it out of an ordinary user's PATH."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        sentence = "nginx is not installed: `apt-get install nginx-light`"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


def test_nginx_takes_the_sample_as_it_is(nginx: str, tmp_path: Path) -> None:
    made = make_certificate(tmp_path)
    sample = (SAMPLES / "nginx.conf").read_text(encoding="utf-8")
    sample = re.sub(r"/etc/ssl/bearing/\S+(?=;)", str(made), sample).replace("/var/log/nginx", str(tmp_path))
    # An ordinary user opens no small ports, and not every machine has IPv6.
    sample = re.sub(r"^.*\[::\].*\n", "", sample, flags=re.MULTILINE).replace("listen 80;", "listen 127.0.0.1:58080;")
    sample = sample.replace("listen 443 ", "listen 127.0.0.1:58443 ")
    places = "".join(
        f"{name}_temp_path {tmp_path}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = tmp_path / "whole.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{places}{sample}\n}}\n", encoding="utf-8")
    tried = subprocess.run(
        [nginx, "-t", "-c", str(whole), "-p", str(tmp_path), "-e", "stderr"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert tried.returncode == 0, tried.stderr
    assert "[warn]" not in tried.stderr.replace('the "user" directive', "")


def make_certificate(folder: Path) -> Path:
    """A certificate and its key in one file, good for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bearing.example.com")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    whole = folder / "both.pem"
    whole.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return whole
