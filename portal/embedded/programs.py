"""Programs out of Python wheels."""

import importlib.util
import shutil
from pathlib import Path


def package_folder(package: str) -> Path | None:
    """Where a package lies, without importing it: importing the PostgreSQL wheel writes folders and warns."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def dying_with_parent() -> list[str]:
    """A server whose supervisor is killed shuts down cleanly by itself (Linux)."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT"] if setpriv else []
