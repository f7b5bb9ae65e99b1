"""The dynamics of the Dirac-GAN against eigenvalues and paths that are worked out by hand."""

from cmath import sqrt
from itertools import pairwise
from typing import Any

import pytest
import torch

from gan_lab.errors import GanLabError
from gan_lab.explain.base import Explained
from gan_lab.explain.dirac_steps import GAMES, METHODS, Settings, eigenvalues, field, path, start
from gan_lab.explain.dynamics import Dynamics, said

H, R1, GAMMA, K = 0.2, 0.7, 0.5, 3
SETTINGS = Settings(rate=H, r1=R1, consensus=GAMMA, unrolled=K)
SLOPES = {"bilinear": 1.0, "logistic": 0.5}


def roots(middle: complex, last: complex) -> list[complex]:
    """The solutions of l^2 - middle l + last = 0."""
    root = sqrt(middle * middle - 4 * last)
    return [(middle + root) / 2, (middle - root) / 2]


def by_hand(method: str, a: float) -> list[complex]:
    """The eigenvalues of the matrices that the docstring of `Dynamics` names, where a = c'(0)."""
    t = H * a
    return {
        "simultaneous": [1 + 1j * t, 1 - 1j * t],
        "alternating": roots(2 - t * t, 1),
        "r1": roots(2 - H * R1, 1 - H * R1 + t * t),
        "consensus": [1 - H * GAMMA * a * a + 1j * t, 1 - H * GAMMA * a * a - 1j * t],
        "extragradient": [1 - t * t + 1j * t, 1 - t * t - 1j * t],
        "optimistic": [*roots(1 - 2j * t, -1j * t), *roots(1 + 2j * t, 1j * t)],
        "unrolled": roots(2 - 2 * K * t * t, 1 - 2 * K * t * t + t * t),
    }[method]


@pytest.mark.parametrize("game", GAMES)
@pytest.mark.parametrize("method", METHODS)
def test_eigenvalues_are_those_of_the_formulas(method: str, game: str) -> None:
    found = eigenvalues(METHODS[method](GAMES[game], SETTINGS), len(start(method))).tolist()
    for wanted in by_hand(method, SLOPES[game]):
        assert min(abs(value - wanted) for value in found) < 1e-7
    assert len(found) == len(by_hand(method, 1.0))
    assert all(abs(one) >= abs(other) - 1e-12 for one, other in pairwise(found))


def walked(method: str, game: str = "bilinear", steps: int = 100) -> torch.Tensor:
    return path(METHODS[method](GAMES[game], SETTINGS), start(method), steps)


@pytest.mark.parametrize(("method", "factor"), [("simultaneous", 1 + H**2), ("extragradient", 1 - H**2 + H**4)])
def test_the_distance_grows_or_falls_by_the_same_factor_in_each_step(method: str, factor: float) -> None:
    squares = walked(method).square().sum(1)
    torch.testing.assert_close(squares[1:] / squares[:-1], torch.full_like(squares[1:], factor))


def test_alternating_steps_stay_on_an_ellipse() -> None:
    theta, psi = walked("alternating").T
    form = theta.square() + psi.square() - H * theta * psi
    torch.testing.assert_close(form, torch.full_like(form, 2 - H))


@pytest.mark.parametrize("game", GAMES)
@pytest.mark.parametrize("method", ["r1", "consensus", "extragradient", "optimistic", "unrolled"])
def test_five_methods_come_to_the_solution_of_both_games(method: str, game: str) -> None:
    assert walked(method, game, steps=1000)[-1].norm() < 0.05


def test_the_field_is_the_gradient_of_the_losses_of_the_house() -> None:
    """Minimax: L_D = softplus(psi theta) + log 2, L_G = -softplus(psi theta)."""
    theta, psi = (torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (0.7, -1.3))
    loss = torch.nn.functional.softplus(theta * psi)
    (by_theta,) = torch.autograd.grad(-loss, theta, retain_graph=True)
    (by_psi,) = torch.autograd.grad(loss, psi)
    found = field(GAMES["logistic"], torch.stack([theta, psi]).detach())
    torch.testing.assert_close(found, torch.stack([by_theta, by_psi]))


def test_a_critic_that_looks_no_step_ahead_steps_simultaneously() -> None:
    short = Settings(rate=H, r1=R1, consensus=GAMMA, unrolled=0)
    for game in GAMES.values():
        one, other = (path(METHODS[name](game, short), start(name), 20) for name in ("unrolled", "simultaneous"))
        torch.testing.assert_close(one, other)


@pytest.fixture(scope="module")
def explained() -> Explained:
    return Dynamics(rate=H, steps=30, r1=R1, consensus=GAMMA, unrolled=K).explain()


def test_the_numbers_are_plain_and_of_the_paths_that_are_drawn(explained: Explained) -> None:
    assert [*explained.numbers] == [*METHODS]
    for panel, (method, rows) in zip(explained.figure.axes, explained.numbers.items(), strict=False):
        lines: dict[Any, Any] = {line.get_label(): line for line in panel.get_lines()}
        assert lines["loss of WGAN (bilinear)"].get_xdata().tolist() == rows["bilinear"]["theta"]
        assert lines["loss of the original GAN"].get_ydata().tolist() == rows["logistic"]["psi"]
        assert len(rows["bilinear"]["theta"]) == 31
        assert rows["bilinear"]["modulus"] == pytest.approx(abs(complex(*rows["bilinear"]["eigenvalues"][0])))
        assert f"{rows['bilinear']['modulus']:.4f} and {rows['logistic']['modulus']:.4f}" in panel.get_title(), method


def test_the_sentences_say_what_eigenvalues_mean(explained: Explained) -> None:
    by_name = dict(zip(METHODS, explained.sentences, strict=False))
    assert (
        "1 ± 0.2i, of size 1.0198; the path turns about the solution, and the distance doubles every 35"
        in (by_name["simultaneous"])
    )
    assert by_name["alternating"].endswith("neither grows nor falls: a closed curve.")
    assert "halves every 35.4 steps" in by_name["extragradient"]
    straight = {"modulus": 0.5, "eigenvalues": [[0.5, 0.0]]}
    assert "is 0.5, of size 0.5000; the path goes straight, and the distance halves every 1.0" in said(straight)
    assert said({"modulus": 0.0, "eigenvalues": [[0.0, 0.0]]}).endswith("one step is enough.")


@pytest.mark.parametrize("wrong", [{"rate": 0.0}, {"steps": 0}, {"r1": -1.0}, {"unrolled": -1}])
def test_refusal(wrong: dict[str, Any]) -> None:
    with pytest.raises(GanLabError, match="must be a"):
        Dynamics(**{"rate": H, "steps": 30, "r1": R1, "consensus": GAMMA, "unrolled": K} | wrong)
