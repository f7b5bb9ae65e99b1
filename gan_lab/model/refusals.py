"""Combinations that cannot be right are refused before anything is trained."""

from collections.abc import Mapping

from gan_lab.loss.base import AdversarialLoss
from gan_lab.network.base import Critic, Generator
from gan_lab.penalty.base import Penalty
from gan_lab.prior.base import LatentPrior
from gan_lab.types import GanLabError


def refuse(
    *,
    generator: Generator,
    critic: Critic,
    prior: LatentPrior,
    loss: AdversarialLoss,
    penalties: Mapping[str, Penalty],
    n_critic: int,
) -> None:
    """Raises GanLabError for parts that do not fit together."""
    if n_critic < 1:
        raise GanLabError(f"model.n_critic must be at least 1, not {n_critic}")
    if generator.latent_dim != prior.dim:
        raise GanLabError(
            f"the generator takes codes of {generator.latent_dim} numbers and the prior draws {prior.dim}: "
            "set model.prior.dim alone, model.generator.latent_dim follows it"
        )
    if generator.shape != critic.shape:
        raise GanLabError(f"the generator makes samples of shape {generator.shape}, the critic takes {critic.shape}")
    if critic.outputs != loss.outputs:
        raise GanLabError(
            f"{type(loss).__name__} wants {loss.outputs} scores per sample and the critic gives {critic.outputs}: "
            f"set model.critic.outputs={loss.outputs}"
        )
    if prior.components < loss.needs_components:
        raise GanLabError(
            f"{type(loss).__name__} needs a mixture prior of at least {loss.needs_components} components, one for each "
            f"class, and {type(prior).__name__} has {prior.components}: use prior=gaussian_mixture"
        )
    for name, penalty in penalties.items():
        if not penalty.needs_independent_samples:
            continue
        if critic.couples_samples:
            raise GanLabError(
                f"penalty {name} differentiates each score by its own sample, which batch norm in the critic forbids: "
                "use model.critic.norm=layer or none"
            )
        if critic.outputs != 1:
            raise GanLabError(
                f"penalty {name} needs one score per sample and {type(loss).__name__} makes the critic give "
                f"{critic.outputs}: use a loss on one score, such as loss=wasserstein, or penalty=[]"
            )
