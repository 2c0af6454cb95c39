"""Programs of the limited child process: each reads one file of others, writes files, prints one JSON object a line."""

import json
import sys
from collections.abc import Callable, Mapping

from nianjian.engines.kernel.encode import to_message_values
from nianjian.engines.kernel.errors import NianjianError


def print_json(document: Mapping[str, object]) -> None:
    """Print one object."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def run_named(*programs: Callable[..., None]) -> None:
    """Run the program that the first word of the command line names, with the others.

    A NianjianError becomes the last line, anything else an exit code.
    """
    name, *words = sys.argv[1:]
    try:
        {program.__name__: program for program in programs}[name](*words)
    except NianjianError as error:
        print_json({"refused": error.code, "values": to_message_values(error.values)})
