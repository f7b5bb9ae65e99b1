"""Writes golden.json: every term of the first rounds of every variant on the ring, in float64.

Float64, data included, because rounding grows from round to round: in float32 two processors
differ by percents after ten rounds.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import pi
from pathlib import Path
from typing import Any

import torch

from gan_lab.build import build
from gan_lab.callback.terms import averages
from gan_lab.config.compose import compose_config
from gan_lab.data.ring import Ring
from gan_lab.data.toy import mixture
from gan_lab.trust.targets import CONF_DIR
from tests.short_runs import trainer

VARIANTS = sorted(path.stem for path in (CONF_DIR / "model").glob("*.yaml"))
ROUNDS = 10
TRAIN = 1280


@contextmanager
def double() -> Iterator[None]:
    """Makes what is built, drawn and computed in the block float64."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def ring() -> Ring:
    """The ring with few points, all of them float64: a float32 cosine is the processor's own."""
    data = Ring(shape=(2,), num_classes=8, batch_size=64, seed=1, split_seed=0)
    angles = torch.arange(8) * (2 * pi / 8)
    modes = 2 * torch.stack([angles.cos(), angles.sin()], dim=1) / 1.414
    data.train = mixture(modes, Ring.mode_std, TRAIN, torch.Generator().manual_seed(0))
    data.loaded = True
    return data


def recorded(make: Callable[[], Any], accelerator: str = "cpu") -> dict[str, list[float]]:
    """The terms of each round by name, and how far the averaged generator is from the trained one."""
    terms: dict[str, list[float]] = defaultdict(list)
    with double():
        model = make()
        share = model.share_buffers  # called once a round, after the last turn

        def noted() -> None:
            share()
            found = averages(model.played)
            pairs = zip(model.averaged_generator.parameters(), model.generator.parameters(), strict=True)
            found["average/distance"] = sum((a - b).detach().square().sum().item() for a, b in pairs) ** 0.5
            for name, value in found.items():
                terms[name].append(value)

        model.share_buffers = noted
        model.run_length = ROUNDS
        trainer(accelerator=accelerator, devices=1).fit(model, datamodule=ring())
    return dict(terms)


def main() -> None:
    torch.set_num_threads(1)
    golden = {}
    for variant in VARIANTS:
        config = compose_config(f"model={variant}", "data=ring")
        torch.manual_seed(0)
        golden[variant] = recorded(lambda config=config: build(config["model"], "model"))  # type: ignore[misc]
    path = Path(__file__).parent / "golden.json"
    lines = [f'"{variant}": {{\n' + ",\n".join(map(line, terms.items())) + "\n}" for variant, terms in golden.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def line(term: tuple[str, list[float]]) -> str:
    """One term on one line, nine digits."""
    return f'  "{term[0]}": {[float(f"{value:.9g}") for value in term[1]]}'


if __name__ == "__main__":
    main()
