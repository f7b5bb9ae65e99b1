"""How an exported model is used, with gan_lab and without: part of its card."""

from gan_lab.export.inputs import Inputs, mixes
from gan_lab.export.layer_table import composition, layer_table
from gan_lab.network.base import Critic
from gan_lab.runs.saved_weights import AVERAGED
from gan_lab.terminal.markdown_table import markdown_table
from gan_lab.trained_model import TrainedModel
from gan_lab.trust.texts import without_html

GENERATOR, PRIOR = f"{AVERAGED}generator.", f"{AVERAGED}prior."


def layout_page(trained: TrainedModel, inputs: Inputs, place: str, half: bool) -> str:
    """Returns the parts on the use of the file of weights: with gan_lab, and what another program must know."""
    module = trained.module
    stored = (
        "Tensors with two axes or more are stored in float16, and computing begins by making them float32. All others "
        "are float32."
        if half
        else "All are float32."
    )
    return f"""## With gan_lab

```python
import gan_lab

model = gan_lab.load({place!r})
model.sample(64, seed=1).picture()
```

## Without gan_lab

`model.safetensors` has tensors by name, and a layer's name stands before those of its tensors, with a dot. {stored}
Layers are those of torch in evaluation mode, where batch norm is
(x - running_mean) / sqrt(running_var + eps) * weight + bias.

**The generator** is the averaged one, and so are its statistics of batch norm.

{law(trained, inputs)}

{layer_table(module.averaged_generator, GENERATOR)}

{lines(composition(module.averaged_generator))}

{pixels(trained)}{of_critic(module.critic)}"""


def of_critic(critic: Critic | None) -> str:
    """Returns the part on the critic, nothing where there is none."""
    if critic is None:
        return ""
    columns = ", in a column for each class" if critic.outputs > 1 else ""
    return f"""

**The critic** gives raw scores, high for real{columns}.

{layer_table(critic, "critic.")}

{lines(composition(critic))}"""


def onnx_page(trained: TrainedModel, inputs: Inputs, differences: dict[str, float]) -> str:
    """Returns the part on the use of the files of ONNX."""
    images = "images" if len(trained.config["data"]["shape"]) == 3 else "points"
    takes = f"`noise` [batch, {inputs.dim}]" + (f" and `{inputs.choice}` [batch], int64" if inputs.choice else "")
    rows = {
        "generator": ["`generator.onnx`", takes, f"`{images}` {['batch', *trained.config['data']['shape']]}"],
    }
    if (critic := trained.module.critic) is not None:
        scores = f"`score` [batch, {critic.outputs}], high for real"
        rows["critic"] = ["`critic.onnx`", f"`{images}` {['batch', *critic.shape]}", scores]
    lines = [[cell.replace("'", "") for cell in rows[name]] for name in differences]
    return f"""## Use

```python
{program(inputs, images, [*differences])}
```

{markdown_table(["file", "takes, float32", "gives"], lines, ["---"] * 3)}

{" ".join(filter(None, [choices(inputs), pixels(trained)]))} The metadata of the files say the same. When they
were written, what onnxruntime computed differed from torch by {max(differences.values()):.1g} at most."""


def program(inputs: Inputs, images: str, networks: list[str]) -> str:
    """Returns a program that runs the networks."""
    choice = f', "{inputs.choice}": np.arange(64) % {inputs.choices}' if inputs.choice else ""
    noise = "rng.uniform(-1, 1, " if "uniform" in inputs.law else "rng.standard_normal("
    runs = {
        "generator": f"""rng = np.random.default_rng(1)
noise = {noise}(64, {inputs.dim})).astype(np.float32)
generator = onnxruntime.InferenceSession("generator.onnx")
({images},) = generator.run(None, {{"noise": noise{choice}}})""",
        "critic": f"""critic = onnxruntime.InferenceSession("critic.onnx")
(score,) = critic.run(None, {{"{images}": {images}}})""",
    }
    return "\n".join(["import numpy as np", "import onnxruntime", "", *(runs[name] for name in networks)])


def law(trained: TrainedModel, inputs: Inputs) -> str:
    """Returns how a code and the input of the first layer are made, in words."""
    noise = f"The noise has {inputs.dim} independent numbers, {law_in_words(inputs)}."
    if mixes(trained.module):
        made = (
            f"The code is z = mean + std * noise, where mean is the row k of `{PRIOR}means` "
            f"{[inputs.choices, inputs.dim]} and std the row k of log(1 + exp(`{PRIOR}rho`))."
        )
    else:
        made = "The code z is this noise."
    if trained.module.averaged_generator.classes:
        first = f"The first layer takes z, followed by {inputs.choices} numbers: number k is 1, and the others are 0."
    else:
        first = "The first layer takes z."
    return " ".join(filter(None, [noise, made, choices(inputs), first]))


def choices(inputs: Inputs) -> str:
    """Returns what the second input chooses, in a sentence."""
    if inputs.choice is None:
        return ""
    said = f"The {inputs.choice} k is a whole number from 0 to {inputs.choices - 1}, each as likely."
    if inputs.classes:
        n, names = len(inputs.classes), ", ".join(inputs.classes)
        number = f"k mod {n}" if inputs.choices > n else "k"
        said += f" It stands for the class number {number} of these: {without_html(names)}."
    return said


def law_in_words(inputs: Inputs) -> str:
    return {"normal": "each normal with mean 0 and variance 1"}.get(inputs.law, f"each {inputs.law}")


def pixels(trained: TrainedModel) -> str:
    """Returns what the numbers of a sample mean."""
    shape = [*trained.config["data"]["shape"]]
    if len(shape) != 3:
        return "A sample is a point in the plane."
    form = f"An image has the shape {shape}: channel, height, width."
    return f"{form} Its pixels lie in [-1, 1], and are round(127.5 (x + 1)) as bytes."


def lines(sentences: list[str]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)
