"""How a program of the child speaks: a JSON object a line; a refusal is one too."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping

from nianjian.engines.kernel.errors import NianjianError


def print_json(told: Mapping[str, object]) -> None:
    """Print one object."""
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def answer(program: Callable[..., None]) -> None:
    """Run with the words of the command line; a NianjianError becomes the last line, anything else an exit code."""
    try:
        program(*sys.argv[1:])
    except NianjianError as error:
        print_json({"refused": error.code, "values": error.values})
