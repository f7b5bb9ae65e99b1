"""No configuration calls what conf/ does not name, wherever it says so, and nothing stands where it does not belong."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from gan_lab.build import build
from gan_lab.checks.objects import check_objects
from gan_lab.config.compose import compose_config
from gan_lab.data.base import DataModule
from gan_lab.errors import GanLabError
from gan_lab.metric.base import Evaluator
from gan_lab.model.base import AdversarialModule
from gan_lab.sampler.base import Sampler
from gan_lab.trust.targets import named_by_conf, refuse_untrusted, take_trust
from tests.commands import QUICK, gan_lab, many, run_folders

KINDS: dict[str, Any] = {"model": AdversarialModule, "data": DataModule, "metric": Evaluator, "sampler": Sampler}
COMPOSITIONS = (
    ("model=gmgan_dynamic", "model.packing=2", "sampler=ddls"),
    ("model=cgan_wgan_gp", "penalty=[gradient,r1,weight_clipping]", "sampler=latent_reweighting_ascent"),
    ("model=wgan_qc", "data=ring", "sampler=drs"),
)


def hostile(marker: Path) -> list[dict[str, Any]]:
    """Calls that would leave the file `marker`, or that have another kind than any place admits."""
    return [
        {"_target_": "os.system", "command": f"touch {marker}"},
        {"_target_": "subprocess.Popen", "args": ["touch", str(marker)]},
        {"_target_": "builtins.exec", "source": f"open({str(marker)!r}, 'w')"},
        {"_target_": "pathlib.Path.touch", "self": str(marker)},
        {"_target_": "gan_lab.runs.atomic.write_text", "path": str(marker), "text": "x"},
        {
            "_target_": "gan_lab.build.build",
            "config": {"_target_": "os.system", "command": f"touch {marker}"},
            "path": "",
        },
        {"_target_": "functools.partial", "_partial_": True, "func": "os.system"},
        {"_target_": "lightning.Trainer", "max_epochs": 1, "default_root_dir": str(marker)},
        {"_target_": "gan_lab.callback.checkpoints.Checkpoints", "run_dir": str(marker), "times": 1},
    ]


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a nested configuration."""
    yield path
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


def planted(config: Any, path: tuple[Any, ...], thing: Any) -> Any:
    """A copy with another thing in this place."""
    if not path:
        return thing
    found = copy.deepcopy(config)
    node = found
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = thing
    return found


@pytest.mark.parametrize("words", COMPOSITIONS)
def test_nothing_hostile_is_called_from_any_place(words: tuple[str, ...], tmp_path: Path) -> None:
    marker = tmp_path / "called"
    composed = compose_config(*words)
    tried = 0
    for part, kind in KINDS.items():
        for index, path in enumerate(places(composed[part])):
            if path and path[-1] in ("_target_", "_partial_"):
                continue
            things = hostile(marker)
            with pytest.raises(GanLabError):
                build(planted(composed[part], path, things[index % len(things)]), part, kind)
            tried += 1
    assert tried > 60
    assert not marker.exists()


def test_a_target_of_another_name_is_refused_before_torch_is_imported(tmp_path: Path) -> None:
    composed = compose_config("model=gmgan_dynamic")
    for path in places(composed["model"]):
        target = path[-1:] == ("_target_",)
        thing = "os.system" if target else hostile(tmp_path)[0]
        with pytest.raises(GanLabError, match=r"os\.system"):
            check_objects(planted({"model": composed["model"]}, ("model", *path), thing)["model"], "model", str)


def test_what_is_named_must_be_of_the_kind_of_its_place() -> None:
    model = compose_config("model=gan")["model"]
    for key, other in (("generator", "critic"), ("loss", "prior"), ("prior", "loss")):
        with pytest.raises(GanLabError, match=rf"model\.{key}\._target_ is .*, and model\.{key} must be"):
            build(model | {key: model[other]}, "model", AdversarialModule)
    later = model["optimizers"]["critic"]
    for wrong in (later | {"_partial_": False, "params": []}, model["loss"] | {"_partial_": True}):
        with pytest.raises(GanLabError, match=r"model\.optimizers\.critic"):
            build(planted(model, ("optimizers", "critic"), wrong), "model", AdversarialModule)
    with pytest.raises(GanLabError, match=r"data\._target_ is gan_lab\.model\.gan\.GAN, and data must be DataModule"):
        build(model, "data", DataModule)


def test_a_package_of_ones_own_is_trusted_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GAN_LAB_TRUST")
    assert "gan_lab.model.gan.GAN" in named_by_conf()
    for name in ("mine.GAN", "os.system", "gan_lab.build.build", "gan_lab.model.gan.GANs"):
        with pytest.raises(GanLabError, match="no yaml of conf/ names"):
            refuse_untrusted(name, "model")
    with pytest.raises(GanLabError, match="trust=mine names no package that Python finds"):
        take_trust(["trust=mine"])
    for package in ("mine", "yours/nets"):
        (tmp_path / package).mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path)
    assert take_trust(["model=gan", "trust=[mine,yours.nets]", "seed=1"]) == ["model=gan", "seed=1"]
    for name in ("mine.GAN", "yours.nets.deep.G", "torch.optim.Adam"):
        refuse_untrusted(name, "model")
    for name in ("miner.GAN", "yours.GAN", "mine"):
        with pytest.raises(GanLabError):
            refuse_untrusted(name, "model")
    for word in ("trust=", "trust=[]", "trust=/tmp/x", "trust=[a b]", "trust=a/b", "trust=."):
        with pytest.raises(GanLabError, match="names no Python package"):
            take_trust([word])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small run."""
    folder = tmp_path_factory.mktemp("trained")
    gan_lab(*QUICK, "model=gan", "generator_steps=2", cwd=folder)
    return run_folders(folder)[0]


@pytest.mark.slow
def test_no_command_calls_what_a_checkpoint_names(run: Path, tmp_path: Path) -> None:
    marker = tmp_path / "called"
    saved = torch.load(run / "checkpoints" / "last.ckpt", weights_only=True)
    places_of_model = [p for p in places(saved["config"]["model"]) if p and p[-1] not in ("_target_", "_partial_")]
    commands = []
    for number, path in enumerate(places_of_model[:: max(1, len(places_of_model) // 12)]):
        thing = hostile(marker)[number % 6]
        config = saved["config"] | {"model": planted(saved["config"]["model"], path, thing)}
        if number % 4 == 3:
            config = saved["config"] | {"data": planted(saved["config"]["data"], ("seed",), thing)}
        file = tmp_path / f"{number}.ckpt"
        torch.save(saved | {"config": config}, file)
        commands.append([("evaluate", "sample", "sensitivity")[number % 3], str(file)])
    for dataset in ("../../x", "/etc/passwd", "digits,seed=3", "[a]"):
        file = tmp_path / f"{len(commands)}.ckpt"
        torch.save(saved | {"config": saved["config"] | {"dataset": dataset}}, file)
        commands.append(["evaluate", str(file), "n=60"])
    for command, answer in zip(commands, many(commands, tmp_path), strict=True):
        assert answer["status"] == 1, (command, answer["said"])
        assert answer["said"].startswith("gan_lab: "), answer["said"]
        assert len(answer["said"].splitlines()) == 1, answer["said"]
    assert not marker.exists()


@pytest.mark.slow
def test_a_resumed_run_calls_nothing_that_its_files_name_and_writes_nowhere_else(run: Path, tmp_path: Path) -> None:
    marker, file = tmp_path / "called", run / "config.yaml"
    before = file.read_text()
    config = yaml.safe_load(before)
    changes = [
        *((part, "x", thing) for part in ("callbacks", "loggers") for thing in hostile(marker)[:6]),
        ("trainer", "accelerator", hostile(marker)[0]),
        ("model", "constraints", {"a": hostile(marker)[0]}),
        ("data", "seed", hostile(marker)[1]),
    ]
    outside = [
        ("callbacks", "checkpoints", config["callbacks"]["checkpoints"] | {"run_dir": str(tmp_path / "called")}),
        ("callbacks", "summary", config["callbacks"]["summary"] | {"run_dir": "../../called"}),
    ]
    try:
        for part, key, thing in (*changes, *outside):
            file.write_text(yaml.safe_dump(config | {part: config[part] | {key: thing}}))
            said = gan_lab(f"resume={run}", "generator_steps=4", cwd=tmp_path, status=1)
            assert said.startswith("gan_lab: "), said
            assert len(said.splitlines()) == 1, said
        for key in ("model", "data", "trainer", "callbacks", "run_dir"):
            file.write_text(yaml.safe_dump({k: v for k, v in config.items() if k != key}))
            said = gan_lab(f"resume={run}", "generator_steps=4", cwd=tmp_path, status=1)
            assert f"lacks its {key}" in said
    finally:
        file.write_text(before)
    assert not marker.exists()
