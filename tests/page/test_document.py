"""The page around everything: what it holds is data, and what it runs is ours."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest

from gan_lab.page.document import data_element, document, filled


def test_no_text_ends_its_element() -> None:
    element = data_element("x-1", {"text": "</script><b>", "n": [1, None]})
    assert element.startswith('<script type="application/json" id="x-1">{')
    assert element.count("<") == 2
    inner = element.removeprefix('<script type="application/json" id="x-1">').removesuffix("</script>")
    assert json.loads(inner) == {"text": "</script><b>", "n": [1, None]}
    with pytest.raises(ValueError, match="not JSON compliant"):
        data_element("x", float("nan"))


def test_what_a_part_says_is_not_replaced_again() -> None:
    assert filled("{{a}} {{b}}", {"a": "{{b}} \\1", "b": "c"}) == "{{b}} \\1 c"


def test_the_policy_allows_the_scripts_and_the_style_that_are_there_and_nothing_else() -> None:
    data: dict[str, Any] = {"data": {"clocks": []}}
    page = document(title="<a> & 'b'", body="<p>x</p>", styles=["p {}"], scripts=["1;"], data=data, later={"k": [1]})
    (policy,) = re.findall('Content-Security-Policy" content="(.*?)"', page)
    stated = dict(part.split(" ", 1) for part in policy.split("; "))
    scripts = re.findall("<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    hashes = [
        [f"'sha256-{b64encode(sha256(t.encode()).digest()).decode()}'" for t in group] for group in (scripts, styles)
    ]
    assert (stated["script-src"].split(), stated["style-src"].split()) == tuple(hashes)
    assert (stated["default-src"], stated["img-src"]) == ("'none'", "data:")
    assert "unsafe" not in policy
    assert "<title>&lt;a&gt; &amp; &#x27;b&#x27;</title>" in page
