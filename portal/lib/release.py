"""Which version of the code runs: the package's number, and the commit where the code is a git checkout."""

import re
from pathlib import Path

VERSION = re.compile(r"[a-z0-9][a-z0-9_.:+\-]{0,63}")
COMMIT = re.compile(r"[0-9a-f]{40,64}")
SHORT = 12


def running_version(root: Path, number: str) -> str:
    """`1.2.0+20b24e7f1a3c` in a checkout, `1.2.0` without one."""
    commit = commit_of(root)
    return f"{number}+{commit[:SHORT]}" if commit else number


def commit_of(root: Path) -> str:
    """The commit checked out in this folder, or nothing; git itself need not be installed."""
    folder = root / ".git"
    if folder.is_file():  # a second working tree, or a submodule, names its folder in a file
        folder = root / folder.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
    head = _read(folder / "HEAD")
    if not head.startswith("ref:"):
        return _commit(head)
    name = head.removeprefix("ref:").strip()
    common = folder / (_read(folder / "commondir") or ".")
    return (
        _commit(_read(folder / name)) or _commit(_read(common / name)) or _packed(_read(common / "packed-refs"), name)
    )


def _packed(text: str, name: str) -> str:
    lines = (line.split() for line in text.splitlines())
    return next((_commit(words[0]) for words in lines if len(words) == 2 and words[1] == name), "")


def _read(path: Path) -> str:
    """What stands there; nothing where there is no such file, or it is not for us to read."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _commit(text: str) -> str:
    return text if COMMIT.fullmatch(text) else ""
