"""What gan_lab uses of its libraries although it is private there: all of it is listed here, and is there.

A new version of a library may change such a name without a word. Then the test of that name fails, and says which.
"""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import gan_lab


def named(path: str) -> Callable[[], bool]:
    """Whether a module has this name, or one of its classes."""

    def look() -> bool:
        try:
            return pkgutil.resolve_name(path) is not None or path.endswith("_return_value")  # whose default is None
        except (AttributeError, ImportError):
            return False

    return look


def of_an_instance(create: Callable[[], Any], name: str) -> Callable[[], bool]:
    return lambda: hasattr(create(), name)


def normed() -> nn.Module:
    layer: Any = torch.nn.utils.parametrizations.spectral_norm(nn.Linear(2, 2))
    found: nn.Module = layer.parametrizations["weight"][0]
    return found


def frozen_trial() -> Any:
    import optuna

    study = optuna.create_study()
    study.tell(study.ask(), 0.0)
    return study.trials[0]


def wandb_logger() -> Any:
    from lightning.pytorch.loggers import WandbLogger

    return WandbLogger(offline=True)


def metric() -> Any:
    from torchmetrics.aggregation import SumMetric

    return SumMetric()


def module() -> Any:
    from lightning import LightningModule

    return LightningModule()


LISTED: dict[str, Callable[[], bool]] = {
    "_SpectralNorm": named("torch.nn.utils.parametrizations:_SpectralNorm"),
    "_u": of_an_instance(normed, "_u"),
    "_v": of_an_instance(normed, "_v"),
    "_ConvNd": named("torch.nn.modules.conv:_ConvNd"),
    "_DropoutNd": named("torch.nn.modules.dropout:_DropoutNd"),
    "_BatchNorm": named("torch.nn.modules.batchnorm:_BatchNorm"),
    "_foreach_lerp_": named("torch:_foreach_lerp_"),
    "_foreach_add_": named("torch:_foreach_add_"),
    "_foreach_copy_": named("torch:_foreach_copy_"),
    "_foreach_sub": named("torch:_foreach_sub"),
    "_trainer": of_an_instance(module, "_trainer"),
    "_SubprocessScriptLauncher": named("lightning.pytorch.strategies.launchers:_SubprocessScriptLauncher"),
    "_offline": of_an_instance(wandb_logger, "_offline"),
    "_wandb_init": of_an_instance(wandb_logger, "_wandb_init"),
    "_to_sync": of_an_instance(metric, "_to_sync"),
    "_return_value": named("hydra.core.utils:JobReturn._return_value"),
    "_get_value_element_as_str": named("hydra.core.override_parser.types:Override._get_value_element_as_str"),
    "_convert_value": named("hydra.core.override_parser.types:Override._convert_value"),
    "_trial_id": of_an_instance(frozen_trial, "_trial_id"),
    "_suggest": named("optuna:Trial._suggest"),
    "_contains": named("optuna.distributions:FloatDistribution._contains"),
    "_to_model": named("wandb_workspaces.workspaces:Workspace._to_model"),
    "_run_exitfuncs": named("atexit:_run_exitfuncs"),
}
"""Each private name, and whether the installed version has it."""
PUBLIC = {
    "_exit": "of os, which is documented",
    "_target_": "a key of Hydra's configurations",
    "_backward_cls": "what torch makes of each autograd function",
}
"""What is no secret in spite of its name."""

MODULES = sorted(Path(gan_lab.__file__).parent.rglob("*.py"))


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__") and name.strip("_") != ""


def own_names() -> set[str]:
    """Every name that gan_lab itself defines or assigns."""
    found = set[str]()
    for node in (node for tree in trees().values() for node in ast.walk(tree)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.id if isinstance(node, ast.Name) else node.attr)
    return found


def foreign_names() -> Iterator[tuple[str, str]]:
    """Private names that a module takes from another package, and where."""
    own = own_names()
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and private(node.attr) and node.attr not in own:
                yield node.attr, f"{path}:{node.lineno}"
            elif isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] != "gan_lab":
                for alias in node.names:
                    for part in (*node.module.split("."), alias.name):
                        if private(part):
                            yield part, f"{path}:{node.lineno}"
            elif isinstance(node, ast.Import):
                for part in (part for alias in node.names for part in alias.name.split(".")):
                    if private(part):
                        yield part, f"{path}:{node.lineno}"


def shared_names() -> Iterator[tuple[str, str]]:
    """Private names that a class of gan_lab shares with a class of another package that it builds on, and where."""
    for path in MODULES:
        inside = path.relative_to(Path(gan_lab.__file__).parent.parent).with_suffix("")
        if inside.name == "__main__" or "plugins" in inside.parts:
            continue
        loaded = importlib.import_module(".".join(inside.parts).removesuffix(".__init__"))
        for _, kind in inspect.getmembers(loaded, inspect.isclass):
            if kind.__module__ != loaded.__name__:
                continue
            ours = {name for cls in kind.__mro__ if cls.__module__.startswith("gan_lab") for name in vars(cls)}
            theirs = {
                name
                for cls in kind.__mro__
                if cls.__module__.partition(".")[0] not in ("gan_lab", "builtins", "abc", "typing", "enum")
                for name in vars(cls)
            }
            for name in ours & theirs:
                if private(name) and name not in ("_abc_impl", "_is_protocol"):
                    yield name, f"{loaded.__name__}.{kind.__name__}"


def test_private_names_of_libraries_are_listed() -> None:
    found = [*foreign_names(), *shared_names()]
    assert [(name, place) for name, place in found if name not in LISTED and name not in PUBLIC] == []


def test_no_more_are_listed_than_are_used() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in MODULES)
    assert [name for name in LISTED if name not in text] == []


@pytest.mark.parametrize("name", LISTED)
def test_the_installed_version_still_has(name: str) -> None:
    assert LISTED[name](), f"{name} is gone: see where gan_lab uses it, and how this version does without"


def test_a_name_that_is_gone_is_missed() -> None:
    assert not named("hydra._internal.core_plugins.no_such_sweeper:BasicSweeper")()
    assert not named("torch.nn.modules.batchnorm:_NoSuchNorm")()
