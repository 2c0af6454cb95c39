"""A page by the keyboard alone: to an element by Tab and the arrows, then Enter or Space."""

from typing import Any, Final

import pytest
from tests.support.site import PATIENCE

# What takes the focus for an element: itself, what it lies in, or what it is the label of.
FOCUSABLE: Final = """
one => {
  const found = one.closest("a, button, summary, input, select, textarea, label");
  return found.matches("label") ? found.control : found;
}
"""
# "there", or "group" where another radio button of the same group has the focus.
STANDS: Final = """
one => {
  const has = document.activeElement;
  return one === has ? "there" : one.type === "radio" && one.name === has.name ? "group" : "";
}
"""
TABS: Final = 400


def choose(what: Any) -> None:
    """Go to an element by Tab and the arrows, and choose it; a mouse could, too."""
    what.click(trial=True)
    page, one = what.page, what.evaluate_handle(FOCUSABLE)
    chosen = one.evaluate("one => ['checkbox', 'radio'].includes(one.type)")
    for _tab in range(TABS):
        stands = one.evaluate(STANDS)
        if stands == "there":
            # unlike the keyboard's, an element's press waits for the page that it leads to
            one.as_element().press("Space" if chosen else "Enter", timeout=PATIENCE * 1000)
            page.wait_for_load_state(timeout=PATIENCE * 1000)
            return
        page.keyboard.press("ArrowDown" if stands == "group" else "Tab")
    pytest.fail(f"{what} cannot be reached by the keyboard")
