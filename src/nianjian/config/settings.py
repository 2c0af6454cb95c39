"""Django's settings, all of them from `env`. Nothing below the doors reads these, see `wiring`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from nianjian.config import database, env, secret

ENVIRONMENT: Final = env.read()
SOURCE: Final = Path(__file__).resolve().parents[1]

DEBUG = ENVIRONMENT.debug
SECRET_KEY = secret.key(ENVIRONMENT)
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_htmx",
    "nianjian.audit",
    "nianjian.queue",
    "nianjian.accounts",
    "nianjian.approvals",
    "nianjian.registers",
    "nianjian.complaints",
    "nianjian.web.layout",
    "nianjian.web.portrait",
]
DATABASES = {"default": database.settings(ENVIRONMENT.database_url, ENVIRONMENT.home)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOT_URLCONF = "nianjian.web.urls"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "nianjian.web.layout.policy.PolicyHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted((SOURCE / "web").glob("*/templates")),
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "nianjian.web.layout.context.shell",
            ],
            "string_if_invalid": "",
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGE_COOKIE_NAME = "LANG"
LOCALE_PATHS = [SOURCE / "locale"]  # the catalogue that the shell reads too
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
STATIC_URL = "static/"

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = ENVIRONMENT.https
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENVIRONMENT.https
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = ENVIRONMENT.https
FILE_UPLOAD_PERMISSIONS = 0o600
