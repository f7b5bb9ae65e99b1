"""Another program, which reads a card and its weights and knows nothing of gan_lab: torch and safetensors alone."""

import re
from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor, nn

ROW = re.compile(r"^\| `([\w.]+)` \| (\w+\(.*?\))(, whose weight is .*)? \| (.*) \|$", re.MULTILINE)


def network(folder: Path, prefix: str) -> nn.Sequential:
    """The layers whose names begin so, in the order of the card's table, with the shapes that it states."""
    stored = {name: value.float() for name, value in load_file(folder / "model.safetensors").items()}
    found = nn.Sequential()
    for name, operation, normalised, tensors in ROW.findall((folder / "README.md").read_text()):
        if not name.startswith(prefix):
            continue
        layer = eval(operation, vars(nn))
        own = {part: stored[f"{name}.{part}"] for part in re.findall(r"`([\w.]+)` \[", tensors)}
        assert tensors == ", ".join(f"`{part}` {[*value.shape]}" for part, value in own.items())
        layer.load_state_dict(
            normalise(own, layer) if normalised else own, strict=not isinstance(layer, nn.BatchNorm1d)
        )
        found.append(layer)
    return found.eval().requires_grad_(False)


def normalise(own: dict[str, Tensor], layer: nn.Module) -> dict[str, Tensor]:
    """The weight that the card's formula W / (u' W v) gives."""
    weight, u, v = (
        next(value for name, value in own.items() if name.endswith(end)) for end in ("original", "_u", "_v")
    )
    rows = weight.transpose(0, 1) if isinstance(layer, nn.ConvTranspose2d) else weight
    return {"bias": own["bias"], "weight": weight / (u @ rows.flatten(1) @ v)}
