"""The source of a class tells the same of its options as the class itself."""

import ast
from typing import Any

import pytest
from hydra.utils import get_object

from gan_lab.build import FOREIGN, signature_of
from gan_lab.checks.source import PACKAGE, source_signature
from gan_lab.domains import readable
from gan_lab.trust.targets import CONF_DIR
from tests.config.test_conf import named_by

TARGETS = sorted({target for path in CONF_DIR.rglob("*.yaml") for target in named_by(path)})
OURS = [target for target in TARGETS if target.startswith("gan_lab.") and not target.endswith("Collect")]


@pytest.mark.parametrize("target", [*OURS, *FOREIGN])
def test_it_is_the_signature_that_building_checks(target: str) -> None:
    found, live = source_signature(target), signature_of(get_object(target))
    assert found is not None
    if target in FOREIGN:
        assert found.hints.keys() == live.hints.keys() - {"params"}
    else:
        assert (found.name, [*found.hints], found.needed, found.takes_any) == (
            live.name,
            [*live.hints],
            live.needed,
            live.takes_any,
        )
    for name, hint in found.hints.items():
        assert readable(hint) == readable(live.hints[name])


def test_there_is_nothing_to_say_of_others() -> None:
    for target in ("torch.nn.Linear", "gan_lab.loss.hinge.Nothing", "gan_lab.nothing.Nothing", "None", "tests.present"):
        assert source_signature(target) is None


def test_every_number_has_a_range_or_may_be_any() -> None:
    """Seeds, exponents of edges, labels of regression and first weights: the numbers of which every value means
    something."""
    free = {"seed", "split_seed", "means_seed", "s", "fake_label", "real_label", "generator_label", "slope", "gamma"}
    free |= {"start"}
    plain = {
        f"{target}.{name}"
        for target in OURS
        for name, hint in hints(target).items()
        if hint in (int, float) and name not in free
    }
    assert plain <= {
        "gan_lab.data.folder.Folder.image_size",
        "gan_lab.data.folder.Folder.channels",
        "gan_lab.prior.labelled.Labelled.components",
    }


def hints(target: str) -> dict[str, Any]:
    found = source_signature(target)
    return {} if found is None else found.hints


def test_no_annotation_of_ours_is_too_clever_to_be_read() -> None:
    """What cannot be evaluated without torch would be let through."""
    for target in OURS:
        module, _, name = target.rpartition(".")
        tree = ast.parse(PACKAGE.parent.joinpath(*module.split(".")).with_suffix(".py").read_text())
        (node,) = [one for one in tree.body if getattr(one, "name", "") == name]
        own = [one for one in ast.walk(node) if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
        for argument in (argument for function in own for argument in function.args.kwonlyargs):
            unread = hints(target).get(argument.arg, Any) is Any
            assert not unread or ast.unparse(argument.annotation or ast.Constant(None)) == "Any", (target, argument.arg)
