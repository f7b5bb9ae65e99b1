"""Writes golden.json: every term of the first ten rounds of every variant on the ring."""

from collections import defaultdict
from pathlib import Path

import torch
from hydra import compose, initialize_config_dir
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf, open_dict

from gan_lab.build import build
from gan_lab.callback.terms import averages
from gan_lab.cli.conf_dir import CONF_DIR, register_resolvers
from gan_lab.model.base import AdversarialModule
from tests.short_runs import fit

VARIANTS = sorted(path.stem for path in (CONF_DIR / "model").glob("*.yaml"))


def recorded(model: AdversarialModule) -> dict[str, list[float]]:
    """The terms of ten rounds, by name."""
    terms: dict[str, list[float]] = defaultdict(list)
    share = model.share_buffers  # called once a round, after the last turn

    def noted() -> None:
        share()
        for name, value in averages(model.played).items():
            terms[name].append(value)

    model.share_buffers = noted  # type: ignore[method-assign]
    fit(model, rounds=10)
    return dict(terms)


def main() -> None:
    register_resolvers()
    golden = {}
    with initialize_config_dir(str(CONF_DIR), version_base="1.3"):
        for variant in VARIANTS:
            config = compose("config", [f"model={variant}", "data=ring", "hydra.runtime.output_dir=unused"], True)
            HydraConfig.instance().set_config(config)
            with open_dict(config):
                del config["hydra"]
            torch.manual_seed(0)
            golden[variant] = recorded(build(OmegaConf.to_container(config, resolve=True)["model"], "model"))  # type: ignore
    path = Path(__file__).parent / "golden.json"
    lines = [f'"{variant}": {{\n' + ",\n".join(map(line, terms.items())) + "\n}" for variant, terms in golden.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def line(term: tuple[str, list[float]]) -> str:
    """One term on one line, seven digits."""
    return f'  "{term[0]}": {[float(f"{value:.7g}") for value in term[1]]}'


if __name__ == "__main__":
    main()
