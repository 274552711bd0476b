"""What a bare Django view needs: a database connection that stays open, and no middleware."""

from portal.settings import DATABASES as OURS

SECRET_KEY = "bare"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "benchmarks.bare"
DATABASES = OURS
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
USE_TZ = True
