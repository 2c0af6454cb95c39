"""The gate's process put together: where its files lie, which counters it has, whose tokens open it. No Django."""

import asyncio
import logging.config
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from nianjian.engines.gate.counters.journal import Journal as Counting
from nianjian.engines.gate.counters.memory import Memory
from nianjian.engines.gate.counters.meters import Counters, milliseconds
from nianjian.engines.gate.counters.store import Store
from nianjian.engines.gate.decision_journal import Journal
from nianjian.engines.gate.process import Ports, Serving, Switch
from nianjian.engines.gate.refill import refill_store
from nianjian.engines.gate.server.connections import Limits
from nianjian.engines.gate.snapshot import files
from nianjian.engines.gate.snapshot.read import CurrentSnapshot, open_snapshot
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.home import env, logs

MEMORY: Final = "memory:"  # counts are lost with the process: for trying out alone


def serving(ports: Ports, *, store: str, process: str, switches: Sequence[str], parent: int | None) -> Serving:
    """What to serve; ``store``: "" for the journal of one process, ``memory:``, or the address of a common store.

    ``process`` names this process's decision journal among those that share the home; ``switches`` are sockets of
    Kamailio, with ``CODE=`` before where there are several enterprises. ``gate_tokens_malformed``.
    """
    environment = env.read()
    logging.config.dictConfig(logs.settings(environment.log))
    home = environment.home
    return Serving(
        current=CurrentSnapshot(files.snapshot_root(home)),
        counters=counters(store),
        journal=Journal(files.decisions_folder(home), process),
        tokens=tokens(env.text("NIANJIAN_GATE_TOKENS", os.environ)),
        ports=ports,
        switches=tuple(_switch(one) for one in switches),
        parent=parent,
        limits=limits(),
    )


def limits() -> Limits:
    """Of connections, as far as the process may open descriptors. ``setting_not_a_count``."""
    return Limits(
        env.count("NIANJIAN_GATE_MAX_CONNECTIONS", os.environ),
        env.count("NIANJIAN_GATE_MAX_CONNECTIONS_PER_ADDRESS", os.environ),
        env.count("NIANJIAN_GATE_REQUEST_TIMEOUT", os.environ),
    ).fit()


def _switch(text: str) -> Switch:
    code, sign, path = text.partition("=")
    return Switch(Path(path), code) if sign else Switch(Path(text))


def counters(store: str) -> Counters:
    """The counters that the address names. Without a store a home has one journal: a second process is refused."""
    if not store:
        return Counting(env.read().home / "gate" / "counters")
    return Memory() if store == MEMORY else Store(store, generation=_generation_now)


def _generation_now() -> str:
    """Of the store, asked each time: a store that was filled anew is taken by a gate that runs."""
    try:
        return _generation().read_text("utf-8").strip()
    except FileNotFoundError:
        return ""  # filled from another machine: the first found


def fill(url: str, others: Sequence[Path]) -> tuple[str, int, int, int]:
    """Fill a common store out of the decision journals; the generation, journals read, keys and units counted.

    ``others``: folders of the journals of other machines. ``gate_snapshot_missing``, and those of `refill`.
    """
    home = env.read().home
    snapshot = open_snapshot(files.snapshot_root(home))
    work = refill_store(url, [files.decisions_folder(home), *others], snapshot, milliseconds())
    generation, figures = asyncio.run(work)
    _generation().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _generation().write_text(f"{generation}\n", "utf-8")
    return generation, figures.gates, len(figures.allows), len(list(figures.units))


def _generation() -> Path:
    """Where the generation of the store stands that this home's gates go by."""
    return env.read().home / "gate" / "store-generation"


def tokens(text: str) -> dict[str, str]:
    """Enterprise by token out of ``CODE=TOKEN`` with blanks, commas or line ends between. ``gate_tokens_malformed``."""
    by_token: dict[str, str] = {}
    for entry in text.replace(",", " ").split():
        code, sign, token = entry.partition("=")
        if not (code and sign and token) or token in by_token:
            raise NianjianError("gate_tokens_malformed")
        by_token[token] = code
    return by_token
