"""A browser to look at the page."""

from tests.page.looks import browser

__all__ = ["browser"]
