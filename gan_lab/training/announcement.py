"""What a run says of itself before it trains."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

import torch
from lightning import Callback, LightningModule, Trainer
from torch import nn

from gan_lab.callback.evaluation import Evaluation
from gan_lab.data.base import DataModule
from gan_lab.distributed.environment import one_of_many
from gan_lab.model.base import AdversarialModule
from gan_lab.model.generative import GenerativeModule
from gan_lab.terminal.table import paragraph


@final
class Announcement(Callback):
    """Prints `announcement` before the first round, on the first process; for a job of a multirun `one_line`.

    By then the model, the data and their batches have been checked, so that what is refused was not announced.
    """

    def __init__(self, config: Mapping[str, Any], folder: str) -> None:
        self.config = config
        self.folder = folder

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if not trainer.is_global_zero:
            return
        assert isinstance(pl_module, GenerativeModule)
        machine = machine_of(pl_module.device, trainer.world_size)
        if one_of_many():
            print(one_line(self.config, pl_module, machine, Path(self.folder).name))
            return
        words = announcement(
            *(self.config, pl_module, trainer.datamodule, evaluation_of(trainer)),  # type: ignore[attr-defined]
            machine=machine,
            processes=trainer.world_size,
            step=pl_module.generator_steps,
            folder=self.folder,
        )
        print(paragraph(words), flush=True)


def evaluation_of(trainer: Trainer) -> Evaluation | None:
    """Returns the callback that measures, if there is one."""
    return next((c for c in trainer.callbacks if isinstance(c, Evaluation)), None)  # type: ignore[attr-defined]


def announcement(
    config: Mapping[str, Any],
    model: GenerativeModule,
    data: DataModule,
    evaluation: Evaluation | None,
    *,
    machine: str,
    processes: int,
    step: int,
    folder: str,
) -> str:
    """Returns a paragraph on the run: game, networks, data, measures, processes, length and folder.

    `machine` is what `machine_of` returns, `step` the generator step at which a resumed run goes on.
    """
    sentences = [
        game(config, model),
        networks(model),
        f"The data are {data.described}.",
        *([] if evaluation is None else [measuring(evaluation, model)]),
        sharing(config, model, data, machine, processes),
        length(model, data),
        *([f"It goes on at generator step {step:,}."] if step else []),
        f"Its folder is {folder}.",
    ]
    return " ".join(sentences)


def one_line(config: Mapping[str, Any], model: GenerativeModule, machine: str, folder: str) -> str:
    """Returns the same in one line, for a job among many."""
    steps = f"{model.run_length:,} steps"
    return f"{folder}: {name_of(config)} on {config['dataset']}, seed {config['seed']}, {steps}, {machine}"


def machine_of(device: torch.device, processes: int) -> str:
    """Returns how many processes of which kind there are: `2 processes on the CPU with 1 thread each`."""
    many = "1 process" if processes == 1 else f"{processes} processes"
    if device.type != "cpu":
        return f"{many} on {torch.cuda.get_device_name(device) if device.type == 'cuda' else device}"
    threads = torch.get_num_threads()
    each = " each" if processes > 1 else ""
    return f"{many} on the CPU with {threads} thread{'s' * (threads != 1)}{each}"


def name_of(config: Mapping[str, Any]) -> str:
    """Returns the run's name; runs begun before there was one have their variant's."""
    return str(config.get("name") or config["variant"])


def option(config: Mapping[str, Any]) -> str:
    """Returns the name of a part as one chooses it: the module of its class."""
    return str(config["_target_"]).split(".")[-2]


def game(config: Mapping[str, Any], model: GenerativeModule) -> str:
    """Returns the sentence on model, loss, penalties, augmentation and prior."""
    minimised = judged_by(config, model) if isinstance(model, AdversarialModule) else "no critic"
    mixture = f" of {model.prior.components} components" if model.prior.components else ""
    return (
        f"This run trains {name_of(config)} on {config['dataset']}, with seed {config['seed']}: "
        f"{minimised}, and codes of {model.prior.dim} numbers "
        f"from the prior {option(config['model']['prior'])}{mixture}."
    )


def judged_by(config: Mapping[str, Any], model: AdversarialModule) -> str:
    """Returns the loss, the penalties and the augmentation of a game with a critic."""
    added = [*model.penalties, *model.constraints]
    penalties = f"the penalt{'y' if len(added) == 1 else 'ies'} {' and '.join(added)}" if added else "no penalty"
    changed = "" if model.augment is None else f", images that augment={option(config['model']['augment'])} changes"
    return f"the loss {option(config['model']['loss'])}, {penalties}{changed}"


def networks(model: GenerativeModule) -> str:
    """Returns the sentence on the networks and the numbers of their trained parameters."""
    parts = {"generator": model.generator, "critic": model.critic, "prior": model.prior}
    counts = {name: trained_parameters(part) for name, part in parts.items() if part is not None}
    said = [f"the {name} ({type(parts[name]).__name__}) {count:,}" for name, count in counts.items() if count]
    first, *others = said
    first = f"{first[0].upper()}{first[1:]} parameters".replace(") ", ") has ", 1)
    return f"{', '.join([first, *others[:-1]])} and {others[-1]}." if others else f"{first}."


def trained_parameters(part: nn.Module) -> int:
    return sum(parameter.numel() for parameter in part.parameters() if parameter.requires_grad)


def measuring(evaluation: Evaluation, model: GenerativeModule) -> str:
    """Returns the sentence on what is measured, and how often."""
    assert model.run_length is not None
    times = evaluation.times_in(model.run_length)
    often = "once" if times == 1 else f"{times} times"
    if times < evaluation.most:
        often += f", since the run is short (callbacks.evaluation.steps_apart={evaluation.steps_apart})"
    return f"Samples are measured {often}, by {evaluation.measure.described}."


def sharing(config: Mapping[str, Any], model: GenerativeModule, data: DataModule, machine: str, processes: int) -> str:
    """Returns the sentence on processes, and on what each sees of a batch."""
    precision = f"precision {config['trainer']['precision']}"
    if processes == 1:
        return f"It trains in {machine}, in batches of {data.batch_size}, with {precision}."
    own = data.batch_size // processes
    coupled = any(isinstance(layer, nn.modules.batchnorm._BatchNorm) for layer in model.modules())
    norm = f", and batch norm sees these {own} alone" if coupled else ""
    return (
        f"It trains in {machine}, with {precision}: every process takes {own} of the {data.batch_size} samples of a "
        f"batch{norm}."
    )


def length(model: GenerativeModule, data: DataModule) -> str:
    """Returns the sentence on the length, in steps and in passes over the training data."""
    assert model.run_length is not None
    epochs = model.run_length * model.batches_per_round * data.batch_size / len(data.train)
    turns = model.n_critic if isinstance(model, AdversarialModule) else 0
    critic = f"; the critic takes {turns} for each of them" if turns > 1 else ""
    return f"The run is {model.run_length:,} generator steps long, {epochs:.4g} epochs{critic}."
