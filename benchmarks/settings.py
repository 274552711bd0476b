"""The portal's settings, with plain static files: nothing is collected for a measurement."""

import tempfile
from pathlib import Path

from portal.settings import *  # noqa: F403

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
KEY_DIR = Path(tempfile.mkdtemp(prefix="bearing-bench-keys-"))
ALLOWED_HOSTS = ["*"]
