"""A browser to run the scripts of pages."""

from tests.page.looks import browser

__all__ = ["browser"]
