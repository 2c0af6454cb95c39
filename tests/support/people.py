"""People of the tests: made with a role and signed in."""

from django.test import Client


def signed_in(name: str, role: str = "administrator", enterprise: str = "", language: str = "zh-CN") -> Client:
    """Make a person with that role (everywhere, or at the enterprise) and a client who is signed in as that person."""
    # Imported late: Django is set up by the suite that asks.
    from nianjian.platform.accounts import models  # noqa: PLC0415
    from nianjian.platform.accounts.query import Actor  # noqa: PLC0415
    from nianjian.platform.accounts.service import add_user  # noqa: PLC0415

    if not models.User.objects.filter(pk=name).exists():
        add_user(name=name, role=role, enterprises=[enterprise] if enterprise else [], actor=Actor("tester"))
    client = Client(headers={"accept-language": language})
    client.force_login(models.User.objects.get(pk=name))
    return client
