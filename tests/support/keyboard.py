"""A page by the keyboard alone: to an element by Tab and the arrows, then Enter or Space."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
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
            with _arriving(page):
                page.keyboard.press("Space" if chosen else "Enter")
            return
        page.keyboard.press("ArrowDown" if stands == "group" else "Tab")
    pytest.fail(f"{what} cannot be reached by the keyboard")


@contextmanager
def _arriving(page: Any) -> Iterator[None]:
    """Wait until the page has loaded, or the file has come, that a key asks for; a click does so by itself."""
    requests: list[Any] = []
    ended: list[Any] = []

    def hear(request: Any) -> None:
        if request.is_navigation_request() and request.frame == page.main_frame:
            requests.append(request)

    def end(what: Any) -> None:
        ended.append(what)

    listeners = {"request": hear, "load": end, "download": end}
    for event, listener in listeners.items():
        page.on(event, listener)
    yield
    page.wait_for_timeout(50)
    until = time.monotonic() + PATIENCE
    while requests and not ended and time.monotonic() < until:
        page.wait_for_timeout(20)
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
