"""The environment, read once: every setting with its default, a typed reader each, and a loud error for nonsense.

A secret may be given by file: ``NAME_FILE`` names a file whose first line is the value of ``NAME``.
Imports nothing of Django, so that a light process can read its settings.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from nianjian.engines.kernel.errors import NianjianError

YES: Final = frozenset({"1", "true", "yes", "on"})
NO: Final = frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: its default as text, and what it is for (the reference page is made of these)."""

    name: str
    default: str
    about: str
    secret: bool = False


SETTINGS: Final = (
    Setting("NIANJIAN_HOME", "./var", "folder of database, lake and files; made with mode 0700"),
    Setting(
        "NIANJIAN_DATABASE_URL", "", "postgresql://user:password@host:port/name; empty: SQLite in the home", secret=True
    ),
    Setting("NIANJIAN_LAKE_URL", "", "folder of the lake that every worker sees; empty: lake/ in the home"),
    Setting("NIANJIAN_KEYS", "~/.config/nianjian/keys.json", "key file, outside the home; made on first use"),
    Setting("NIANJIAN_ENGINE", "duckdb", "duckdb, spark://host:port or sc://host:port"),
    Setting("NIANJIAN_HOSTS", "127.0.0.1,localhost,[::1]", "names under which the pages may be asked for"),
    Setting(
        "NIANJIAN_HTTPS",
        "no",
        "yes: a proxy on this machine speaks TLS and says so in X-Forwarded-Proto; else a redirect",
    ),
    Setting("NIANJIAN_URL", "http://127.0.0.1:8000", "address under which people open the pages; begins printed links"),
    Setting(
        "NIANJIAN_MFA", "optional", "required: administrators and compliance leads do nothing without a second factor"
    ),
    Setting("NIANJIAN_OIDC_ISSUER", "", "address of an OpenID Connect provider for single sign-on; empty: none"),
    Setting("NIANJIAN_OIDC_NAME", "SSO", "what the sign-in page calls it"),
    Setting("NIANJIAN_OIDC_CLIENT_ID", "", "this installation's name at the provider"),
    Setting("NIANJIAN_OIDC_CLIENT_SECRET", "", "and its secret", secret=True),
    Setting("NIANJIAN_FEISHU_CLIENT_ID", "", "sign-in through 飞书 (not tested)"),
    Setting("NIANJIAN_FEISHU_CLIENT_SECRET", "", "and its secret", secret=True),
    Setting("NIANJIAN_DINGTALK_CLIENT_ID", "", "sign-in through 钉钉 (not tested)"),
    Setting("NIANJIAN_DINGTALK_CLIENT_SECRET", "", "and its secret", secret=True),
    Setting("NIANJIAN_WEIXIN_CLIENT_ID", "", "sign-in through 微信 (not tested)"),
    Setting("NIANJIAN_WEIXIN_CLIENT_SECRET", "", "and its secret", secret=True),
    Setting("NIANJIAN_LOG", "text", "json: one object a line on stderr; text: lines for people"),
    Setting(
        "NIANJIAN_METRICS_TOKEN", "", "bearer token that opens /metrics; empty: only for this machine", secret=True
    ),
    Setting("NIANJIAN_DEBUG", "no", "yes: error pages with details; never on a server"),
    Setting("NIANJIAN_SECRET_KEY", "", "signs sessions; empty: made on first use in the home", secret=True),
    Setting("NIANJIAN_TOKEN", "", "token of the user that `--as USER` names", secret=True),
    Setting("NIANJIAN_UPLOAD_MIB", "2048", "largest file in MiB that a browser may send; larger ones by the shell"),
    Setting("NIANJIAN_WEB_HEAD_SECONDS", "10", "seconds in which the head of a request must be there"),
    Setting("NIANJIAN_WEB_IDLE_SECONDS", "75", "seconds that a connection to the pages may wait between two requests"),
    Setting(
        "NIANJIAN_WEB_BYTES_PER_SECOND",
        "4096",
        "a body or an answer that moves more slowly, after a start of NIANJIAN_WEB_HEAD_SECONDS, is cut off",
    ),
    Setting("NIANJIAN_WEB_BODY_SECONDS", "7200", "seconds after which a body is cut off, however fast it is"),
    Setting("NIANJIAN_WEB_CONNECTIONS", "1000", "connections to the pages at once; a new one displaces one that waits"),
    Setting(
        "NIANJIAN_WEB_CONNECTIONS_PER_ADDRESS",
        "100",
        "of these from one address (IPv6: one /64 network); not for the proxy of NIANJIAN_HTTPS",
    ),
    Setting("NIANJIAN_WEBHOOK_HOSTS", "", "hosts inside the own network that webhooks may name, with commas between"),
    Setting(
        "NIANJIAN_CALL_HOSTS",
        "",
        "hosts on this machine or its link that test calls of routes set on pages may go to, with commas between",
    ),
    Setting(
        "NIANJIAN_MAIL_URL",
        "",
        "mail server that reminders leave by: mailtos://USER:PASSWORD@HOST?from=ADDRESS; empty: no e-mail is sent",
        secret=True,
    ),
    Setting(
        "NIANJIAN_GATE_TOKENS",
        "",
        "CODE=TOKEN for each enterprise that may ask the gate, with commas between; empty: only this machine may",
        secret=True,
    ),
    Setting(
        "NIANJIAN_GATE_MAX_CONNECTIONS",
        "4096",
        "connections that the gate holds at a time; an eighth is for this machine and addresses that have used a token",
    ),
    Setting("NIANJIAN_GATE_MAX_CONNECTIONS_PER_ADDRESS", "512", "and from one address, or one IPv6 subnet (/64)"),
    Setting(
        "NIANJIAN_GATE_REQUEST_TIMEOUT",
        "10",
        "seconds for the first question of a connection to the gate, for each further request, and for reading answers",
    ),
    Setting(
        "NIANJIAN_SERVE_WITHOUT_GATE",
        "yes",
        "no: `nianjian serve` ends where another process has its gate's port or journal; yes: the pages go on alone",
    ),
    Setting(
        "NIANJIAN_GATE_URL",
        "http://127.0.0.1:18431",
        "where the gate answers, for the pages that show its state and for `gate check --take`",
    ),
    Setting(
        "NIANJIAN_LIVE",
        "",
        "switches for the live screens, with commas between; records: CODE:NAME=asterisk:///PATH/Master.csv,"
        " kamailio:///PATH/acc or post://USER:SECRET@freeswitch; calls now: ami://USER:SECRET@HOST:PORT,"
        " esl://:SECRET@HOST:PORT or jsonrpc:///PATH/SOCKET",
        secret=True,
    ),
    Setting(
        "NIANJIAN_LIVE_FOLDERS",
        "",
        "CODE=/FOLDER below which an enterprise may name files and sockets of switches on a page, with commas between;"
        " %20 is a blank; empty: none",
    ),
    Setting(
        "NIANJIAN_LIVE_HOSTS",
        "",
        "CODE=HOST inside the own network that an enterprise may name as a switch on a page, with commas between",
    ),
    Setting(
        "NIANJIAN_LIVE_FRESH", "6", "seconds without a sign of life after which a tile of the live screens is grey"
    ),
    Setting(
        "NIANJIAN_RECORDINGS",
        "",
        "CODE=/FOLDER in which an enterprise's recordings lie, with commas between, opened by sample; %20 is a blank",
    ),
    Setting("NIANJIAN_SIGNER", "", "PKCS#12 file with the key that signs the files for the platform; empty: none"),
    Setting("NIANJIAN_SIGNER_PASSWORD", "", "and its password; empty: asked for at each signing", secret=True),
    Setting("NIANJIAN_TSA_URL", "", "time-stamp authority (RFC 3161) for these signatures; empty: no time stamp"),
    Setting(
        "NIANJIAN_TRUST_ROOTS", "", "PEM file of the roots that signatures of others are held against; empty: none"
    ),
    Setting("NIANJIAN_TODAY", "", "ISO date taken for today, for drills; the audit trail keeps the real time"),
)
DEFAULTS: Final = {setting.name: setting.default for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Environment:
    """The settings as typed values; paths are absolute."""

    home: Path
    database_url: str
    lake_url: str
    keys: Path
    engine: str
    hosts: tuple[str, ...]
    https: bool
    url: str
    mfa_required: bool
    debug: bool
    secret_key: str
    webhook_hosts: tuple[str, ...]
    log: str
    upload_mib: int


def text(name: str, environ: Mapping[str, str]) -> str:
    """Value of a setting or of the file that ``NAME_FILE`` names; ``setting_file_unreadable`` if it cannot be read."""
    file = environ.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as fault:
            raise NianjianError("setting_file_unreadable", setting=f"{name}_FILE", file=file) from fault
    return environ.get(name, DEFAULTS[name]).strip()


def address(path: str, fallback: str, environ: Mapping[str, str] | None = None) -> str:
    """Return ``path`` under the address that people open; ``fallback``, as the asker named it, where none is set.

    What an asker says is no ground for what goes to others: whoever sends another host would choose their address.
    """
    variables = os.environ if environ is None else environ
    own = text("NIANJIAN_URL", variables)
    is_set = variables.get("NIANJIAN_URL") or variables.get("NIANJIAN_URL_FILE")
    return own.rstrip("/") + path if is_set and own else fallback


def call_hosts() -> frozenset[str]:
    """Hosts near this machine that routes of test calls may lead to, in small letters."""
    hosts = text("NIANJIAN_CALL_HOSTS", os.environ).split(",")
    return frozenset(one.strip().lower() for one in hosts if one.strip())


def flag(name: str, environ: Mapping[str, str]) -> bool:
    """Yes or no; ``setting_not_a_flag`` for any other word."""
    word = text(name, environ).lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise NianjianError("setting_not_a_flag", setting=name, value=word)


def count(name: str, environ: Mapping[str, str]) -> int:
    """Whole number above 0; ``setting_not_a_count`` for anything else."""
    value = text(name, environ)
    if not (value.isascii() and value.isdecimal() and int(value) > 0):
        raise NianjianError("setting_not_a_count", setting=name, value=value)
    return int(value)


def path(name: str, environ: Mapping[str, str]) -> Path:
    """Absolute path; ``~`` is the user's home; ``setting_empty`` for none."""
    value = text(name, environ)
    if not value:
        raise NianjianError("setting_empty", setting=name)
    return Path(value).expanduser().absolute()


def engine(environ: Mapping[str, str]) -> str:
    """``duckdb`` or the address of a Spark master or Connect server; else ``engine_unknown``."""
    value = text("NIANJIAN_ENGINE", environ)
    if value != "duckdb" and not value.startswith(("spark://", "sc://")):
        raise NianjianError("engine_unknown", engine=value)
    return value


def mfa(environ: Mapping[str, str]) -> bool:
    """Whether a second factor is obligatory for some roles; ``setting_not_one_of`` for another word."""
    word = text("NIANJIAN_MFA", environ).lower()
    if word not in {"required", "optional"}:
        raise NianjianError("setting_not_one_of", setting="NIANJIAN_MFA", value=word, choices="required, optional")
    return word == "required"


def log(environ: Mapping[str, str]) -> str:
    """``json`` or ``text``; ``setting_not_one_of`` for another word."""
    word = text("NIANJIAN_LOG", environ).lower()
    if word not in {"json", "text"}:
        raise NianjianError("setting_not_one_of", setting="NIANJIAN_LOG", value=word, choices="json, text")
    return word


def read(environ: Mapping[str, str] | None = None) -> Environment:
    """Read every setting; raises NianjianError for the first that makes no sense."""
    variables = os.environ if environ is None else environ
    home = path("NIANJIAN_HOME", variables)
    hosts = tuple(host.strip() for host in text("NIANJIAN_HOSTS", variables).split(",") if host.strip())
    if not hosts:
        raise NianjianError("setting_empty", setting="NIANJIAN_HOSTS")
    return Environment(
        home=home,
        database_url=text("NIANJIAN_DATABASE_URL", variables),
        lake_url=text("NIANJIAN_LAKE_URL", variables) or str(home / "lake"),
        keys=path("NIANJIAN_KEYS", variables),
        engine=engine(variables),
        hosts=hosts,
        https=flag("NIANJIAN_HTTPS", variables),
        url=text("NIANJIAN_URL", variables).rstrip("/"),
        mfa_required=mfa(variables),
        debug=flag("NIANJIAN_DEBUG", variables),
        secret_key=text("NIANJIAN_SECRET_KEY", variables),
        webhook_hosts=tuple(h.strip() for h in text("NIANJIAN_WEBHOOK_HOSTS", variables).split(",") if h.strip()),
        log=log(variables),
        upload_mib=count("NIANJIAN_UPLOAD_MIB", variables),
    )


# Single sign-on from the environment: what the sign-in library is told about each provider that is configured.

OIDC: Final = "openid_connect"
# The library's name of each provider, and the word in the settings' names.
CHINESE: Final = {"feishu": "FEISHU", "dingtalk": "DINGTALK", "weixin": "WEIXIN"}


def providers(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the library's ``SOCIALACCOUNT_PROVIDERS``; ``sign_on_incomplete`` for an issuer without a client."""
    by_provider: dict[str, Any] = {}
    issuer = text("NIANJIAN_OIDC_ISSUER", environ)
    if issuer:
        app = _app("OIDC", environ)
        settings = {"server_url": issuer, "oauth_pkce_enabled": True}
        name = text("NIANJIAN_OIDC_NAME", environ)
        by_provider[OIDC] = {"APPS": [{**app, "provider_id": "oidc", "name": name, "settings": settings}]}
    for provider, word in CHINESE.items():
        if text(f"NIANJIAN_{word}_CLIENT_ID", environ):
            by_provider[provider] = {"APPS": [_app(word, environ)]}
    return by_provider


def _app(word: str, environ: Mapping[str, str]) -> dict[str, str]:
    names = {"client_id": f"NIANJIAN_{word}_CLIENT_ID", "secret": f"NIANJIAN_{word}_CLIENT_SECRET"}
    values = {key: text(name, environ) for key, name in names.items()}
    for key, value in values.items():
        if not value:
            raise NianjianError("sign_on_incomplete", setting=names[key])
    return values


# From a database URL to Django's database_settings of it: SQLite in the home, or PostgreSQL.

WAIT: Final = 30  # seconds that a writer waits for another one

# Every transaction of SQLite takes the write lock at its start: a read that turns into a write would fail at once
# instead of waiting. WAL keeps readers going beside the writer; synchronous stays FULL, the audit chain must
# survive a power cut.
SQLITE: Final = {
    "timeout": WAIT,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


def database_settings(url: str, home: Path) -> dict[str, object]:
    """Django's ``DATABASES["default"]``; ``database_url_malformed`` without echoing the URL, it holds a password."""
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(home / "nianjian.sqlite3"), "OPTIONS": SQLITE}
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        raise NianjianError("database_url_malformed", scheme=parts.scheme)
    try:
        port = parts.port
    except ValueError as fault:
        raise NianjianError("database_url_malformed", scheme=parts.scheme) from fault
    return {
        "ENGINE": "django.db.backends.postgresql", "NAME": name, "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""), "HOST": parts.hostname or "", "PORT": port or "",
        "OPTIONS": dict(parse_qsl(parts.query)), "CONN_HEALTH_CHECKS": True,
    }  # fmt: skip
