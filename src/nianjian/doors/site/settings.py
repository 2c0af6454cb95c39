"""Django's settings, all of them from `env`. Nothing below the doors reads these, see `wiring`."""

import os
from pathlib import Path
from typing import Final

from nianjian.platform.home import env, folders, logs

ENVIRONMENT: Final = env.read()
SOURCE: Final = Path(__file__).resolve().parents[2]

DEBUG = ENVIRONMENT.debug
SECRET_KEY = folders.signing_key(ENVIRONMENT)
# This machine by its own names whatever is set: health checks ask there.
ALLOWED_HOSTS = [*ENVIRONMENT.hosts, "127.0.0.1", "localhost", "[::1]"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.feishu",
    "allauth.socialaccount.providers.dingtalk",
    "allauth.socialaccount.providers.weixin",
    "nianjian.platform.audit",
    "nianjian.platform.jobs",
    "nianjian.platform.accounts",
    "nianjian.platform.approvals",
    "nianjian.platform.notifications",
    "nianjian.platform.claims",
    "nianjian.platform.registers",
    "nianjian.features.complaints",
    "nianjian.features.reconciliation",
    "nianjian.features.dossier",
    "nianjian.features.inspection",
    "nianjian.features.rectification",
    "nianjian.features.season",
    "nianjian.platform.web",
    "nianjian.features.people",
    "nianjian.features.portrait.pages",
]
DATABASES = {"default": env.database_settings(ENVIRONMENT.database_url, ENVIRONMENT.home)}
# Attempts to sign in are counted here, so the count holds over processes and machines.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cached",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "memory": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},  # of this process: what may be lost
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOT_URLCONF = "nianjian.doors.site.urls"
MIDDLEWARE = [
    "nianjian.features.maintenance.pages.Requests",
    "nianjian.platform.web.compact.PackedPages",
    "django.middleware.security.SecurityMiddleware",
    "nianjian.platform.web.policy.PolicyHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "nianjian.platform.web.language.OwnLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "nianjian.platform.home.http.Readable",
    "nianjian.platform.home.http.RememberAnswers",
    "nianjian.platform.home.http.Bodies",
    "nianjian.platform.web.errors.Refusals",
    "nianjian.features.calls.job_pages.JobsBeside",
    "allauth.account.middleware.AccountMiddleware",
    "nianjian.features.people.middleware.Limits",
    "nianjian.features.people.account_pages.Enrolment",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# Beginning of an address -> what answers 404 and 400 there (`platform.home.http.refuse_request`); "": everywhere else.
UNREADABLE = {
    "/api/": ("nianjian.platform.api.problems.nowhere", "nianjian.platform.api.problems.unreadable"),
    "": ("nianjian.platform.web.errors.missing", "nianjian.platform.web.errors.bad"),
}
MENU = "nianjian.doors.site.menu.MENU"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted([*SOURCE.glob("features/**/templates"), *SOURCE.glob("platform/**/templates")]),
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "nianjian.doors.site.menu.shell",
                "nianjian.features.inbox.pages.unread",
                "nianjian.features.calls.job_pages.build_context",
            ],
            "loaders": [("django.template.loaders.cached.Loader", ["nianjian.platform.web.compact.Loader"])],
            "builtins": ["nianjian.platform.web.templatetags.writer"],  # its form token instead of Django's
            "string_if_invalid": "",
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "nianjian.features.people.adapter.Accounts"
ACCOUNT_FORMS = {
    "login": "nianjian.features.people.forms.SignIn",
    "change_password": "nianjian.features.people.forms.ChangePassword",
    "set_password": "nianjian.features.people.forms.SetPassword",
    "reauthenticate": "nianjian.features.people.forms.Again",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "name"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True  # every session is ended by `people.middleware.Limits`, none by closing the browser
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_ADAPTER = "nianjian.features.people.adapter.SecondFactor"
MFA_FORMS = {
    "authenticate": "nianjian.features.people.forms.Code",
    "reauthenticate": "nianjian.features.people.forms.CodeAgain",
    "activate_totp": "nianjian.features.people.forms.ActivateApp",
    "add_webauthn": "nianjian.features.people.forms.AddPasskey",
    "edit_webauthn": "nianjian.features.people.forms.RenamePasskey",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENVIRONMENT.https  # browsers allow it on localhost alone
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "nianjian.features.people.adapter.SignOn"
SOCIALACCOUNT_PROVIDERS = env.providers(os.environ)
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_QUERY_EMAIL = True
SECOND_FACTOR = ENVIRONMENT.mfa_required  # obligatory for `people.account_pages.ASKED`
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
# What a command runs first where a killed one has left something open.
RECOVERY = "nianjian.features.calls.operations.recover"

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = ENVIRONMENT.https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]  # asked for on this machine, beside the proxy
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
SESSION_COOKIE_AGE = 12 * 3600  # without use
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENVIRONMENT.https
CSRF_FAILURE_VIEW = "nianjian.platform.web.draft_pages.stale"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = ENVIRONMENT.https
FILE_UPLOAD_PERMISSIONS = 0o600

LOGGING = logs.settings(ENVIRONMENT.log)
