"""A trained model without a critic: what needs none works, and what needs one says so in a sentence."""

import json
from pathlib import Path

import pytest

import gan_lab
from gan_lab.compare.differing import differing
from gan_lab.compare.settings import settings_of
from gan_lab.config.compose import compose_config
from gan_lab.doctor.__main__ import diagnosed
from gan_lab.errors import GanLabError
from gan_lab.export.unwritable import refuse_unwritable
from gan_lab.reference.finished_runs import BINS, weight_histogram
from gan_lab.runs.run_folder import RunFolder
from tests.library.made_models import made


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the configuration beside its checkpoint, as a training leaves it."""
    folder = made(tmp_path_factory.mktemp("flow") / "run", "model=flow_matching", "data=ring")
    RunFolder(folder).config.write_text(json.dumps(gan_lab.load(folder, device="cpu").config))
    return folder


def test_a_sample_costs_the_evaluations_that_were_asked_for(run: Path) -> None:
    model = gan_lab.load(run, device="cpu")
    direct = model.sample(5, seed=3)
    again = model.sample(5, "sampler.steps=10", seed=3, sampler="ode")
    assert (direct.x == again.x).all()
    few = model.sample(5, "sampler.solver=euler", "sampler.steps=4", seed=3, sampler="ode")
    assert (direct.z == few.z).all()
    assert (direct.x != few.x).any()
    assert [one.record["cost"]["passes"] for one in (direct, again, few)] == [20, 20, 4]


def test_what_needs_a_critic_says_so(run: Path) -> None:
    model = gan_lab.load(run, device="cpu")
    with pytest.raises(GanLabError, match=r"^critic\(\) needs a critic, and this model has none$"):
        model.critic(model.sample(2).x)
    with pytest.raises(GanLabError, match=r"^sampler=ddls needs a critic, and this model has none"):
        model.sample(2, sampler="ddls")
    with pytest.raises(GanLabError, match=r"^this model has no critic to write: networks=\[generator\]"):
        refuse_unwritable(str(run), ["generator", "critic"])
    assert "this model has no critic, so the findings about a critic do not apply" in diagnosed(run)


def test_a_saved_flow_comes_back_with_a_card_of_its_generator(run: Path, tmp_path: Path) -> None:
    model = gan_lab.load(run, device="cpu")
    folder = model.save(tmp_path / "saved")
    assert (gan_lab.load(folder, device="cpu").sample(5).x == model.sample(5).x).all()
    card = (folder / "README.md").read_text()
    assert "Flow(solver=heun, steps=10): x_1 of dx/dt = v(x, t)" in card
    assert "A generative model that makes points in the plane" in card
    assert "critic" not in card.lower()
    assert "adversarial" not in card


def test_what_a_model_does_not_use_tells_no_runs_apart() -> None:
    """The flow that comes with a network is no setting of a GAN, and of a flow it is the generator's."""
    networks = [compose_config("model=gan", "data=ring", f"flow={name}") for name in ("mlp", "mlp_2d")]
    assert differing(*map(settings_of, networks)) == []
    flows = [compose_config("model=flow_matching", "data=ring", f"flow.steps={steps}") for steps in (3, 4)]
    assert differing(*map(settings_of, flows)) == ["model.generator.steps"]


def test_a_row_of_the_table_has_no_weights_of_a_critic(run: Path) -> None:
    found = weight_histogram(run)
    assert (found["edge"], {*found["shares"]}, len(found["shares"])) == (0, {0}, BINS)
