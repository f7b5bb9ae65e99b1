"""Composed configurations to write run folders from, and a browser to look at the page."""

from typing import Any

import pytest

from tests.fixtures import Compose
from tests.page.looks import browser

__all__ = ["browser"]

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
