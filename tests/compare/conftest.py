"""Composed configurations to write run folders from, and a browser to look at the page."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures import Compose

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
FLAGS = ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--window-size=1366,900")
CLOSED = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
VARIANTS = ("gan", "wgan_gp", "lsgan", "hinge", "gmgan_dynamic")


@pytest.fixture
def config(composed: Compose) -> dict[str, Any]:
    """Of a run on MNIST."""
    return relevant(composed("model=gan", "data=mnist"), "gan")


@pytest.fixture
def configs(composed: Compose) -> dict[str, dict[str, Any]]:
    """Of several variants."""
    return {variant: relevant(composed(f"model={variant}", "data=mnist"), variant) for variant in VARIANTS}


@pytest.fixture
def several(composed: Compose) -> dict[tuple[str, str], dict[str, Any]]:
    """Of several variants on images of two kinds and on points, by data set and variant. Points were measured on fewer
    of them than usual."""
    return {
        (data, variant): relevant(composed(f"model={variant}", f"data={data}", *more), variant, data, *more)
        for data, more in (("digits", ()), ("ring", ("metric.emd_points=200",)), ("fashion_mnist", ()))
        for variant in VARIANTS
    }


def relevant(config: dict[str, Any], variant: str, dataset: str = "mnist", *more: str) -> dict[str, Any]:
    """As config.yaml has it; composing outside of Hydra's own command knows no choices."""
    return config | {
        "variant": variant,
        "dataset": dataset,
        "run_dir": "unused",
        "overrides": [f"model={variant}", f"data={dataset}", *more],
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium without a network."""
    if not (CHROMIUM.exists() and DRIVER.exists()):
        if os.environ.get("CI"):
            pytest.fail("the page is to be tested here, and there is no chromium with its chromedriver in /usr/bin")
        pytest.skip("needs chromium and chromedriver in /usr/bin")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", CLOSED)
    yield driver
    driver.quit()
