"""What a command is refused for, given the config.yaml of a run alone."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml
from omegaconf import DictConfig
from PIL import Image

from gan_lab.checks.measured import Trained
from gan_lab.checks.opened import check_data, check_measured, check_model
from gan_lab.config.compose import compose_config, composition
from gan_lab.config.plain_values import as_hydra_config
from gan_lab.errors import GanLabError
from gan_lab.evaluate import __main__ as evaluate
from gan_lab.invert import __main__ as invert
from gan_lab.sample import __main__ as sample
from gan_lab.sensitivity import __main__ as sensitivity

Check = Callable[[DictConfig, Sequence[str]], None]


@pytest.mark.parametrize(
    ("run", "given", "sentence"),
    [
        ((), (), None),
        ((), ("sampler=drs",), None),
        ((), ("sampler=sigma_scaled",), "needs a model with a mixture prior"),
        (("model=gmgan_unsupervised",), ("sampler=sigma_scaled",), None),
        ((), ("sampler=drs", "sampler@sampler.proposal=sigma_scaled"), "needs a model with a mixture prior"),
        (("prior=uniform",), ("sampler=truncated",), "no tails"),
        ((), ("sampler=ode",), "^sampler=ode solves a flow"),
        (("model=flow_matching",), ("sampler=ode",), None),
        (("model=flow_matching",), ("sampler=drs",), "^sampler=drs needs a critic, and this model has none"),
        (("model.packing=2",), ("sampler=mh",), "^sampler=mh needs scores of single samples"),
        (("data.num_classes=0",), ("sampler=confidence",), "^sampler=confidence needs a classifier"),
        ((), ("metric=points",), "^metric=points is for points, and data=digits has images"),
        (("data=ring",), (), r"^the model generates samples of shape \[2\], but those of data=digits"),
    ],
)
def test_a_run_is_known_by_its_config(
    tmp_path: Path, run: tuple[str, ...], given: tuple[str, ...], sentence: str | None
) -> None:
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(compose_config("model=gan", *run)))
    overrides = ("data=digits", f"checkpoint={tmp_path}", *given)
    config = composition("evaluate", overrides)
    shape = check_data(config, overrides)
    if sentence is None:
        check_measured(config, shape)
        return
    with pytest.raises(GanLabError, match=sentence):
        check_measured(config, shape)


def test_a_run_on_a_folder_is_known_by_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by the one that the command would take by default."""
    monkeypatch.setenv("GAN_LAB_DATA", str(tmp_path / "nowhere"))
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(12):
        Image.new("RGB", (12, 8)).save(photos / f"{number}.png")
    trained = compose_config("model=gan", "data=folder", f"data.root={photos}", "model.prior.dim=7")
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(trained | {"dataset": "folder"}))
    overrides = ("data=folder", f"checkpoint={tmp_path}")
    config = composition("evaluate", overrides)
    assert check_data(config, overrides) == (3, 8, 12)
    photos.rename(tmp_path / "moved")
    with pytest.raises(GanLabError, match=f"no image was found in {photos}: set data.root"):
        check_data(config, overrides)
    there = (*overrides, f"data.root={tmp_path}/moved")
    assert check_data(composition("evaluate", there), there) == (3, 8, 12)


def test_of_a_checkpoint_elsewhere_nothing_is_known(tmp_path: Path) -> None:
    overrides = ("data=digits", f"checkpoint={tmp_path / 'lone.ckpt'}", "sampler=sigma_scaled")
    assert check_model(composition("evaluate", overrides), (1, 28, 28)) is None


@pytest.mark.parametrize(
    ("root", "check"),
    [
        *(("evaluate", evaluate.check), ("sample", sample.check)),
        *(("sensitivity", sensitivity.check), ("invert", invert.check)),
    ],
)
def test_what_a_command_has_by_default_passes(tmp_path: Path, root: str, check: Check) -> None:
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(compose_config("model=gan")))
    overrides = ("data=digits", f"checkpoint={tmp_path}", f"hydra.runtime.output_dir={tmp_path / 'out'}")
    config = composition(root, overrides)
    with as_hydra_config(config):
        check(config, overrides[:2])


@pytest.mark.parametrize("word", ["+extractors.x={n: 1}", "+extractors.x=3", "+extractors.x={extractor: {n: 1}}"])
def test_what_is_no_extractor_is_none(tmp_path: Path, word: str) -> None:
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(compose_config("model=gan")))
    overrides = ("data=digits", f"checkpoint={tmp_path}", word, f"hydra.runtime.output_dir={tmp_path / 'out'}")
    config = composition("sensitivity", overrides)
    with as_hydra_config(config), pytest.raises(GanLabError, match="must be a metric with an extractor"):
        sensitivity.check(config, overrides[:3])


@pytest.mark.parametrize(
    "text", ["{}", "model: 3\ndata: {}", "model: {prior: [1]}\ndata: {shape: 3}", "model: {}\ndata: {shape: [2]}"]
)
def test_a_configuration_that_tells_nothing_is_left_to_who_opens_the_checkpoint(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.yaml").write_text(text)
    assert Trained.at(str(tmp_path)) is None
