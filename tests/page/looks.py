"""What tests of pages in a browser share."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.commands import REPOSITORY

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--window-size=1366,900")
CLOSED = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
SCREENSHOTS = REPOSITORY / "outputs" / "tests"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium without a network."""
    if not (CHROMIUM.exists() and DRIVER.exists()):
        if os.environ.get("CI"):
            pytest.fail("the page is to be tested here, and there is no chromium with its chromedriver in /usr/bin")
        pytest.skip("needs chromium and chromedriver in /usr/bin")
    with closed_browser() as driver:
        yield driver


@contextmanager
def closed_browser() -> Iterator[Any]:
    """A headless Chromium without a network, which ends with the block."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    try:
        driver.execute_cdp_cmd("Network.enable", {})
        driver.execute_cdp_cmd("Network.emulateNetworkConditions", CLOSED)
        yield driver
    finally:
        driver.quit()


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


def resize(browser: Any, width: int, height: int) -> None:
    """As the screen of a laptop or of a telephone: a window of a desktop is never as narrow as that."""
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
    )


def save_whole(browser: Any, width: int, path: Path) -> None:
    """Saves a picture of the whole page, to look at."""
    path.parent.mkdir(parents=True, exist_ok=True)
    resize(browser, width, min(6000, browser.execute_script("return document.body.scrollHeight")))
    browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    browser.save_screenshot(str(path))


def dark(browser: Any, wanted: bool) -> None:
    """Whether the system asks for dark colours."""
    scheme = {"name": "prefers-color-scheme", "value": "dark" if wanted else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
