"""Accessibility of a page as a browser shows it, by axe-core from the axe-playwright-python package."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.support.services import missing

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RUN = """
async ([tags, part]) => {
  const options = {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]};
  return (await axe.run(part || document, options)).violations;
}
"""


@cache
def _axe() -> str:
    spec = find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        missing("axe-playwright-python")
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Any, part: str = "") -> list[str]:
    """What axe finds on a page of Playwright, or in the part of it that a selector names: a line for each rule.

    The page's policy lets no script of others in, so this one comes in through the browser's debugger.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(_axe() + "; undefined")
    results = page.evaluate(RUN, [list(RULES), part])
    return [
        f"{one['id']} ({one['impact']}): {one['help']} at "
        + "; ".join(
            f"{node['target']} {node['html'][:120]} {node['failureSummary'][:200]}" for node in one["nodes"][:5]
        )
        for one in results
    ]


def assert_clean(page: Any) -> None:
    """Fail with every finding where axe finds any."""
    faults = violations(page)
    assert not faults, f"{page.url}\n" + "\n".join(faults)
