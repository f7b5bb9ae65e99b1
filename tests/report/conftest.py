"""The configuration of a run, and a browser to look at the page."""

from typing import Any

import pytest

from tests.compare.conftest import relevant
from tests.fixtures import Compose
from tests.page.looks import browser

__all__ = ["browser"]


@pytest.fixture
def config(composed: Compose) -> dict[str, Any]:
    """Of a GAN on digits with another learning rate, and a hinge loss in the place of its own."""
    words = ("loss=hinge", "optimizer.lr=0.001")
    return relevant(composed("model=gan", "data=digits", *words), "gan", "digits", *words)
