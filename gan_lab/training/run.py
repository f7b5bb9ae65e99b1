"""One training run: from a composed configuration to a finished run folder."""

import logging
import os
import signal
import warnings
from pathlib import Path
from typing import Any, cast

import torch
from lightning import Callback, Trainer
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch.loggers import Logger
from omegaconf import DictConfig, OmegaConf

from gan_lab.build import build, call_of, named_object
from gan_lab.callback.checkpoints import AtomicCheckpointIO, Checkpoints
from gan_lab.callback.config_file import ConfigFile
from gan_lab.callback.report import Report
from gan_lab.callback.summary import Summary
from gan_lab.cli.command import no_empty_folder, overrides_as_typed
from gan_lab.data.base import DataModule
from gan_lab.distributed.environment import first, first_on_node, one_of_many, refuse_folders_apart
from gan_lab.distributed.interrupts import preemption
from gan_lab.distributed.strategy import TurnByTurn
from gan_lab.errors import GanLabError, PrunedError
from gan_lab.logger.metrics_csv import MetricsCSV
from gan_lab.loss.classes import label_classes
from gan_lab.maths.float32 import switch_off_tf32
from gan_lab.model.captured import CapturedRound, without_graphs
from gan_lab.model.generative import GenerativeModule
from gan_lab.noise import seed_of
from gan_lab.runs import resume
from gan_lab.runs.as_written import as_written, literal
from gan_lab.runs.checkpoint import to_resume
from gan_lab.runs.lock import only_process
from gan_lab.runs.overwriting import refuse_overwriting, replaced
from gan_lab.runs.run_folder import RunFolder
from gan_lab.runs.state import OVER, state
from gan_lab.terminal.commands import assigned, from_here, typed
from gan_lab.training.announcement import Announcement, evaluation_of
from gan_lab.training.conclusion import files, result_in_one_line, results, what_next
from gan_lab.training.devices import chosen_accelerator, device_error, several_processes
from gan_lab.training.isolation import isolated_job
from gan_lab.training.memory import keep_freed_memory
from gan_lab.training.precision import CHOSEN, chosen_precision
from gan_lab.training.signals import signals_of_a_run
from gan_lab.trust.links import refuse_traps

TRAINER_OPTIONS: dict[str, tuple[Any, ...]] = {
    "accelerator": (),
    "devices": (),
    "num_nodes": (),
    "strategy": ("auto", "ddp", "ddp_find_unused_parameters_true"),
    "precision": ("auto", "32-true", "bf16-mixed"),  # half throughout, or a loss scale, breaks gradient penalties
    "cuda_graph": (True, False),  # ours
    "deterministic": (),
    "gradient_clip_val": (None,),  # Lightning can do neither under manual optimization
    "accumulate_grad_batches": (1,),
}
"""The options of conf/trainer and the values allowed; where none are named, Lightning checks them."""


def train(composed: DictConfig) -> float | None:
    """Trains what the configuration describes and returns the best value of its monitored metric, for sweeps.

    With `resume`, the saved configuration of the run replaces the composed one. Raises GanLabError for mistakes in the
    configuration before anything is trained; then no folder is left behind.
    """
    quieten()
    composed.overrides = [literal(word) for word in overrides_as_typed()]
    run_dir, checkpoint = Path(composed.run_dir), None
    if composed.resume:
        run_dir, checkpoint = resume.locate(composed.resume)
        composed = resume.saved_config(run_dir, overrides_as_typed())
    with no_empty_folder(run_dir), only_process(run_dir):
        refuse_traps(run_dir)
        if before := resume.over(composed):  # another process, for which this one waited, has finished it
            return before.best
        if checkpoint is None and resume.begun(composed):
            run_dir, checkpoint = resume.locate(composed.run_dir)
            composed = resume.saved_config(run_dir, (), composed)
        if first():
            RunFolder(run_dir).remove_partial_files()
        if checkpoint is None:
            refuse_overwriting(RunFolder(run_dir), composed.overwrite)
        config = cast(dict[str, Any], OmegaConf.to_container(composed, resolve=True))
        config.pop("search", None)  # the sweep's, not the run's
        for place in ("root", "path"):  # for a resumption from another directory
            if config["data"].get(place) is not None:
                config["data"][place] = os.path.abspath(config["data"][place])
        with isolated_job(resumed=checkpoint is not None):
            return run_training(composed, config, run_dir, checkpoint)


def run_training(composed: DictConfig, config: dict[str, Any], run_dir: Path, checkpoint: Path | None) -> float | None:
    """Builds the objects, runs Lightning, prints the results and returns the best value of the monitored metric.

    `config` holds the values of `composed`.
    """
    overwrite = config.pop("overwrite", False) and checkpoint is None
    refuse_folders_apart(config["trainer"]["num_nodes"])
    tune_process()
    switch_off_tf32()
    config["trainer"].setdefault("cuda_graph", False)  # runs begun before there was such an option go on
    settle_precision(config["trainer"])
    stored = as_written(composed, config)
    data: DataModule = build(config["data"], "data", DataModule)
    if first_on_node():
        data.prepare_data()
    data.setup()
    for note in data.notes if first() else ():
        print(note)
    refuse_missing_labels(config["model"], data, config["dataset"])
    torch.manual_seed(seed_of("weights", config["seed"]))
    model: GenerativeModule = build(config["model"], "model", GenerativeModule)
    model.run_length = run_length(config, model, data)
    try:
        model.configure_optimizers()
    except ValueError as error:
        raise GanLabError(f"optimizer: {error}") from error
    folder = RunFolder(run_dir)
    csv = MetricsCSV(folder.metrics)
    trainer = build_trainer(config, csv, ConfigFile(stored, folder.config))
    if evaluation := evaluation_of(trainer):
        evaluation.measure.set_label_classes(label_classes(model.loss, data.num_classes))
        evaluation.measure.set_networks(model.averaged_networks)
        evaluation.measure.plan(data, evaluation.n)
    if config["trainer"]["cuda_graph"]:
        device, processes = trainer.strategy.root_device, trainer.world_size
        missing = without_graphs(device, processes)
        if checkpoint is None or missing is None:
            captured = CapturedRound(model)
            captured.refuse(device, processes)
            model.round_player = captured
        elif first():
            print(f"{missing}. The run goes on without it, by the same operations one by one")
    if checkpoint is not None:
        checkpoint, steps = resumed_from(folder, checkpoint, model.run_length)
        csv.resume_at(steps)
    trainer.callbacks.insert(1, Announcement(config, from_here(run_dir)))  # type: ignore[attr-defined]
    with replaced(folder, overwrite):
        loggers = [build(logger, f"loggers.{name}", Logger) for name, logger in config["loggers"].items()]
        for logger in loggers:  # last, so that nothing that is refused leaves a W&B run behind
            logger.log_hyperparams(stored)
        trainer.loggers = [csv, *loggers]
        try:
            with signals_of_a_run(trainer, run_dir):
                trainer.fit(model, datamodule=data, ckpt_path=checkpoint, weights_only=True)
        except PrunedError as error:
            print(f"the run was stopped early by the search: {error}")
            return None
        except RuntimeError as error:
            if trainer.world_size > 1 and "by peer" in str(error):  # as gloo and NCCL say it
                raise GanLabError(
                    "another process of this run has ended, so this one ends too: continue the run with "
                    f"{typed('gan_lab', assigned('resume', from_here(run_dir)))}"
                ) from error
            raise
    return conclude(config, trainer, model, run_dir)


def refuse_missing_labels(model: dict[str, Any], data: DataModule, dataset: str) -> None:
    """Raises GanLabError for a loss of classes where the data have none. A model without a critic has no loss."""
    if model.get("critic", model) is None:
        return
    loss = named_object(call_of(model.get("loss", {}), "model.loss")[0], "model.loss")
    if loss.needs_labels and not data.num_classes:
        raise GanLabError(f"{loss.__name__} needs class labels, but data={dataset} has none here")


def resumed_from(folder: RunFolder, checkpoint: Path, length: int) -> tuple[Path, int]:
    """Returns the checkpoint from which a run goes on, and its generator steps. Raises GanLabError for a run that is
    finished; one that ended after its last step, but before its results were written, has only these to write."""
    checkpoint, saved = to_resume(folder, checkpoint)
    steps = saved["counters"]["generator_steps"]
    if steps > length or (steps == length and state(folder.path).status in OVER):
        raise resume.already_there(steps)
    return checkpoint, steps


def tune_process() -> None:
    """Sets options of this process that affect its speed but no result."""
    keep_freed_memory()
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]  # for finding bugs
    if not torch.cuda.is_available():
        # Lightning sets it to 1: then torch's optimizers look for NVIDIA's library on the disk before every step.
        os.environ["PYTORCH_NVML_BASED_CUDA_CHECK"] = "0"


def settle_precision(trainer: dict[str, Any]) -> None:
    """Replaces `auto` by the precision that suits the machine, in config.yaml too: a resumed run must not choose
    again."""
    if trainer["precision"] == "auto":
        gpu = trainer["accelerator"] in ("auto", "gpu", "cuda") and torch.cuda.is_available()
        precision, why = chosen_precision(torch.device("cuda" if gpu else "cpu"))
        trainer["precision"] = os.environ[CHOSEN] = precision
        if first():
            print(f"trainer.precision=auto: {precision}, since {why}")


def run_length(config: dict[str, Any], model: GenerativeModule, data: DataModule) -> int:
    """Returns the number of generator steps: as given, or such that the data are used for `epochs` passes."""
    steps, epochs = config["generator_steps"], config["epochs"]
    name, given = ("generator_steps", steps) if steps is not None else ("epochs", epochs)
    if isinstance(given, bool) or not isinstance(given, int | float) or given <= 0 or (steps and steps != int(steps)):
        raise GanLabError(f"{name} is {given!r} and must be a number above 0, and generator_steps a whole number")
    if steps is not None:
        return int(steps)
    return model.steps_in(epochs * len(data.train), data.batch_size)


def build_trainer(config: dict[str, Any], csv: MetricsCSV, config_file: ConfigFile) -> Trainer:
    """Returns Lightning's Trainer with the callbacks of this run.

    Raises GanLabError for options that count optimizer steps or batches, which have no meaning here, and for options
    that Lightning cannot apply to alternating players.
    """
    options = dict(config["trainer"])
    for name, allowed in TRAINER_OPTIONS.items():
        if allowed and options[name] not in allowed:
            raise GanLabError(f"trainer.{name} must be one of {', '.join(map(str, allowed))}, not {options[name]}")
    if unknown := options.keys() - TRAINER_OPTIONS.keys() - {"_target_"}:
        raise GanLabError(f"trainer.{min(unknown)} is no option here: the options are {', '.join(TRAINER_OPTIONS)}")
    del options["cuda_graph"]
    options["accelerator"] = chosen_accelerator(options)
    options["strategy"] = TurnByTurn() if several_processes(options) else "auto"
    callbacks = [build(callback, f"callbacks.{name}", Callback) for name, callback in config["callbacks"].items()]
    options |= {
        "callbacks": [
            config_file,  # first: a checkpoint without its configuration is of no use
            # the summary last: what it says is finished must all be there; the report shows what the others wrote
            *sorted(callbacks, key=lambda callback: 2 * isinstance(callback, Summary) + isinstance(callback, Report)),
        ],
        "logger": csv,
        "plugins": [AtomicCheckpointIO()],
        "max_epochs": -1,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "use_distributed_sampler": False,
    }
    try:
        return build(options, "trainer", Trainer)
    except (TypeError, MisconfigurationException) as error:
        raise GanLabError(device_error(str(error), config["trainer"]) or f"trainer: {error}") from error


def conclude(config: dict[str, Any], trainer: Trainer, model: GenerativeModule, run_dir: Path) -> float | None:
    """Prints the headline, the files and what can be done next, and returns the best value of the monitored metric.

    An interrupted run prints how to continue it and ends with the status of the signal; a job of submitit that has to
    make room ends as submitit has it. A signal that comes during the last round or the last evaluation ends a sweep
    after this run.
    """
    if not trainer.is_global_zero:
        return None  # with status 0: Lightning kills the main process when another one fails
    signals = [c.signal for c in trainer.callbacks if isinstance(c, Checkpoints) and c.signal]  # type: ignore[attr-defined]
    if not model.finished:
        print(f"the run was interrupted at generator step {model.generator_steps}; continue it with:")
        print(f"  {typed('gan_lab', assigned('resume', from_here(run_dir)))}", flush=True)
        for number in {*signals} & {*preemption()}:
            signal.raise_signal(number)  # submitit's handler is there again: it queues this job once more, and ends it
        raise SystemExit(128 + (signals[0] if signals else 15))
    evaluation = evaluation_of(trainer)
    lines = []
    if evaluation is not None:
        lines = [result_in_one_line(evaluation, run_dir)] if one_of_many() else results(evaluation)
    if not one_of_many():
        lines += [*files(run_dir, evaluation is not None), *what_next(config, run_dir)]
    print("\n".join(lines))
    if one_of_many() and (others := [number for number in signals if number not in preemption()]):
        raise SystemExit(128 + others[0])
    return None if evaluation is None else evaluation.best


def quieten() -> None:
    """Silences Lightning's messages on devices and products; errors and our own messages remain."""
    for name in ("lightning.pytorch", "lightning.fabric", "lightning.pytorch.utilities.rank_zero"):
        logging.getLogger(name).setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning")
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
