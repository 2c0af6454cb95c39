"""A YAML file of somebody's, read so that whatever stands in it ends in data or in an error that names the place."""

import unicodedata
from typing import Any, Final, cast

import yaml
from yaml.composer import ComposerError

from nianjian.engines.kernel.errors import NianjianError

LIMIT: Final = 256 * 1024  # bytes; a mapping of every field with its words takes five
_DEEPEST: Final = 20  # lists and mappings within one another
_UNSEEN: Final = {"Cc", "Cs"}  # a NUL or half a character is no word of a file
_CONSTRUCTION: Final = (ValueError, OverflowError, AttributeError, KeyError, TypeError, RecursionError)


class _Loader(yaml.SafeLoader):
    """Dates stay text, for a header may look like one; no collection is named twice, for names multiply."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as the class above has it
        first: [(tag, form) for tag, form in found if not tag.endswith(":timestamp")]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    depth = 0

    def compose_node(self, parent: Any, index: Any) -> yaml.Node | None:  # noqa: ANN401 - as the class above has it
        self.depth += 1
        event: yaml.Event = cast("Any", self).peek_event()
        if self.depth > _DEEPEST:
            raise _refused("too deep", event)
        node = super().compose_node(parent, index)
        self.depth -= 1
        if isinstance(event, yaml.AliasEvent) and not isinstance(node, yaml.ScalarNode):
            raise _refused("a collection named twice", event)
        if isinstance(node, yaml.ScalarNode) and any(map(_is_unseen, node.value)):
            raise _refused("a sign that nobody sees", event)
        return node


def _refused(problem: str, event: yaml.Event) -> yaml.YAMLError:
    return ComposerError(None, None, problem, cast("Any", event).start_mark)


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) in _UNSEEN and sign not in "\t\r\n"


def parsed(content: bytes, name: str) -> object:
    """What it holds; ``file_too_large``, ``mapping_not_utf8``, ``mapping_unreadable`` (line, column) of ``name``."""
    if len(content) > LIMIT:
        raise NianjianError("file_too_large", file=name, limit=LIMIT)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise NianjianError("mapping_not_utf8", file=name, line=line) from fault
    try:
        return cast("object", yaml.load(text, Loader=_Loader))  # noqa: S506 - a SafeLoader
    except yaml.reader.ReaderError as fault:
        before = text[: fault.position]
        raise _unreadable(name, before.count("\n") + 1, len(before) - before.rfind("\n")) from fault
    except yaml.YAMLError as fault:
        mark = fault.problem_mark if isinstance(fault, yaml.MarkedYAMLError) else None
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _unreadable(name, line, column) from fault
    except _CONSTRUCTION as fault:  # a value that its tag does not allow: !!int x
        raise _unreadable(name, 1, 1) from fault


def _unreadable(name: str, line: int, column: int) -> NianjianError:
    return NianjianError("mapping_unreadable", file=name, line=line, column=column)
