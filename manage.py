#!/usr/bin/env python
"""Bearing's command line."""

import os
import sys
import tempfile

from django.core.management import execute_from_command_line

from portal import embedded


def main() -> None:
    """Start the embedded servers where none are named, then run the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if "demo" in sys.argv[1:2]:
        os.environ.setdefault("DEMO", "yes")
        if "--check" in sys.argv:
            os.environ["BEARING_DATA"] = tempfile.mkdtemp(prefix="bearing-check-")
    embedded.ensure(throwaway="--check" in sys.argv and "demo" in sys.argv)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
