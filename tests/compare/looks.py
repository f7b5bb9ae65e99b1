"""What tests of the page in a browser share."""

import time
from collections.abc import Callable
from typing import Any

from tests.commands import REPOSITORY

SCREENSHOTS = REPOSITORY / "outputs" / "tests" / "compare"


def wait(found: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Until something is true."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)
    return value


def drawn(browser: Any) -> float | None:
    """When the page said so, in milliseconds since the navigation began."""
    return browser.execute_script("return (performance.getEntriesByName('drawn')[0] || {}).startTime")


def choose(browser: Any, name: str, value: str) -> None:
    """In one of the page's menus."""
    browser.execute_script(
        "const s = document.getElementById(arguments[0]); s.value = arguments[1]; s.dispatchEvent(new Event('change'))",
        *(name, value),
    )
