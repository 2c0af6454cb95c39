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
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SOURCE / "web" / "layout" / "templates", SOURCE / "web" / "portrait" / "templates"],
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request"],
            "string_if_invalid": "",
        },
    }
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
