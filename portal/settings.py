"""All settings, read from the environment; docs/operating/settings.md lists them.

Nothing here starts a server or touches a disk. `manage.py`, `portal/wsgi.py`, `portal/celery.py` and the tests call
`portal.embedded.ensure()` first, which names DATABASE_URL and REDIS_URL when the environment does not.
"""

import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from portal.lib import release

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
# Stands on the promise page and, by `manage.py deployed`, in the activity record.
NUMBER: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
VERSION = env.str("BEARING_VERSION", default="") or release.running_version(BASE_DIR, NUMBER)
if not release.VERSION.fullmatch(VERSION):
    raise ImproperlyConfigured(
        "BEARING_VERSION may hold at most 64 small letters, digits and . + - : _, like 1.2.0+20b24e7."
    )

DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
PRODUCTION = env.bool("PRODUCTION", default=not (DEMO or DEBUG))

DEFAULT_SECRET = "not-secret: only for a demo or development, production refuses it"
SECRET_KEY = env.str("SECRET_KEY", default=DEFAULT_SECRET)
BALLOT_SECRET = env.str("BALLOT_SECRET", default=DEFAULT_SECRET + " (ballots)")

# The portal and the answer pages live under two host names, so that no cookie of one reaches the other.
BASE_URL = env.str("BASE_URL", default="http://localhost:8000").rstrip("/")
SURVEY_URL = env.str("SURVEY_URL", default="http://127.0.0.1:8000").rstrip("/")
PORTAL_HOST = urlsplit(BASE_URL).netloc
SURVEY_HOST = urlsplit(SURVEY_URL).netloc
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[PORTAL_HOST.split(":")[0], SURVEY_HOST.split(":")[0]])
CSRF_TRUSTED_ORIGINS = [BASE_URL]


def refuse_unsafe_production() -> None:
    """Production never runs with DEBUG, the demo, a default secret or one host for everything."""
    wrong = []
    if DEBUG:
        wrong.append("DEBUG is on: unset DEBUG.")
    if DEMO:
        wrong.append("DEMO is on: unset DEMO, it signs people in without a password.")
    if SECRET_KEY == DEFAULT_SECRET:
        wrong.append("SECRET_KEY is not set: put 50 random characters into it.")
    if BALLOT_SECRET.startswith(DEFAULT_SECRET):
        wrong.append("BALLOT_SECRET is not set: put 50 other random characters into it.")
    if SURVEY_HOST == PORTAL_HOST:
        wrong.append("SURVEY_URL and BASE_URL have the same host: give the answer pages a host name of their own.")
    if wrong:
        raise ImproperlyConfigured("Production refuses to start:\n- " + "\n- ".join(wrong))


if PRODUCTION:
    refuse_unsafe_production()

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "tree_queries",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "people",
    "diary",
    "outbox",
    "improvement",
    "surveys",
    "pulses",
    "assessments",
    "portal",
]

# `portal.middleware` passes requests for SURVEY_HOST straight through: no session, user, message or cookie there.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.SurveyHostMiddleware",
    "portal.quiet.QuietAnswersMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.SessionMiddleware",
    "portal.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.middleware.CsrfViewMiddleware",
    "portal.middleware.AuthenticationMiddleware",
    "portal.middleware.PersonLanguageMiddleware",
    "portal.middleware.MessageMiddleware",
    "people.middleware.PasswordFirstMiddleware",
    "portal.middleware.HtmxMiddleware",
    # allauth insists on its own name here; it reads and sets no cookie, so answer pages may pass through it.
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.UserSessionsMiddleware",
]

ROOT_URLCONF = "portal.urls"
SURVEY_URLCONF = "surveys.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.house",
            ],
        },
    }
]

# People -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.Employee"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "number"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = ACCOUNT_TRUSTED_PROXY_COUNT
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from the staff list; nobody registers here with one of others

# Data -------------------------------------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", default="postgres:///bearing")
SURVEY_DATABASE_URL = env.str("SURVEY_DATABASE_URL", default=DATABASE_URL)


def database(url: str) -> dict[str, Any]:
    """One database entry with connections that stay open between requests."""
    return {**env.db_url_config(url), "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}


# `survey` reaches the same database as a role that may touch only what an answer page needs.
DATABASES = {"default": database(DATABASE_URL), "survey": database(SURVEY_DATABASE_URL)}
DATABASES["survey"]["TEST"] = {"MIRROR": "default"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
DATA_DIR = Path(env.str("BEARING_DATA", default=str(BASE_DIR / ".data")))
DEMO_DIR = DATA_DIR / "demo"
DEMO_CLOCK = DEMO_DIR / "clock"
KEY_DIR = Path(env.str("KEY_DIR", default=str(DATA_DIR / "keys")))
EVIDENCE_DIR = Path(env.str("EVIDENCE_DIR", default=str(DATA_DIR / "evidence")))
EVIDENCE_MOST_MB = env.int("EVIDENCE_MOST_MB", default=20)

# Clock ------------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
TIME_ZONE = env.str("COMPANY_TIME_ZONE", default="Asia/Ho_Chi_Minh")
USE_TZ = True

# Words ------------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="vi")
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "libraries"]
USE_I18N = True
FORMAT_MODULE_PATH = ["portal.formats"]
COMPANY_NAME = env.str("COMPANY_NAME", default="An Nhiên Retail" if DEMO else "Bearing")
OPERATOR_NAME = env.str("OPERATOR_NAME", default="")

# Mail -------------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Bearing <bearing@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# Safety -----------------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
# Under "no-referrer" browsers post forms with "Origin: null", which the CSRF check refuses; nothing leaves this origin.
SECURE_REFERRER_POLICY = "same-origin"
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
# W002: the content security policy says who may frame a page. W003: portal.middleware has the CSRF middleware.
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W003"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # The inbox button leads over to the answer pages' own host.
        "form-action": [SELF, SURVEY_URL],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "portal.api.Pages",
    "PAGE_SIZE": 100,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.api.one_error_shape",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Bearing",
    "VERSION": "1",
    "DESCRIPTION": "Programmes, rounds, published cells and people, as the pages show them.",
    "SERVE_INCLUDE_SCHEMA": False,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"bearing": {"level": "INFO"}},
}
