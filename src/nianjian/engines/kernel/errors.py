"""The one error that rooms raise when input or use is wrong; doors put it into words.

A code and values travel, never a sentence: the words stand in the doors' catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping


class NianjianError(Exception):
    """Wrong use or bad input, named by ``code`` with the ``values`` that its message needs.

    ``code`` is snake_case and stable (``file_unreadable``); ``values`` are plain scalars such as
    ``file``, ``line``, ``column``. ``findings`` lists further faults of the same input, one mapping each.
    """

    def __init__(self, code: str, *, findings: tuple[Mapping[str, object], ...] = (), **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values
        self.findings = findings

    def __str__(self) -> str:
        """Code and values, for logs; people see the door's message."""
        inside = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{self.code}({inside})"
