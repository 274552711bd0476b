"""One sweep in a process of its own, to be killed; run with the addresses of the test's servers in the environment."""

import os
from datetime import datetime
from pathlib import Path

import django
from django.conf import settings


def main() -> None:
    settings.TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")
    django.setup()

    from outbox import delivery, registry  # noqa: PLC0415  (models exist only after setup)
    from portal.lib import clock  # noqa: PLC0415

    moment = datetime.fromisoformat(os.environ["SWEEP_AT"])
    clock.set_clock(lambda: moment)
    registry.register_kind("test.news", template="test/news", label="News")
    delivery.sweep()


if __name__ == "__main__":
    main()
