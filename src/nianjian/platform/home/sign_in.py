"""Single sign-on from the environment: what the sign-in library is told about each provider that is configured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.home import env

OIDC: Final = "openid_connect"
# The library's name of each provider, and the word in the settings' names.
CHINESE: Final = {"feishu": "FEISHU", "dingtalk": "DINGTALK", "weixin": "WEIXIN"}


def providers(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the library's ``SOCIALACCOUNT_PROVIDERS``; ``sign_on_incomplete`` for an issuer without a client."""
    found: dict[str, Any] = {}
    issuer = env.text("NIANJIAN_OIDC_ISSUER", environ)
    if issuer:
        app = _app("OIDC", environ)
        settings = {"server_url": issuer, "oauth_pkce_enabled": True}
        name = env.text("NIANJIAN_OIDC_NAME", environ)
        found[OIDC] = {"APPS": [{**app, "provider_id": "oidc", "name": name, "settings": settings}]}
    for provider, word in CHINESE.items():
        if env.text(f"NIANJIAN_{word}_CLIENT_ID", environ):
            found[provider] = {"APPS": [_app(word, environ)]}
    return found


def _app(word: str, environ: Mapping[str, str]) -> dict[str, str]:
    names = {"client_id": f"NIANJIAN_{word}_CLIENT_ID", "secret": f"NIANJIAN_{word}_CLIENT_SECRET"}
    values = {key: env.text(name, environ) for key, name in names.items()}
    for key, value in values.items():
        if not value:
            raise NianjianError("sign_on_incomplete", setting=names[key])
    return values
