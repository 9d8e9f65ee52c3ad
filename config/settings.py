"""Settings: one file for every process; what differs comes from the environment (see .env.example)."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.environment import MIGRATING, addresses, flag, postgres, required, words

BASE_DIR = Path(__file__).resolve().parent.parent

# What this installation is -------------------------------------------------------------------------

DEBUG = flag("LFR_DEBUG")
# Made-up forces with people anyone may sign in as: for evaluation, never in production.
DEMONSTRATION = flag("LFR_DEMONSTRATION")
SECRET_KEY = required("SECRET_KEY", why="it signs sessions and seals the second step.")
SECRET_KEY_FALLBACKS = words("SECRET_KEY_FALLBACKS")  # earlier ones, while what they sealed is still in use
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
# Behind a front that terminates TLS, cookies and redirects insist on https.
HTTPS = flag("LFR_HTTPS")
# Where no front makes one address of them: the ports of pages and stream (`make run`).
SEPARATE_PORTS = [int(port) for port in words("LFR_PORTS")]
DATA_DIR = (
    Path(required("DATA_DIR", why="it is where uploaded files are kept."))
    if not DEBUG
    else BASE_DIR / ".data"
)

# Databases -----------------------------------------------------------------------------------------
# `default` is the application's role, which owns nothing. `owner` exists only where migrations run:
#   manage.py migrate --database owner

DATABASES = {
    "default": postgres(
        "DATABASE_URL",
        required("DATABASE_URL", why="it names the database and the application's role, which owns nothing."),
    )
}
APP_ROLE = str(DATABASES["default"]["USER"])
NATIONAL_ROLE = f"{APP_ROLE}_national"
if words("DATABASE_OWNER_URL"):
    DATABASES["owner"] = postgres(
        "DATABASE_OWNER_URL", required("DATABASE_OWNER_URL", why="migrations."), session=MIGRATING
    )
DATABASE_ROUTERS = ["config.routers.OwnerMigrates"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required("REDIS_URL", why="it is Celery's broker (Valkey or Redis).")
# Counters of attempts, shared by all processes; what they do while Valkey is away is in config/cache.py.
CACHES = {
    "default": {
        "BACKEND": "config.cache.SharedOrOwn",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "config.cache.key",
        "OPTIONS": {
            "serializer": "config.cache.Json",
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
            "retry": Retry(NoBackoff(), 0),
        },
    }
}

# Applications: the floors of docs/architecture.md, top to bottom ------------------------------------

INSTALLED_APPS = [
    "portal",
    "public",
    "api",
    "design",
    "deployments",
    "coordination.briefing",
    "coordination.intake",
    "coordination.collation",
    "coordination.evaluations",
    "coordination.deciding",
    "coordination.framework",
    "register",
    "directory",
    "events",
    "jobs",
    "forces",
    "config.apps.NationalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "oauth2_provider",
    "csp",
]

MIDDLEWARE = [
    "config.short_way.ShortWayMiddleware",  # what asks the API leaves here
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.guards.GuardsMiddleware",
    "config.sessions.SessionsMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.middleware.TenancyMiddleware",
]
# What an address of the API passes through instead: it knows no session, cookie or form.
API_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.short_way.policy_middleware",
    "config.guards.GuardsMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.installation",
            ],
        },
    }
]
FORM_RENDERER = "design.forms.Renderer"

# People and sign-in --------------------------------------------------------------------------------

AUTH_USER_MODEL = "forces.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None  # guardian: nobody is a person too
GUARDIAN_RAISE_403 = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/portal/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are invited by their force, never signed up
ACCOUNT_ADAPTER = "directory.adapter.InvitedOnly"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# Wrong passwords: from one address (a station's people share one), and for one login from anywhere.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/5m/ip,5/5m/key", "second_step": "5/5m/key,20/d/key"}
# The front sets X-Forwarded-For and drops what a client claims about itself.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if HTTPS else 0

# Nobody gets in by password alone but people who are made up, and those who look at them.
TWO_STEPS = not DEMONSTRATION
MFA_ADAPTER = "directory.adapter.SecondStep"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODE_DIGITS = 10

SESSION_ENGINE = "config.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_AGE = 8 * 60 * 60  # seconds: a shift, whatever is done in it
SESSION_IDLE = 60 * 60  # seconds without a request; any page opened starts them anew
SESSION_EXPIRE_AT_BROWSER_CLOSE = True  # the next person at a shared desk starts as a stranger
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None  # as long as the browser is open
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS

# Security headers ----------------------------------------------------------------------------------

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_SSL_REDIRECT = False  # the front redirects; /healthz is asked over plain http inside
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [NONE],
        # The stream, where it has a port of its own.
        "connect-src": [
            SELF,
            *(
                f"http://{host}:{SEPARATE_PORTS[1]}"
                for host in ALLOWED_HOSTS
                if SEPARATE_PORTS and ":" not in host
            ),
        ],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 2
FILE_UPLOAD_HANDLERS = ["config.uploads.LimitedUploadHandler"]

# Whom to tell of a weakness: addresses as RFC 9116 writes them, such as mailto:security@example.org.
SECURITY_CONTACTS = addresses("LFR_SECURITY_CONTACT")
# Whom to tell of anything else about the register, written alike: shown on its contact page.
CONTACTS = addresses("LFR_CONTACT")

# Words and time ------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English")), ("cy", _("Welsh"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DISPLAY_TIME_ZONE = "Europe/London"  # months and printed times; storage is UTC

# Files ---------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    # Private: uploads and exports, never served by URL.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files", "base_url": None},
    },
    "staticfiles": {"BACKEND": "config.static.CollectedOnce"},
}

# Celery: wakes and carries; the truth is in PostgreSQL ----------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_DB_REUSE_MAX = 10_000  # otherwise the Django fixup opens a new session for every task
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ACKS_LATE = False  # the reconciler finds what was not done; redelivery is not needed
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
    # A page that asks for work must not wait for a broker that is away: the reconciler calls again.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# Seconds after which what was handed to the broker and not done is handed over again.
EVENTS_RESEND_AFTER = int(words("LFR_RESEND_AFTER", "10")[0])
# Long work: how many run side by side (each takes a worker's place), and seconds of silence before another
# worker takes one over.
JOBS_AT_ONCE = int(words("LFR_JOBS_AT_ONCE", "1")[0])
JOBS_LEASE = int(words("LFR_JOBS_LEASE", "30")[0])

# Streams -------------------------------------------------------------------------------------------

# Seconds within which a stream closes after the right to follow it has ended.
STREAM_RIGHTS_BOUND = float(words("LFR_STREAM_RIGHTS_BOUND", "5")[0])
# Connections in one process: strangers and people who are signed in have places of their own.
STREAM_MOST = int(words("LFR_STREAM_MOST", "400")[0])
STREAM_MOST_SIGNED_IN = int(words("LFR_STREAM_MOST_SIGNED_IN", "500")[0])
STREAM_PER_ADDRESS = int(words("LFR_STREAM_PER_ADDRESS", "50")[0])
STREAM_PER_PERSON = int(words("LFR_STREAM_PER_PERSON", "12")[0])
# Seconds after which a client that does not read what it is sent is let go.
STREAM_PATIENCE = float(words("LFR_STREAM_PATIENCE", "20")[0])
# How many positions a client may go back.
STREAM_FURTHEST_BACK = int(words("LFR_STREAM_FURTHEST_BACK", "1000000")[0])

# API -----------------------------------------------------------------------------------------------

# Requests a minute: of one address without a credential (15 a second, as data.police.uk allows), and of one
# credential. 0 is no limit.
API_LIMITS_OUTSIDE_DEMONSTRATION = {"reader": 900, "machine": 6000}
_USUAL = {"reader": 1_000_000, "machine": 1_000_000} if DEMONSTRATION else API_LIMITS_OUTSIDE_DEMONSTRATION
API_LIMITS = {
    "reader": int(words("LFR_READER_LIMIT", str(_USUAL["reader"]))[0]),
    "machine": int(words("LFR_MACHINE_LIMIT", str(_USUAL["machine"]))[0]),
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.problems.handler",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Facial Recognition Register API",
    "DESCRIPTION": "Published police deployments of live facial recognition in England and Wales.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
}

# Forces' own systems sign in with a secret and work with short-lived tokens (OAuth 2.0, client credentials only).
OAUTH2_PROVIDER_APPLICATION_MODEL = "forces.SystemLogin"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "forces.SystemToken"  # noqa: S105 - the name of a model
OAUTH2_PROVIDER = {
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "api.systems.tokens.SystemsOnly",
    "SCOPES_BACKEND_CLASS": "api.systems.tokens.Rights",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
    # Every gate of RFC 9700 shut; the grants they are about do not exist here.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 0,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "ALLOW_URI_WILDCARDS": False,
}

# Logs ----------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.logs.OneLine", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "filters": {"refusals": {"()": "config.logs.RefusalsWithoutTraces"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["refusals"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # What it says below a warning holds secrets and tokens.
        "oauthlib": {"level": "WARNING"},
        "oauth2_provider": {"level": "WARNING"},
    },
}
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # the front redirects to https
    "security.W005",  # other names below our domain are not ours to promise anything for
    "security.W021",  # nor is the whole domain's place on a browser's list
    "oauth2_provider.W011",  # there are no refresh tokens: their stock table stays empty
]
