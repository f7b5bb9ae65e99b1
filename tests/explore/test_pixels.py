"""What the page's scripts compute in a real browser is what torch computes with the page's own weights."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from gan_lab.build import build
from gan_lab.config.choices import choices
from gan_lab.config.compose import compose_config
from gan_lab.errors import GanLabError
from gan_lab.explore.explorer_page import PARTS, own
from gan_lab.explore.half_precision import in_half_precision, layers_data, single
from gan_lab.explore.latent_form import prior_data
from gan_lab.explore.layer_list import Layer, computed, layers_of
from gan_lab.images import to_uint8
from gan_lab.network.base import Generator
from gan_lab.network.dcgan import DCGANGenerator
from gan_lab.network.layers import Activation, Norm
from gan_lab.network.mlp import MLPGenerator
from gan_lab.page.document import document
from gan_lab.prior.base import LatentPrior
from gan_lab.prior.code_search import CodeSearch, squared_error
from gan_lab.prior.gaussian_mixture import GaussianMixture
from gan_lab.prior.labelled import Labelled
from gan_lab.prior.normal import Normal
from gan_lab.prior.uniform import Uniform
from gan_lab.sample.trajectory import slerp
from gan_lab.sampler.truncated import truncated
from gan_lab.types import Latent
from tests.explore.untrained import stir
from tests.fixtures import BuildModel
from tests.page.looks import drawn, wait

pytestmark = [pytest.mark.slow, pytest.mark.browser]

CODES = 5
"""A block of four, and one that is left."""
DIM = 11
CLOSE = 1 / 255
POINTS, REFUSED = {"dirac", "mlp_2d"}, {"r3gan", "resnet"}
"""Networks that make points."""
SMALL = {"mlp": "[24,32]", "dcgan": "0", "infogan": "24"}
"""The hidden units of a small generator of each network."""
SOFT = [[0, 0.25], [2, 0.75]]


DENSE: dict[str, Any] = {"latent_dim": DIM, "shape": (1, 8, 8), "hidden": (13, 18)}
MAPS: dict[str, Any] = {"latent_dim": DIM, "shape": (1, 8, 12), "width": 3, "hidden": 14}


def dense(norm: Norm, activation: Activation) -> Generator:
    return MLPGenerator(**DENSE, norm=norm, activation=activation, output="tanh")


def maps(norm: Norm, activation: Activation, **other: Any) -> Generator:
    return DCGANGenerator(**{**MAPS, **other}, norm=norm, activation=activation)


def chosen(network: str) -> Generator:
    """The generator of a choice of conf/network, with fewer units."""
    own = [] if network == "mlp" else ["model.generator.width=4"]
    words = ("model=gan", "data=digits", f"network={network}", f"model.prior.dim={DIM}", *own)
    config = compose_config(*words, f"model.generator.hidden={SMALL[network]}")
    generator: Generator = build(config["model"]["generator"], "model.generator", Generator)
    return generator


def mixture(trainable: bool) -> LatentPrior:
    return GaussianMixture(dim=DIM, components=3, spread=1.0, std=0.8, trainable=trainable, means_seed=1)


def made() -> dict[str, "Case"]:
    """A generator, a prior and the settings of the sliders for everything that a page can hold."""
    normal = Normal(dim=DIM)
    return {
        **{network: Case(chosen(network), normal) for network in SMALL},
        "layer norm": Case(dense("layer", "silu"), normal),
        "layer norm of images": Case(maps("layer", "tanh", hidden=0), normal),
        "spectral norm": Case(maps("spectral", "leaky_relu"), normal),
        "truncation and sigma": Case(dense("batch", "leaky_relu"), normal, t=0.8, sigma=1.3),
        "uniform": Case(dense("batch", "relu"), Uniform(dim=DIM), sigma=0.7),
        "classes": Case(maps("none", "relu", classes=4), Labelled(dim=DIM, components=4)),
        "static mixture": Case(dense("none", "leaky_relu"), mixture(False), sigma=0.5),
        "trained mixture and colours": Case(maps("batch", "relu", shape=(3, 4, 8)), mixture(True), t=1.5),
    }


class Case:
    """A model with codes, what the page knows of both, and what torch makes of them."""

    def __init__(self, generator: Generator, prior: LatentPrior, **settings: float) -> None:
        self.generator, self.prior, self.settings = generator, prior, settings
        stir(generator)
        self.layers: list[Layer] = in_half_precision(layers_of(self.generator.eval()))
        random = torch.Generator().manual_seed(5)
        latent = self.prior.sample(CODES, random)
        self.e = self.prior.standard(latent).detach()
        self.component = latent.component
        self.wanted = torch.rand(self.generator.shape, generator=random) * 2 - 1
        self.weights: list[list[list[float]]] = [[]] * CODES
        if self.component is not None:
            self.weights = [[[k, 1]] for k in self.component.tolist()]
        if isinstance(self.prior, GaussianMixture):
            self.weights[1] = SOFT

    def z(self, e: Tensor) -> Tensor:
        """The codes, of which the second lies between two components of a mixture."""
        if not isinstance(self.prior, GaussianMixture):
            return self.prior.from_standard(e, Latent(e, self.component)).z
        return self.prior.mix(self.soft(), e)

    def soft(self) -> Tensor:
        """The weights of all components in each code."""
        weights = torch.zeros(CODES, self.prior.components)
        for row, pairs in zip(weights, self.weights, strict=True):
            for k, weight in pairs:
                row[int(k)] = weight
        return weights

    def moved(self) -> Tensor:
        t, sigma = self.settings.get("t"), self.settings.get("sigma", 1.0)
        return sigma * (self.e if t is None else truncated(self.e, t))

    def images(self, e: Tensor) -> Tensor:
        return computed(self.layers, self.generator.concat_labels(self.z(e), self.component))

    def gradients(self) -> tuple[Tensor, Tensor]:
        """The errors, and the gradients of the loss by which codes of images are sought."""
        e = self.e.clone().requires_grad_(True)
        error = squared_error(self.images(e).unflatten(1, self.generator.shape), self.wanted)
        (gradient,) = torch.autograd.grad((error + 0.1 * CodeSearch.off_sphere(self.prior, e)).sum(), e)
        return error.detach(), gradient

    def way(self) -> Tensor:
        """Three places between the first two codes, whose components are mixed."""
        share = torch.tensor([0.0, 0.3, 1.0], dtype=torch.float64)
        first, last = self.e[:1].double(), self.e[1:2].double()
        if isinstance(self.prior, Uniform):
            return torch.cat([(1 - s) * first + s * last for s in share])
        e = slerp(first, last, share)[0]
        if not isinstance(self.prior, GaussianMixture):
            return e
        from_a, to_b = self.soft()[:2]
        return self.prior.mix(torch.stack([(1 - s) * from_a + s * to_b for s in share.tolist()]), e.float())

    def data(self) -> dict[str, Any]:
        return {
            "content": {
                "layers": layers_data(self.layers),
                "prior": prior_data(self.prior),
                "conditional": self.generator.classes,
            },
            "codes": [{"e": single(e), "weights": pairs} for e, pairs in zip(self.e, self.weights, strict=True)],
            "settings": self.settings,
            "shape": [*self.generator.shape],
            "wanted": single(self.wanted.flatten()),
        }


@pytest.fixture(scope="module")
def cases() -> dict[str, Case]:
    torch.manual_seed(0)
    return made()


@pytest.fixture(scope="module")
def said(browser: Any, cases: dict[str, Case], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a page of all cases answers to a name."""
    page = tmp_path_factory.mktemp("pixels") / "probe.html"
    text = document(
        title="probe",
        body="<main></main>",
        styles=[],
        scripts=[
            *map(own, (*PARTS, "canvases.js", "state.js", "search.js")),
            Path(__file__).with_name("probe.js").read_text(),
        ],
        data={"data": {"cases": [*cases]}},
        later={f"case-{number}": case.data() for number, case in enumerate(cases.values())},
    )
    page.write_text(text)
    browser.get(page.as_uri())
    wait(lambda: drawn(browser))
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    return lambda name: browser.execute_script(f"return {name}")


def test_no_network_is_forgotten() -> None:
    same = {"infogan_small"}  # the layers of infogan, narrower
    assert {*choices("network")} == {*SMALL} | POINTS | REFUSED | same


@pytest.mark.parametrize("network", sorted(REFUSED))
def test_what_is_more_than_a_list_of_layers_is_refused(build_model: BuildModel, network: str) -> None:
    model = build_model("model=gan", f"network={network}", "data.shape=[1,8,8]", "model.generator.width=8")
    with pytest.raises(GanLabError, match=r"^explore cannot show"):
        layers_of(model.generator)


def test_pixels_codes_and_gradients_are_those_of_torch(said: Any, cases: dict[str, Case]) -> None:
    for (name, case), found in zip(cases.items(), said("answers"), strict=True):
        with torch.no_grad():
            x, z = case.images(case.moved()).numpy(), case.z(case.moved()).numpy()
        scale = max(1.0, float(np.abs(z).max()))
        np.testing.assert_allclose(np.array(found["z"]), z, atol=2e-5 * scale, rtol=0, err_msg=name)
        assert x.std() > 0.05, "the images are not all grey"
        np.testing.assert_allclose(np.array(found["x"]).reshape(x.shape), x, atol=CLOSE / 10, rtol=0, err_msg=name)
        np.testing.assert_allclose(np.array(found["one"]), x[0], atol=CLOSE / 10, rtol=0, err_msg=name)
        last = to_uint8(torch.from_numpy(x[-1])).view(case.generator.shape).permute(1, 2, 0)
        colours = np.array(found["pixels"]).reshape(*last.shape[:2], 4)
        assert np.abs(colours[..., :3] - last.numpy()).max() <= 1, name
        assert (colours[..., 3] == 255).all()
        errors, gradients = case.gradients()
        np.testing.assert_allclose(np.array(found["errors"]), errors.numpy(), rtol=1e-4, err_msg=name)
        largest = float(gradients.abs().max())
        assert largest > 1e-4
        np.testing.assert_allclose(np.array(found["gradients"]), gradients.numpy(), atol=1e-3 * largest, err_msg=name)
        np.testing.assert_allclose(np.array(found["way"]), case.way().detach().numpy(), atol=2e-5 * scale, err_msg=name)


def test_random_numbers_are_normal_and_depend_on_their_keys(said: Any) -> None:
    found = said("random")
    some, others = np.array(found["some"]), np.array(found["others"])
    assert found["some"][:5] == found["fewer"]
    n = len(some)
    for values in (some, others):
        assert abs(values.mean()) < 5 / n**0.5
        assert abs(values.var() - 1) < 5 * (2 / n) ** 0.5
        assert abs((values**4).mean() - 3) < 5 * (96 / n) ** 0.5
    assert abs(np.corrcoef(some, others)[0, 1]) < 5 / n**0.5
    assert abs(np.corrcoef(some[:-1], some[1:])[0, 1]) < 5 / n**0.5


def test_a_code_is_passed_on_to_another_kind_of_prior(said: Any) -> None:
    """With equal probabilities, a component that it has, and zeros for numbers that were not there."""
    found = said("adapted")
    normal = torch.tensor([-1.5, 0.0, 0.7])
    np.testing.assert_allclose(found["within"], 2 * torch.special.ndtr(normal).numpy() - 1, atol=1e-6)
    np.testing.assert_allclose(found["back"], [*normal.tolist(), 0.0], atol=1e-2)
    assert found["component"] == 1


def test_every_half_is_read(said: Any) -> None:
    bits = np.arange(65536, dtype="<u2").view("<f2").astype("float64")
    finite = np.isfinite(bits)
    found = said("halves")
    assert [value is not None for value in found] == finite.tolist()
    assert [value for value in found if value is not None] == bits[finite].tolist()
