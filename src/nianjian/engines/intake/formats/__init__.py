"""The catalogue of sources: every module here with a FORMAT is one. Adding a source means adding a file."""

import importlib
import pkgutil
from functools import cache

from nianjian.engines.intake.format import Format


@cache
def catalogue() -> dict[str, Format]:
    """Name -> format, sorted by name."""
    modules = (importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    formats: list[Format] = [module.FORMAT for module in modules if hasattr(module, "FORMAT")]
    return {form.name: form for form in sorted(formats, key=lambda form: form.name)}
