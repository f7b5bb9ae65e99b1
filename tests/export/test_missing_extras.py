"""What needs an extra says which one, before anything is done."""

from collections.abc import Callable

import pytest

from gan_lab.errors import GanLabError
from gan_lab.export import unwritable
from gan_lab.export.unwritable import refuse_unwritable
from gan_lab.export.upload import refuse_upload
from gan_lab.runs import hub_folder
from gan_lab.runs.run_folder import located


@pytest.mark.parametrize(
    ("ask", "extra"),
    [
        (lambda: located("hub:me/digits"), "hub"),
        (lambda: refuse_upload("me/digits", overwrite=False), "hub"),
        (lambda: refuse_unwritable("nowhere", ["generator"]), "onnx"),
    ],
)
def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, ask: Callable[[], object], extra: str) -> None:
    for module in (hub_folder, unwritable):
        monkeypatch.setattr(module, "find_spec", lambda _: None)
    with pytest.raises(
        GanLabError, match=rf"is not installed: pip install '\.\[{extra}\]' in the folder of the source"
    ):
        ask()
