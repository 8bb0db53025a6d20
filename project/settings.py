"""The one settings file; the environment decides (.env.example names every variable).

No DATABASE_URL means the embedded default: servers, secrets and files of its own under KC_DATA_DIR, bound to this machine.
With a DATABASE_URL nothing has a default that would be unsafe.
"""

import os
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from project import environment as env
from project.embedded.places import Places, prepare

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("KC_DATA_DIR") or BASE_DIR / "var").resolve()
EMBEDDED = not (env.given("DATABASE_URL") or env.given("DATABASE_OWNER_URL"))
DEMO = env.flag("KC_DEMO")
DEBUG = env.flag("KC_DEBUG")

if DEMO and not EMBEDDED:
    raise ImproperlyConfigured("KC_DEMO is refused while DATABASE_URL is set: the demo's passwords and moved clock never touch real data.")

# --- Secrets -----------------------------------------------------------------------------------------------------------

prepare(DATA_DIR)
if EMBEDDED:
    for name, value in env.kept_secrets(DATA_DIR / "secrets").items():
        os.environ.setdefault(name, value)

SECRET_KEY = env.required("KC_SECRET_KEY", "sessions and one-time links are signed with it")
KC_FIELD_KEYS = env.key_ring(env.required("KC_FIELD_KEYS", "identity numbers are encrypted with it"))
KC_HASH_KEY = env.key(env.required("KC_HASH_KEY", "identity numbers are found by it"), "KC_HASH_KEY")

# --- Database: two roles, from the first migration --------------------------------------------------------------------------

AS_OWNER = os.environ.get("KC_DATABASE_ROLE") == "owner"

if EMBEDDED:
    PLACES = Places.under(DATA_DIR)
    _connection = env.database(f"postgresql://{'kc_owner' if AS_OWNER else 'kc_app'}@/kc?host={PLACES.postgres_sockets}")
    REDIS_URL = os.environ.get("REDIS_URL") or f"redis+socket://{PLACES.valkey_socket}"
elif AS_OWNER:
    _connection = env.database(env.required("DATABASE_OWNER_URL", "only the owner of the schema may migrate"))
    REDIS_URL = os.environ.get("REDIS_URL", "")
else:
    _connection = env.database(env.required("DATABASE_URL", "the product keeps everything in PostgreSQL"))
    REDIS_URL = env.required("REDIS_URL", "jobs travel through it")

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        **_connection,
        # Bounds every wait for a lock, without a query of its own.
        "OPTIONS": {"options": "-c lock_timeout=3000", "application_name": "kc", **_connection["OPTIONS"]},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- The house ----------------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "viewflow",
    "viewflow.workflow",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "csp",
    "django_htmx",
    "template_partials",
    "notifications",
    "cases",
    "workflows",
    "project",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "project.middleware.Bounds",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "project.middleware.IdleSession",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "project.middleware.KeptByNoCache",
    "cases.directory.middleware.PersonalLanguage",
    "cases.directory.middleware.OwnPasswordFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "project.middleware.Busy",
    "project.middleware.WrongMethod",
]

ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "project" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "project.context.shell",
            ],
        },
    }
]

FORM_RENDERER = "project.forms.KcFormRenderer"

# --- Language and time ----------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "project.formats"
LANGUAGE_COOKIE_NAME = "kc_language"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- People and sessions --------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "cases.User"
AUTHENTICATION_BACKENDS = ["cases.directory.backends.WorkAccount"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_CONTEXT = "project.demo.accounts.login_context" if DEMO else ""  # what else the log-in page shows
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"

SESSION_COOKIE_AGE = 30 * 60  # seconds without a request; project.middleware.IdleSession keeps it rolling
SESSION_COOKIE_NAME = "kc_session"
CSRF_COOKIE_NAME = "kc_csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "project.errors.csrf_failure"

# --- The browser's side of safety ---------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = LOOPBACK if DEMO else env.words("KC_ALLOWED_HOSTS", ",".join(LOOPBACK))
CSRF_TRUSTED_ORIGINS = env.words("KC_TRUSTED_ORIGINS")

# The embedded default answers on this machine alone, where there is no certificate.
ENCRYPTED = not DEBUG and not EMBEDDED
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENCRYPTED
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ENCRYPTED else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False  # the neighbours under an office's domain are not ours to decide about
KC_BEHIND_PROXY = env.flag("KC_BEHIND_PROXY")
KC_CLIENT_ADDRESS_HEADER = os.environ.get("KC_CLIENT_ADDRESS_HEADER", "").strip()  # that the proxy sets itself, such as X-Real-IP
if KC_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Files ------------------------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_FINDERS = ["project.finders.WithoutViewflow"]
STATIC_ROOT = Path(os.environ.get("KC_STATIC_ROOT") or DATA_DIR / "static")
MEDIA_ROOT = DATA_DIR / "files"  # outside the web root; served only through visible_to
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

PLAIN_STATIC = DEBUG or env.flag("KC_PLAIN_STATIC")  # tests run without collectstatic
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PLAIN_STATIC
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
        # Public files, collected by whoever builds and read by whoever serves.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
WHITENOISE_USE_FINDERS = PLAIN_STATIC

# --- Words to the outside ---------------------------------------------------------------------------------------------------

EMAIL_HOST = os.environ.get("KC_EMAIL_HOST", "")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "django.core.mail.backends.console.EmailBackend"
EMAIL_PORT = int(os.environ.get("KC_EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("KC_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("KC_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = env.flag("KC_EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 20  # seconds
KC_MAP_GEOJSON = os.environ.get("KC_MAP_GEOJSON", "")  # outlines of the areas for the ledger's board; without it a scheme of squares
KC_MAP_APPROVAL = os.environ.get("KC_MAP_APPROVAL", "").strip()  # the number under which these borders may be published (审图号)

KC_PUBLIC_URL = os.environ.get("KC_PUBLIC_URL", "").rstrip("/")  # what links in messages begin with; without it they carry no link
DEFAULT_FROM_EMAIL = os.environ.get("KC_EMAIL_FROM", "kongchuo@localhost")

# --- Logging: to the console, without anybody's data -----------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "project.logs.WithoutRows", "format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("KC_LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}

SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains: see above
    "security.W008",  # redirecting to HTTPS is the proxy's work
    "security.W021",  # HSTS preload: decided by the office that owns the domain
]
