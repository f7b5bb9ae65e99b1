"""What is suggested works: the options are there, and the values are allowed."""

import re
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from gan_lab import __version__
from gan_lab.checks.training import check_training
from gan_lab.cli.arguments import Command, understood
from gan_lab.cli.help_page import help_page
from gan_lab.cli.suggestions import instead, options_in
from gan_lab.config.choices import IDLE, condition, groups_of, listing, values, written
from gan_lab.config.compose import composition
from gan_lab.config.plain_values import as_hydra_config
from gan_lab.config.synonyms import KEYS, OPPOSITES, PARTS, VALUES, WITHOUT_VALUE
from gan_lab.errors import GanLabError
from tests.commands import many


@pytest.mark.parametrize("root", KEYS)
def test_every_option_that_a_synonym_means_is_there_with_the_choices_that_are_named(root: str) -> None:
    for ours in {*KEYS[root].values()}:
        key = ours.partition("=")[0]
        if re.match(r"[-+]|hydra", key) or key in groups_of(root):
            continue
        chosen = re.findall(r"\w+=[\w\[\]]+", condition(key, root))[:1]
        config = composition(root, tuple(chosen))
        with as_hydra_config(config):
            present = OmegaConf.select(config, key, default="absent", throw_on_missing=False)
        assert present != "absent", (ours, chosen)


def test_every_part_that_is_called_otherwise_has_options() -> None:
    for part in {*PARTS.values()} - {"", "network"}:
        assert options_in(part, "config"), part


def test_what_is_suggested_can_be_trained() -> None:
    typed = [*OPPOSITES.values(), *WITHOUT_VALUE.values()]
    typed += [f"{key}={value}" for key, values in VALUES.items() for value in values.values() if "=" not in value]
    typed += [value for values in VALUES.values() for value in values.values() if "=" in value]
    typed += ["model.optimizers.critic.lr=4e-4", "model.critic.norm=layer"]
    typed += str(instead("optimizer.eps", "1e-6", "config")).split()
    typed += str(instead("network.hidden", "[64]", "config")).split()
    typed += [str(instead("label_smoothing", "0.1", "config")).partition(" (")[0]]
    lines: list[dict[str, str]] = []  # what does not exclude each other is tried at once
    for word in dict.fromkeys(typed):
        key = word.partition("=")[0]
        if key != "device":
            line = next((line for line in lines if key not in line), None)
            lines += [{}] if line is None else []
            (lines[-1] if line is None else line)[key] = word
    for line in lines:
        needed = {"penalty": "penalty=[gradient,r1,weight_clipping]", "loss": "loss=non_saturating"} | line
        words = [word for word in needed.values() if not word.startswith(("model.penalties", "model.constraints"))]
        config = composition("config", tuple(words))
        with as_hydra_config(config):
            check_training(config, words)


@pytest.mark.parametrize("root", IDLE)
def test_help_lists_what_a_command_takes(root: str) -> None:
    for line in listing(root).splitlines():
        group, _, names = line.partition(": ")
        assert understood([written(group, names.split(", ")[0])], Command(f"gan_lab.{root}", root))
    for group in IDLE[root]:
        assert not re.search(f"^{group}:", listing(root), re.MULTILINE)
        with pytest.raises(GanLabError, match=f"takes no {group}="):
            understood([f"{group}=x"], Command(f"gan_lab.{root}", root))


@pytest.mark.parametrize("root", sorted({"config", "explain", "extractor", *IDLE}))
def test_help_is_what_hydra_would_print(root: str) -> None:
    words = ("name=x",) if root == "extractor" else ()
    template = composition(root, words).hydra.help.template
    assert help_page(root) == (None if "$CONFIG" in template else template)


def test_values_of_a_choice_include_those_that_it_begins_from() -> None:
    found = values("config")["model.n_critic"]
    assert (found["model=wgan_gp"], found["model=gan_minimax"]) == (5, 1)
    assert "metric=mnistcnn" in values("config")["metric.metrics.prdc.k"]


def test_a_configuration_can_be_shown_with_all_its_values_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    lines = ["--version", "--cfg job --resolve model=mmgan data=ring", "--cfg job seed=x"]
    version, shown, wrong = many([line.split() for line in lines], tmp_path)
    assert version == version | {"status": 0, "said": f"gan_lab {__version__}\n"}
    assert OmegaConf.create(shown["said"]).model.critic.shape == [2]
    assert (wrong["status"], wrong["said"]) == (1, "gan_lab: seed is 'x' and must be a whole number")


def test_pictures_are_not_taken_for_a_run(tmp_path: Path) -> None:
    command = Command("gan_lab.evaluate", "evaluate", path="checkpoint")
    (tmp_path / "f60").mkdir()
    (tmp_path / "f60" / "1.png").touch()
    (tmp_path / "x.npy").touch()
    for name in ("f60", "x.npy"):
        with pytest.raises(GanLabError, match=f"is no run: pictures are measured with images=.*{name}"):
            understood([str(tmp_path / name)], command)
    (tmp_path / "f60" / "config.yaml").touch()
    assert understood([str(tmp_path / "f60")], command) == [f"checkpoint='{tmp_path / 'f60'}'"]
