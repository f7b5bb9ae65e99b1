"""Variants that are a yaml alone differ from their parent in what they say."""

from typing import Any

from tests.fixtures import Compose


def difference(first: Any, second: Any, path: str = "") -> set[str]:
    """The keys, dotted, at which two configurations differ."""
    if not (isinstance(first, dict) and isinstance(second, dict)):
        return set() if first == second else {path}
    keys = first.keys() | second.keys()
    return set().union(*(difference(first.get(k), second.get(k), f"{path}.{k}".strip(".")) for k in keys))


def test_wgan_lp_is_wgan_gp_with_another_penalty(composed: Compose) -> None:
    changed = difference(*(composed(f"model={variant}")["model"] for variant in ("wgan_gp", "wgan_lp")))
    assert changed == {"penalties.gradient.form"}
    assert composed("model=wgan_lp")["model"]["penalties"]["gradient"]["form"] == "one_sided"


def test_fgan_is_the_gan_without_momentum(composed: Compose) -> None:
    gan, fgan = (composed(f"model={variant}")["model"] for variant in ("gan", "fgan"))
    others = [{k: v for k, v in model.items() if k != "loss"} for model in (gan, fgan)]
    changed = difference(others[0], others[1])
    assert changed == {"optimizers.critic.betas", "optimizers.generator.betas"}
    assert all(optimizer["betas"][0] == 0 for optimizer in fgan["optimizers"].values())


def test_sngan_is_the_hinge_gan_with_spectral_norm_and_its_own_schedule(composed: Compose) -> None:
    changed = difference(*(composed(f"model={variant}")["model"] for variant in ("hinge", "sngan")))
    players = ("critic", "generator")
    assert changed == {"critic.norm", "n_critic", *(f"optimizers.{player}.betas" for player in players)}


def test_the_other_variants_change_the_loss_alone(composed: Compose) -> None:
    for variant in ("gan_minimax", "lsgan", "hinge", "rsgan", "ragan"):
        changed = difference(*(composed(f"model={name}")["model"] for name in ("gan", variant)))
        assert {key.split(".")[0] for key in changed} == {"loss"}, variant
