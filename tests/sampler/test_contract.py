"""What every sampler promises, for every yaml of conf/sampler; one of each kind is quick, the others are slow."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from gan_lab.build import build
from gan_lab.errors import GanLabError
from gan_lab.network.dropout import Dropout
from gan_lab.sampler.base import Sampler
from gan_lab.trust.targets import CONF_DIR
from gan_lab.types import SampleResult
from tests.present import present
from tests.sampler.known import drawn, seeded, small_ring
from tests.short_runs import fit

pytestmark = pytest.mark.xdist_group("sampler contract")  # one worker trains the models that all of these share

YAMLS = sorted(path.stem for path in (Path(str(CONF_DIR)) / "sampler").glob("*.yaml"))
SMALL = {
    "n_steps": 5,
    "n_updates": 5,
    "chain_length": 10,
    "max_capout": 1.0,
    "burn_in": 200,
    "target_acceptance": 0.3,  # of critics that a short training leaves with far outliers
    "calibration_samples": 400,
    "k": 6,
    "images_per_batch": 10,
    "pilot_batches": 20,
    "tau": 0.7,
}
SMALL_WEIGHTS = {"steps": 5, "hidden": 16}
BY_CRITIC = ["ddls", "dgflow", "dot", "drs", "mh", "sir", "latent_ascent", "latent_reweighting"]
BY_CLASSIFIER = ["batch_inception_score", "confidence"]
NEEDS_MIXTURE = ["sigma_scaled"]
NEEDS_FLOW = ["ode"]
KINDS = {"direct", "sir", "mh", "ddls", "latent_reweighting_ascent", "batch_inception_score", "sigma_scaled"}
"""Codes as they come, a choice among some, chains, gradients, learnt weights and a start, whole batches, a mixture."""
N = 23
MODELS = {
    "gan": ("model=gan", "model.prior.dim=2"),
    "wgan_gp": ("model=wgan_gp", "model.prior.dim=2"),
    "gmgan": ("model=gmgan_static", "model.prior.dim=3"),
    "flow": ("model=flow_matching",),
}
GANS = ("gan", "wgan_gp", "gmgan")
ROUNDS = {"gan": 150, "wgan_gp": 60, "gmgan": 300, "flow": 20}
DATA = small_ring()
trained: dict[str, Any] = {}
settings_of: dict[str, dict[str, Any]] = {}


@pytest.fixture
def model_of(build_model: Any) -> Callable[[str], Any]:
    """A freshly copied model that a short training taught to tell the ring from its own samples."""

    def model(name: str) -> Any:
        if name not in trained:
            trained[name] = build_model(*MODELS[name], "data=ring")
            fit(trained[name], ROUNDS[name])
            trained[name].trainer = None
        return copy.deepcopy(trained[name])

    return model


@pytest.fixture
def other_model(build_model: Any) -> Callable[[str], Any]:
    """An untrained model with an option."""

    def model(option: str) -> Any:
        if option not in trained:
            trained[option] = build_model("model=gan", "data=ring", "model.prior.dim=2", option)
        return trained[option]

    return model


@pytest.fixture
def settings(composed: Any) -> Callable[[str], dict[str, Any]]:
    """The resolved settings of a yaml, made small."""

    def of(name: str) -> dict[str, Any]:
        if name not in settings_of:
            settings_of[name] = composed("model=gan", "data=ring", f"sampler={name}")["sampler"]
        return small(copy.deepcopy(settings_of[name]))

    return of


def small(config: dict[str, Any]) -> dict[str, Any]:
    """Its settings, and those of the parts inside, with what costs time cut down."""
    smaller = SMALL_WEIGHTS if config["_target_"].endswith("LatentWeights") else SMALL
    changed = {key: small(value) if isinstance(value, dict) else value for key, value in config.items()}
    return changed | {key: value for key, value in smaller.items() if key in config}


def built(config: dict[str, Any], batch_size: int) -> Sampler:
    """The sampler, with the same batch size in all its parts."""
    return build(with_batch_size(config, batch_size), "sampler")


def with_batch_size(config: dict[str, Any], batch_size: int) -> dict[str, Any]:
    changed = {k: with_batch_size(v, batch_size) if isinstance(v, dict) else v for k, v in config.items()}
    return changed | ({"batch_size": batch_size} if "batch_size" in config else {})


def case(name: str, model: str) -> Any:
    """A yaml with a model; quick for one yaml of each kind with its own model."""
    quick = name in KINDS and model == own_model(name)
    return pytest.param(name, model, marks=() if quick else pytest.mark.slow)


def cases(*models: str) -> list[Any]:
    """Every yaml with these models, of those that it takes; what asks no critic needs no third one."""
    return [
        case(name, model)
        for name in YAMLS
        for model in (models if name not in NEEDS_FLOW else ["flow"])
        if model in ("gmgan", "flow") or (name not in NEEDS_MIXTURE and (model == "gan" or name not in BY_CLASSIFIER))
    ]


def own_cases() -> list[Any]:
    """Every yaml with one model."""
    return [case(name, own_model(name)) for name in YAMLS]


def own_model(name: str) -> str:
    return "flow" if name in NEEDS_FLOW else "gmgan" if name in NEEDS_MIXTURE else "gan"


def agreement(first: SampleResult, second: SampleResult, tolerance: float) -> float:
    """The share of rows that are the same."""
    assert first.x.shape == second.x.shape
    return ((first.x - second.x).abs().flatten(1).amax(1) < tolerance).double().mean().item()


def folder_of(name: str, tmp_path_factory: Any) -> Path:
    """One folder for all tests of a model: the classifier is trained once for its weights."""
    return Path(tmp_path_factory.getbasetemp()) / f"kept_{name}"


@pytest.fixture
def keeping(tmp_path_factory: Any) -> Callable[[str], Path]:
    return lambda name: folder_of(name, tmp_path_factory)


@pytest.mark.parametrize(("name", "variant"), cases(*GANS))
def test_samples_do_not_depend_on_batches(model_of: Any, settings: Any, keeping: Any, name: str, variant: str) -> None:
    exact = model_of(variant).double()
    results = {}
    for batch_size in (64, 7, 1):
        sampler = built(settings(name), batch_size)
        sampler.prepare(exact, DATA, keeping(f"{variant}_double"))
        results[batch_size] = sampler.sample(N, seeded())
    for other in (7, 1):
        torch.testing.assert_close(results[other].x, results[64].x, rtol=0, atol=1e-4)
        torch.testing.assert_close(results[other].latent.z, results[64].latent.z, rtol=0, atol=1e-4)
    assert results[64].x.shape == (N, 2)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "variant"), own_cases())
def test_samples_in_half_of_the_digits_hardly_depend_on_batches(
    model_of: Any, settings: Any, keeping: Any, name: str, variant: str
) -> None:
    n, model = 1000, model_of(variant)
    results = []
    for batch_size in (500, 37):
        sampler = built(settings(name), batch_size)
        sampler.prepare(model, DATA, keeping(variant))
        results.append(sampler.sample(n, seeded()))
    assert agreement(results[0], results[1], 1e-3) >= 0.999


@pytest.mark.parametrize(("name", "variant"), own_cases())
def test_what_is_prepared_does_not_depend_on_batches(
    model_of: Any, settings: Any, tmp_path: Path, name: str, variant: str
) -> None:
    if name in BY_CLASSIFIER:
        pytest.skip("the classifier is trained in batches of its own")
    exact, results = model_of(variant).double(), []
    for batch_size in (500, 64):
        sampler = built(settings(name), batch_size)
        sampler.prepare(exact, DATA)
        results.append(sampler.sample(N, seeded()))
    assert agreement(results[0], results[1], 1e-4) == 1


@pytest.mark.parametrize(("name", "variant"), cases("gan", "gmgan"))
def test_the_parts_of_several_processes_are_the_whole(
    model_of: Any, settings: Any, keeping: Any, name: str, variant: str
) -> None:
    exact = model_of(variant).double()
    sampler = built(settings(name), 64)
    sampler.prepare(exact, DATA, keeping(f"{variant}_double"))
    whole = sampler.sample(N, seeded())
    for world_size in (3, 30):  # 30: some have nothing to do
        parts = [sampler.sample(N, seeded(), rank=rank, world_size=world_size) for rank in range(world_size)]
        torch.testing.assert_close(torch.cat([part.x for part in parts]), whole.x, rtol=0, atol=1e-6)
        z = torch.cat([part.latent.z for part in parts])
        torch.testing.assert_close(z, whole.latent.z, rtol=0, atol=1e-6)
        if whole.latent.component is not None:
            component = torch.cat([present(part.latent.component) for part in parts])
            assert torch.equal(component, whole.latent.component)


@pytest.mark.parametrize(("name", "variant"), cases("gan", "gmgan"))
def test_the_image_is_that_of_the_code(model_of: Any, settings: Any, keeping: Any, name: str, variant: str) -> None:
    model = model_of(variant).double()
    sampler = built(settings(name), 64)
    sampler.prepare(model, DATA, keeping(f"{variant}_double"))
    result = sampler.sample(N, seeded())
    with torch.no_grad():
        again = model.averaged_generator.eval()(result.latent.z.double(), result.latent.component)
    torch.testing.assert_close(result.x, again, rtol=1e-5, atol=1e-5)
    assert result.stats["seconds"] > 0
    assert result.stats["generator_evaluations"] >= N
    assert not result.x.requires_grad
    assert result.x.is_leaf


def state(model: Any) -> tuple[dict[str, Tensor], list[bool], list[bool], list[bool]]:
    """Everything that must not change."""
    return (
        {name: value.clone() for name, value in model.state_dict().items()},
        [part.training for part in model.modules()],
        [parameter.requires_grad for parameter in model.parameters()],
        [parameter.grad is not None for parameter in model.parameters()],
    )


@pytest.mark.parametrize(("name", "variant"), own_cases())
@pytest.mark.parametrize("training", [True, False])
def test_nothing_is_disturbed_and_the_same_seed_gives_the_same(
    model_of: Any, settings: Any, keeping: Any, name: str, variant: str, training: bool
) -> None:
    model = model_of(variant).train(training)
    next((model.critic or model.generator).parameters()).requires_grad_(False)  # somebody's choice
    torch.manual_seed(5)
    before, numbers = state(model), torch.get_rng_state()
    sampler = built(settings(name), 64)
    # Without a folder where that is quick: then everything is computed, not found.
    sampler.prepare(model, DATA, keeping(variant) if name in BY_CLASSIFIER else None)
    results = [sampler.sample(N, seeded(seed)) for seed in (3, 3, 4)]
    assert torch.equal(numbers, torch.get_rng_state())
    after = state(model)
    assert all(torch.equal(before[0][key], after[0][key]) for key in before[0])
    assert before[1:] == after[1:]
    assert torch.equal(results[0].x, results[1].x)
    assert not torch.equal(results[0].x, results[2].x)
    assert torch.is_grad_enabled()
    assert results[0].report == results[1].report


def test_training_the_classifier_leaves_the_global_random_state_alone(
    model_of: Any, settings: Any, tmp_path: Path
) -> None:
    torch.manual_seed(5)
    numbers = torch.get_rng_state()
    built(settings("confidence"), 500).prepare(model_of("gan"), DATA, tmp_path)
    assert torch.equal(numbers, torch.get_rng_state())


def test_modes_of_inner_layers_are_restored_too(model_of: Any, settings: Any) -> None:
    model = model_of("gmgan").train()
    inner = next(part for part in model.critic.modules() if isinstance(part, Dropout))
    inner.eval()
    sampler = built(settings("sir"), 64)
    sampler.prepare(model, DATA)
    assert model.critic.training
    assert not inner.training


@pytest.mark.parametrize(("name", "variant"), own_cases())
def test_stated_are_the_settings_of_the_yaml(settings: Any, name: str, variant: str) -> None:
    def told(config: dict[str, Any]) -> dict[str, Any]:
        return {
            key: {"sampler": value["_target_"].split(".")[-2]} | told(value) if isinstance(value, dict) else value
            for key, value in config.items()
            if key not in ("_target_", "batch_size")
        }

    config = settings(name)
    sampler = built(config, 64)
    found = sampler.stated()
    for weights in (found, found.get("start", {})):
        if "weights" in weights:
            weights["weights"]["betas"] = [*weights["weights"]["betas"]]
    assert found == told(config)
    assert config["_target_"].split(".")[-2] == sampler.name


@pytest.mark.parametrize(("name", "variant"), own_cases())
def test_what_was_prepared_is_found_again_and_another_checkpoint_gets_its_own(
    model_of: Any, settings: Any, keeping: Any, tmp_path: Path, name: str, variant: str
) -> None:
    expensive = name in BY_CLASSIFIER  # a classifier for every new folder
    folder, model = keeping(variant) if expensive else tmp_path, model_of(variant)

    def prepared(model: Any) -> tuple[SampleResult, set[str], dict[str, int]]:
        sampler = built(settings(name), 500)
        sampler.prepare(model, DATA, folder)
        passes = dict(sampler.context.passes)
        files = {path.name for path in folder.iterdir()} if folder.exists() else set()
        return sampler.sample(N, seeded()), files, passes

    first, files, _ = prepared(model)
    again, same, passes = prepared(model)
    assert same == files
    assert torch.equal(first.x, again.x)
    assert first.report == again.report
    allowed = {"weights", "critic"}  # health of w and the scores of the reals are looked at each time
    assert set(passes) <= allowed
    stores = name not in ("direct", "truncated", "sigma_scaled", "ode")
    assert bool(files) == stores
    if stores and not expensive:
        with torch.no_grad():
            for parameter in model.averaged_generator.parameters():
                parameter.mul_(1.01)
        _, more, _ = prepared(model)
        assert len(more) == 2 * len(files)
        assert more > files


@pytest.mark.parametrize(("name", "variant"), cases("gan", "gmgan"))
def test_the_component_can_be_chosen(model_of: Any, settings: Any, keeping: Any, name: str, variant: str) -> None:
    model = model_of(variant).double()
    sampler = built(settings(name), 64)
    sampler.prepare(model, DATA, keeping(f"{variant}_double"))
    chosen = torch.arange(N) % 8
    if variant != "gmgan":
        with pytest.raises(GanLabError, match="no components"):
            sampler.sample(N, seeded(), component=chosen)
        return
    result = sampler.sample(N, seeded(), component=chosen)
    assert result.latent.component is not None
    assert torch.equal(result.latent.component, chosen)


def test_no_samples_of_chosen_components_are_none(model_of: Any, settings: Any) -> None:
    sampler = built(settings("direct"), 64)
    sampler.prepare(model_of("gmgan"), DATA)
    assert sampler.sample(0, seeded(), component=torch.arange(0)).x.shape == (0, 2)


@pytest.mark.parametrize("name", BY_CRITIC)
def test_a_critic_that_judges_no_single_sample_is_refused(other_model: Any, settings: Any, name: str) -> None:
    packed = other_model("model.packing=2")
    with pytest.raises(GanLabError, match=f"sampler={name} needs scores of single samples, .* packs of 2"):
        built(settings(name), 64).prepare(packed, DATA)
    for statistics in ("stddev", "discrimination"):
        coupled = other_model(f"model.critic.batch_statistics={statistics}")
        with pytest.raises(GanLabError, match=f"sampler={name} needs .* uses statistics of the batch"):
            built(settings(name), 64).prepare(coupled, DATA)


@pytest.mark.parametrize("name", BY_CRITIC)
def test_where_no_critic_is_there_one_sentence_says_so(model_of: Any, settings: Any, name: str) -> None:
    with pytest.raises(
        GanLabError, match=rf"^sampler={name} needs a critic, and this model has none: .*=direct, truncated, ode"
    ):
        built(settings(name), 64).prepare(model_of("flow"), DATA)


def test_a_flow_is_needed_to_solve_one(model_of: Any, settings: Any) -> None:
    with pytest.raises(
        GanLabError, match=r"^sampler=ode solves a flow, and the generator of this model is MLPGenerator"
    ):
        built(settings("ode"), 64).prepare(model_of("gan"), DATA)


@pytest.mark.parametrize("name", ["direct", "truncated", "confidence"])
def test_what_asks_no_critic_takes_any(other_model: Any, settings: Any, keeping: Any, name: str) -> None:
    packed = other_model("model.packing=2")
    sampler = built(settings(name), 64)
    sampler.prepare(packed, DATA, keeping("packed"))
    assert sampler.sample(N, seeded()).x.shape == (N, 2)


@pytest.mark.parametrize(
    ("outer", "slot"),
    [("sir", "proposal"), ("drs", "proposal"), ("ddls", "start")],
)
def test_a_sampler_of_whole_batches_can_stand_inside_another(
    model_of: Any, settings: Any, keeping: Any, outer: str, slot: str
) -> None:
    config = settings(outer) | {slot: settings("batch_inception_score")}
    sampler = built(config, 64)
    sampler.prepare(model_of("gan"), DATA, keeping("gan"))
    whole = sampler.sample(N, seeded())
    assert whole.x.shape == (N, 2)
    parts = [sampler.sample(N, seeded(), rank=rank, world_size=2) for rank in range(2)]
    torch.testing.assert_close(torch.cat([part.x for part in parts]), whole.x, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("outer", "slot", "inner"), [("sir", "proposal", "ddls"), ("ddls", "start", "drs")])
def test_samplers_can_be_chained(model_of: Any, settings: Any, keeping: Any, outer: str, slot: str, inner: str) -> None:
    sampler = built(settings(outer) | {slot: settings(inner)}, 64)
    sampler.prepare(model_of("gan"), DATA, keeping("gan"))
    whole = sampler.sample(N, seeded())
    parts = [sampler.sample(N, seeded(), rank=rank, world_size=2) for rank in range(2)]
    torch.testing.assert_close(torch.cat([part.x for part in parts]), whole.x, rtol=1e-4, atol=1e-4)
    assert sampler.stated()[slot]["sampler"] == inner


@pytest.mark.parametrize("name", YAMLS)
def test_a_batch_size_of_nothing_is_refused(model_of: Any, settings: Any, name: str) -> None:
    with pytest.raises(GanLabError, match=r"sampler\.batch_size is 0 and must be a whole number of 1 or more"):
        built(settings(name), 0).prepare(model_of(own_model(name)), DATA)


def test_a_log_ratio_that_was_not_fitted_is_about_the_plain_generator(composed: Any, model_of: Any) -> None:
    for inner, calibration in (("truncated", "none"), ("latent_reweighting", "energy")):
        config = composed("data=ring", "sampler=sir", f"sampler@sampler.proposal={inner}")["sampler"]
        sampler = build(config | {"calibration": calibration}, "sampler")
        if inner == "latent_reweighting":
            sampler.proposal.weights.steps = 2
        with pytest.raises(GanLabError, match=f"calibration={calibration} is defined for the plain generator"):
            sampler.prepare(model_of("gan"), DATA)


@pytest.mark.parametrize("name", ["dgflow", "latent_ascent"])
def test_nothing_starts_from_samples_that_no_code_gives(composed: Any, model_of: Any, name: str) -> None:
    config = small(composed("data=ring", f"sampler={name}", "sampler@sampler.start=dot")["sampler"])
    config["start"]["space"] = "target"
    sampler = build(config, "sampler")
    with pytest.raises(GanLabError, match="moves samples and not codes"):
        drawn(sampler, model_of("gan"), DATA, N)
