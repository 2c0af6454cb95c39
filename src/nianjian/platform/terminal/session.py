"""Open the house for a command: settings, tables, open intents, and who is acting."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nianjian.platform.accounts.query import Actor


def load() -> None:
    """Set Django up, so that what a command's options follow from can be imported; no table is looked at."""
    from django.apps import apps

    from nianjian.platform.home import wiring

    if not apps.ready:
        wiring.start()


def prepare() -> None:
    """Make an empty home usable and finish or drop what an earlier process left open.

    From here on temporary files lie in the home: they hold calls and people, and the system's folder is everybody's.
    """
    from nianjian.platform.home import env, folders, wiring

    wiring.prepare()
    folders.shelter(env.read().home)
    from nianjian.platform.jobs import query

    if query.open_intents():  # seldom; the lake's libraries load only then
        from django.conf import settings
        from django.utils.module_loading import import_string

        import_string(settings.RECOVERY)()


def begin(args: argparse.Namespace, *, own: bool = False) -> Actor:
    """Prepare the house and say who acts: ``--as USER`` proves itself by NIANJIAN_TOKEN, else the OS user.

    A command that names an enterprise is closed to whom may not read there; what it does beyond reading, the flow asks.
    ``own``: it shows a team its own rows alone, so that an outsourcer may ask, too.
    """
    prepare()
    from nianjian.engines.paper.people import set_enterprise
    from nianjian.platform.accounts import access, query
    from nianjian.platform.accounts.roles import Permission
    from nianjian.platform.accounts.tokens import record_use
    from nianjian.platform.home import env

    token = env.text("NIANJIAN_TOKEN", os.environ)
    actor = query.actor(args.actor, token=token)
    if actor.proved:
        record_use(token)
    enterprise = getattr(args, "enterprise", None)
    set_enterprise(enterprise if isinstance(enterprise, str) else None)
    if isinstance(enterprise, str):
        access.require_permission(actor, enterprise, Permission.READ_OWN if own else Permission.READ)
    return actor
