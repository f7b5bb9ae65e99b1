"""Refuses impossible combinations of parts before anything is trained."""

from collections.abc import Mapping

from torch import nn

from gan_lab.augment.base import Augmentation
from gan_lab.loss.base import AdversarialLoss
from gan_lab.model.top_k import TopK
from gan_lab.network.base import Critic, Generator
from gan_lab.network.dropout import Dropout
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
    packing: int,
    augment: Augmentation | None,
    top_k: TopK | None,
) -> None:
    """Raises GanLabError if parts do not fit together."""
    if n_critic < 1:
        raise GanLabError(f"model.n_critic must be at least 1, not {n_critic}")
    if generator.latent_dim != prior.dim:
        raise GanLabError(
            f"the generator takes codes of {generator.latent_dim} numbers, but the prior draws {prior.dim}: "
            "set only model.prior.dim, from which model.generator.latent_dim follows"
        )
    if generator.classes not in (0, prior.components):
        raise GanLabError(
            f"the generator is conditioned on {generator.classes} classes, but {type(prior).__name__} draws from "
            f"{prior.components}: set model.generator.classes={prior.components}"
        )
    if packing < 1:
        raise GanLabError(f"model.packing must be at least 1, not {packing}")
    if packing > 1 and (loss.needs_labels or loss.needs_components):
        raise GanLabError(
            f"{type(loss).__name__} scores each sample by its class, but a pack of samples has no class: use "
            "model.packing=1"
        )
    packs = (generator.shape[0] * packing, *generator.shape[1:])
    if critic.shape != packs:
        raise GanLabError(
            f"the generator makes samples of shape {generator.shape}, or {packs} in packs of {packing}, but the critic "
            f"takes {critic.shape}"
        )
    if loss.needs_energy and not critic.is_energy:
        raise GanLabError(
            f"{type(loss).__name__} needs a critic whose scores are energies, bounded on one side, but "
            f"{type(critic).__name__} is not such a critic: use model=ebgan or model=began, whose critic is an "
            "autoencoder"
        )
    if critic.outputs != loss.outputs:
        raise GanLabError(
            f"{type(loss).__name__} needs {loss.outputs} scores per sample, but the critic gives {critic.outputs}: "
            f"set model.critic.outputs={loss.outputs}"
        )
    if loss.compares_batches and top_k is not None and top_k.share < 1:
        raise GanLabError(
            f"{type(loss).__name__} compares batches, so no fake alone is better than another: use model.top_k.share=1"
        )
    if prior.components < loss.needs_components:
        raise GanLabError(
            f"{type(loss).__name__} needs a mixture prior of at least {loss.needs_components} components, one for each "
            f"class, but {type(prior).__name__} has {prior.components}: use prior=gaussian_mixture"
        )
    for part in (loss, *penalties.values()):
        if part.needs_images and len(generator.shape) != 3:
            raise GanLabError(
                f"{type(part).__name__} needs images with these settings, but the samples have shape {generator.shape}"
            )
    if augment is not None:
        if len(generator.shape) != 3:
            raise GanLabError(
                f"augment= changes images, but the samples have shape {generator.shape}: use augment=none"
            )
        augment.refuse(loss)
    for name, penalty in penalties.items():
        if penalty.needs_dropout and not drops_out(critic):
            raise GanLabError(
                f"penalty {name} compares the critic under two dropout masks, but this critic has no dropout: "
                "set model.critic.dropout, for example to 0.5"
            )
        if not penalty.needs_independent_samples:
            continue
        if critic.couples_samples:
            raise GanLabError(
                f"penalty {name} differentiates each score by its own sample, which batch norm in the critic and batch "
                "statistics forbid: use model.critic.norm=layer or none, and no model.critic.batch_statistics"
            )
        if critic.outputs != 1 and not (loss.chooses_score or (loss.mixes_scores and penalty.squares_gradient)):
            raise GanLabError(
                f"penalty {name} needs one score per sample, but {type(loss).__name__} makes the critic give "
                f"{critic.outputs}: use loss=class_wasserstein, which chooses one, penalty=[r1] or none"
            )


def refuse_strangers(model: str, made_for: Mapping[str, type[nn.Module]], parts: Mapping[str, nn.Module]) -> None:
    """Raises GanLabError if a part is not of the class that this procedure needs."""
    for role, kind in made_for.items():
        if not isinstance(parts[role], kind):
            raise GanLabError(f"the {role} of {model} must be of {kind.__name__}, not of {type(parts[role]).__name__}")


def drops_out(critic: Critic) -> bool:
    """Returns whether some layer of the critic is dropout with a probability above 0."""
    kinds = (Dropout, nn.modules.dropout._DropoutNd)  # our networks' and users'
    return any(isinstance(layer, kinds) and layer.p > 0 for layer in critic.modules())
