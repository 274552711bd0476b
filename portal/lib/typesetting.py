"""PDF by typst: a template of ours and plain data in, the bytes of a file out.

The data travels as one JSON value that the template reads. Nothing in it is ever read as markup or code, whatever a
unit is called; the template finds no file but those of its own folder, and no network. Typesetting runs in a process of
its own with a limit on time and memory, so that a report that goes wrong takes nothing else with it.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TYPESETTER = Path(__file__).with_name("typesetter.py")
SECONDS = 20
LONGEST = 4000  # characters of one text
# Control characters, halves of pairs, what is no character, and marks that turn the direction of what follows.
_NOT_PRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


class NotSet(RuntimeError):
    """A PDF could not be made; the message is for the log, never for a page."""


def pdf_of(template: Path, data: Mapping[str, Any], *, fonts: Path, seconds: float = SECONDS) -> bytes:
    """The PDF of a template filled with plain data: texts, numbers, yes and no, lists and mappings of these."""
    asked = json.dumps({"template": str(template), "fonts": str(fonts), "data": _tidy(data)}).encode()
    command = [sys.executable, "-I", str(TYPESETTER)]
    try:
        done = subprocess.run(command, input=asked, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise NotSet(f"{template.name} took longer than {seconds} seconds") from error
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF"):
        raise NotSet(f"{template.name}: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout


def _tidy(value: Any) -> Any:
    """The same data without letters that cannot be printed, and without a text longer than a page."""
    if isinstance(value, str):
        return _NOT_PRINTED.sub(" ", value)[:LONGEST]
    if isinstance(value, Mapping):
        return {str(name): _tidy(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_tidy(each) for each in value]
    return value
