"""A link that is told once: as the shell prints it, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from nianjian.platform.terminal.language import _

if TYPE_CHECKING:
    from nianjian.platform.accounts.links.service import Made


def url(made: Made) -> str:
    """The whole address, under the name that NIANJIAN_URL gives."""
    from nianjian.platform.home import env

    return env.read().url + made.path


def link_data(made: Made) -> dict[str, object]:
    """For ``--json``."""
    return {"link": url(made), "expires_at": made.expires_at.isoformat(timespec="seconds")}


def tell_link(console: Console, made: Made) -> None:
    """Print the link, whole on a line of its own so that it can be copied."""
    from nianjian.engines.kernel.clock import ZONE

    until = made.expires_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
    console.print(_("One-time link, shown only now, good until {until}:").format(until=until))
    console.print(url(made), soft_wrap=True, highlight=False, markup=False)
