"""A page in one file, whose browser loads nothing and runs nothing but our own scripts. Imports no torch."""

import html
import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from typing import Any

SCRIPTS = ("elements.js", "data.js", "axes.js", "chart.js", "pointing.js", "slider.js")
"""What the scripts of every page can call."""


def asset(name: str, package: str = "gan_lab.page", folder: str = "assets") -> str:
    """Returns the text of a style, a script or a part of a page."""
    return (files(package) / folder / name).read_text(encoding="utf-8")


def filled(template: str, parts: Mapping[str, str]) -> str:
    """Returns the template with a part in the place of each {{name}}; nothing in a part is replaced."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def document(
    *,
    title: str,
    body: str,
    styles: Sequence[str],
    scripts: Sequence[str],
    data: Mapping[str, Any],
    later: Mapping[str, Any],
) -> str:
    """Returns the page: `body` is HTML, `title` any text, and the other parts are data by the `id` of their elements.

    The scripts run when `data` are read; the function `drawCharts` that they define runs when `later` are read too,
    which only some views need. The Content-Security-Policy allows these scripts and styles by their sha256, pictures
    in the page, and nothing else: what a text of a run might smuggle in would not run.
    """
    style = "\n".join((asset("page.css"), *styles))
    script = "\n".join(
        (
            "const drawCharts = (() => {",
            '"use strict";',
            *(asset(name) for name in SCRIPTS),
            *scripts,
            "return drawCharts;",
            "})();",
        )
    )
    start = "drawCharts();"
    policy = [
        "default-src 'none'",
        f"script-src {hashed(script)} {hashed(start)}",
        f"style-src {hashed(style)}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    parts = {
        "title": html.escape(title),
        "policy": "; ".join(policy),
        "style": style,
        "body": body,
        "data": data_elements(data),
        "script": script,
        "later": data_elements(later),
        "start": start,
    }
    return filled(asset("page.html"), parts)


def hashed(text: str) -> str:
    """Returns the source of a script or a style as a Content-Security-Policy names it."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def data_elements(data: Mapping[str, Any]) -> str:
    return "\n".join(data_element(name, content) for name, content in data.items())


def data_element(name: str, content: Any) -> str:
    """Returns an element with data. No text in the data can end the element."""
    text = json.dumps(content, allow_nan=False, separators=(",", ":"), default=str).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'
