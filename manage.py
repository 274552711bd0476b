#!/usr/bin/env python
"""Bearing's command line."""

import os
import sys
import tempfile
from contextlib import ExitStack

from django.core.management import execute_from_command_line

from portal import embedded


def main() -> None:
    """Start the embedded servers where none are named, then run the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if "demo" in sys.argv[1:2]:
        os.environ.setdefault("DEMO", "yes")
    with ExitStack() as stack:
        is_check = "--check" in sys.argv and "demo" in sys.argv[1:2]
        if is_check:
            folder = tempfile.TemporaryDirectory(prefix="bearing-check-", ignore_cleanup_errors=True)
            os.environ["BEARING_DATA"] = stack.enter_context(folder)
        embedded.ensure(throwaway=is_check)
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
