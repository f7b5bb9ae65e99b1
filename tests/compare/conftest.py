"""Composed configurations to write run folders from."""

from typing import Any

import pytest

from tests.fixtures import Compose

VARIANTS = ("gan", "wgan_gp", "lsgan", "hinge", "gmgan_dynamic")


@pytest.fixture
def config(composed: Compose) -> dict[str, Any]:
    """Of a run on MNIST."""
    return relevant(composed("model=gan", "data=mnist"), "gan")


@pytest.fixture
def configs(composed: Compose) -> dict[str, dict[str, Any]]:
    """Of several variants."""
    return {variant: relevant(composed(f"model={variant}", "data=mnist"), variant) for variant in VARIANTS}


def relevant(config: dict[str, Any], variant: str) -> dict[str, Any]:
    """As config.yaml has it; composing outside of Hydra's own command knows no choices."""
    return config | {
        "variant": variant,
        "dataset": "mnist",
        "run_dir": "unused",
        "overrides": [f"model={variant}", "data=mnist"],
    }
