"""Read who might be behind an account. Two accounts are two people only if nobody might be behind both."""

from __future__ import annotations

from nianjian.accounts.models import Hold


def holders(user: str) -> list[str]:
    """Return who let the account in and has not been vouched away since, by name."""
    return list(Hold.objects.filter(user_id=user).order_by("by").values_list("by", flat=True))


def behind(user: str) -> frozenset[str]:
    """Return everybody who might act as the account: itself, who let it in, who let these in, and so on."""
    found = fresh = {user}
    while fresh:
        fresh = set(Hold.objects.filter(user_id__in=fresh).values_list("by", flat=True)) - found
        found = found | fresh
    return frozenset(found)


def behind_both(one: str, other: str) -> list[str]:
    """Return who might act as both accounts, by name; nobody: they are two people."""
    return sorted(behind(one) & behind(other))
