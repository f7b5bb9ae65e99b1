"""A card tells the truth: another program computes what it says, and its numbers are of exactly these weights."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from torch.nn import functional as F

import gan_lab
from gan_lab.errors import GanLabError
from gan_lab.export.run import save
from gan_lab.runs.run_folder import EVALUATION
from gan_lab.trained_model import TrainedModel
from tests.export.stranger import network
from tests.library.made_models import SMALL, made

CPU = torch.device("cpu")
CONDITIONAL = ("model=cgan_wgan_gp", "data=digits", *SMALL, "model.generator.norm=batch")
MIXTURE = ("model=gmgan_dynamic", "data=digits", "network=dcgan", "model.generator.width=2", "model.critic.width=2")
NORMS = ("model.prior.dim=4", "model.critic.norm=spectral", "model.generator.norm=spectral")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    return TrainedModel.open(str(made(tmp_path_factory.mktemp("made"), *CONDITIONAL)), "best", CPU)


def record_of(trained: TrainedModel, **subject: Any) -> dict[str, Any]:
    """What evaluate writes of a model, but for what is measured."""
    return {
        "command": "python -m gan_lab.evaluate checkpoint=run repeats=3",
        "subject": trained.stated | {"sampler": "direct", "seeds": [1, 2, 3]} | subject,
        "measures": {
            "generated": {"fid": 31.5, "precision_k3": 0.625},
            "interval": {"fid": [30.25, 32.75]},
            "spread": {"fid": 0.5},
            "floor": {"fid": 2.125},
        },
        "protocol": {"extractor": "cnn-x", "split": "test", "reference_n": 400, "samples": 400, "dataset": "digits"},
    }


def front_matter(card: str) -> dict[str, Any]:
    return yaml.safe_load(card.split("---\n")[1])


@pytest.mark.parametrize(
    ("words", "half"), [(CONDITIONAL, False), ((*MIXTURE, *NORMS), True)], ids=["labels", "mixture"]
)
def test_another_program_computes_the_same_from_the_card(tmp_path: Path, words: tuple[str, ...], half: bool) -> None:
    folder = gan_lab.load(made(tmp_path / "run", *words), device="cpu").save(tmp_path / "saved", half=half)
    model = gan_lab.load(folder, device="cpu")
    drawn = model.sample(20, seed=2)
    assert drawn.component is not None
    card = (folder / "README.md").read_text()
    first = F.one_hot(drawn.component, 10) if "followed by 10 numbers: number k is 1" in card else drawn.z[:, :0]
    x = network(folder, "average.networks.generator.")(torch.cat([drawn.z, first], 1)).reshape(20, 1, 28, 28)
    assert torch.allclose(x, drawn.x, atol=1e-5)
    assert "An image has the shape [1, 28, 28]" in card
    if "z = mean + std * noise" in card:
        assert torch.allclose(network(folder, "critic.")(drawn.x), model.critic(drawn.x), atol=1e-5)
        assert ("stored in float16" in card) == half


def test_numbers_are_those_of_these_weights_alone(trained: TrainedModel, tmp_path: Path) -> None:
    run = trained.checkpoint.parent.parent
    (run / "evaluation").mkdir()
    path = run / "evaluation" / EVALUATION

    def card(name: str, given: str | None = None) -> str:
        return (save(trained, tmp_path / name, evaluation=given)[0] / "README.md").read_text()

    for other in ({"sha256": "0" * 64}, {"generator_steps": 8}):
        path.write_text(json.dumps(record_of(trained, **other)))
        assert "These weights were not measured. This command does it" in (text := card(f"{len(other)}{[*other]}"))
        assert "fid" not in text
        with pytest.raises(GanLabError, match="is of another checkpoint"):
            card("refused", str(path))
    path.write_text("{")
    with pytest.raises(GanLabError, match=r"is no record of python -m gan_lab\.evaluate"):
        card("refused", str(path.parent))
    assert not (tmp_path / "refused").exists()
    path.write_text(json.dumps(record_of(trained)))
    text = card("measured")
    assert "| fid ↓ | 31.5 | 30.25 to 32.75 | 0.5 | 2.125 |" in text
    assert "compared with 400 test samples on features of cnn-x" in text
    assert "not measured" not in text
    (found,) = front_matter(text)["model-index"][0]["results"]
    assert [(one["type"], one["value"]) for one in found["metrics"]] == [
        ("fid (cnn-x)", 31.5),
        ("precision_k3 (cnn-x)", 0.625),
    ]
    assert "rounded to half precision" in (save(trained, tmp_path / "half", half=True)[0] / "README.md").read_text()


def test_the_hub_reads_the_card(trained: TrainedModel, tmp_path: Path) -> None:
    hub = pytest.importorskip("huggingface_hub")
    path = tmp_path / EVALUATION
    path.write_text(json.dumps(record_of(trained)))
    folder, _ = save(trained, tmp_path / "out", license="mit", evaluation=str(path))
    data = hub.ModelCard.load(folder / "README.md").data
    assert (data.license, data.library_name, data.pipeline_tag) == ("mit", "gan_lab", "unconditional-image-generation")
    assert [(one.metric_type, one.metric_value, one.dataset_split) for one in data.eval_results] == [
        ("fid (cnn-x)", 31.5, "test"),
        ("precision_k3 (cnn-x)", 0.625, "test"),
    ]


@pytest.mark.parametrize(
    ("license", "front", "said"),
    [
        (None, {}, "has chosen no licence"),
        ("MIT", {"license": "mit"}, "as whoever exported them has chosen: MIT"),
        ("my-own", {"license": "other", "license_name": "my-own"}, "has chosen: my-own"),
    ],
)
def test_the_licence_is_the_users(
    trained: TrainedModel, tmp_path: Path, license: str | None, front: dict[str, str], said: str
) -> None:
    card = (save(trained, tmp_path / "out", license=license)[0] / "README.md").read_text()
    assert {key: value for key, value in front_matter(card).items() if key.startswith("license")} == front
    assert said in card


def test_its_program_runs(trained: TrainedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder, _ = save(trained, "FOLDER")
    programs = re.findall(r"```python\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
    assert len(programs) == 1
    exec(programs[0])


def test_what_a_foreign_model_says_of_itself_is_no_markup(trained: TrainedModel, tmp_path: Path) -> None:
    hostile = "[a](http://b)<script>"
    other = TrainedModel(
        trained.module, {**trained.config, "name": hostile}, trained.stated, trained.checkpoint, trained.counters
    )
    text = (save(other, tmp_path / "out")[0] / "README.md").read_text()
    assert "<script>" not in text.split("---\n", 2)[2]
    assert "](http" not in text.split("---\n", 2)[2]


@pytest.fixture
def exported(trained: TrainedModel, tmp_path: Path) -> Callable[..., Path]:
    return lambda **options: save(trained, tmp_path / "out", **options)[0]


def test_an_older_export_is_replaced_where_that_is_allowed(exported: Callable[..., Path]) -> None:
    before = (exported() / "README.md").read_text()
    with pytest.raises(GanLabError, match="out exists and is not empty"):
        exported(license="mit")
    assert (exported(license="mit", overwrite=True) / "README.md").read_text() != before
    assert [path.name for path in exported(overwrite=True).parent.iterdir()] == ["out"]
