#!/usr/bin/env python
"""Bearing's command line."""

import os
import sys

from django.core.management import execute_from_command_line

from portal import embedded


def main() -> None:
    """Start the embedded servers where none are named, then run the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    embedded.ensure()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
