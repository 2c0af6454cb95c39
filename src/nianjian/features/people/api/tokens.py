"""One's own tokens: listed without their secrets, and ended. A token makes none: who steals one cannot make it last."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404
from ninja import Router, Schema

from nianjian.platform.accounts import tokens
from nianjian.platform.accounts import tokens as service
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import read, write

router = Router(tags=["people"])


class TokenTold(Schema):
    """A token; ``scopes`` null: whatever the roles allow. ``used_at``: to the hour. ``over``: it has expired."""

    id: str
    name: str
    scopes: list[str] | None
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    over: bool


class Tokens(Schema):
    """A person's tokens, oldest first."""

    items: list[TokenTold]


@read(router, "/me/tokens", act=None, answer=Tokens)
def tokens_list(request: Request) -> dict[str, object]:
    """One's own tokens, without their secrets."""
    return {"items": [_told(one) for one in tokens.list_user_tokens(request.actor.name)]}


@write(router, "/me/tokens/{token}", act=None, answer=TokenTold, method="DELETE")
def tokens_revoke(request: Request, token: str) -> dict[str, object]:
    """End one of one's own tokens at once; a token of narrowed scope may not."""
    if token not in {one.id for one in tokens.list_user_tokens(request.actor.name)}:
        raise Http404
    return _told(service.revoke_token(token=token, actor=request.actor))


def _told(one: tokens.IssuedToken) -> dict[str, object]:
    return {name: getattr(one, name) for name in TokenTold.model_fields}
