"""`python -m benchmarks`: each hot path beside its limit, in one run on one machine, as a ratio.

Sizes come from the command line: `python -m benchmarks --people 100000 --boxes 200000 --answers 2000`. Everything runs
on throw-away servers. The figures of the last full run stand in docs/benchmarks.md.
"""

import argparse
import os
import platform
import sys
from functools import partial
from importlib.metadata import version

from portal import embedded

os.environ["PRODUCTION"] = "no"
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.settings")
embedded.ensure(throwaway=True)

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks import answering, closing, launching, scorecards  # noqa: E402
from benchmarks.report import Row  # noqa: E402


def main() -> int:
    """Run every benchmark and print each line of the table once it is known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--boxes", type=int, default=200_000)
    parser.add_argument("--answers", type=int, default=3_000)
    sizes = parser.parse_args()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0]
    print(
        f"Python {platform.python_version()}, Django {version('django')}, PostgreSQL {server}, {os.cpu_count()} cores\n"
    )
    print("| path | measured | beside | ratio | wanted |")
    print("|---|---|---|---|---|", flush=True)
    rows: list[Row] = []
    for measure in (
        partial(launching.measure, sizes.people),
        partial(answering.measure, sizes.answers),
        partial(closing.measure, sizes.boxes),
        partial(scorecards.measure, sizes.people),
    ):
        measured = measure()
        print(*(row.line() for row in measured), sep="\n", flush=True)
        rows += measured
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
