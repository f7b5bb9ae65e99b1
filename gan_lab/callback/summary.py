"""summary.json: the identity and the results of a run."""

from contextlib import suppress
from pathlib import Path
from typing import Any, final

from lightning import LightningModule, Trainer

from gan_lab.callback.base import Periodic
from gan_lab.callback.doctor import Doctor
from gan_lab.callback.evaluation import Evaluation
from gan_lab.distributed.interrupts import ending
from gan_lab.domains import NonNegativeInt
from gan_lab.errors import PrunedError
from gan_lab.model.generative import GenerativeModule
from gan_lab.runs.atomic import write_json
from gan_lab.runs.provenance import provenance
from gan_lab.runs.run_folder import RunFolder
from gan_lab.terminal.commands import typed


@final
class Summary(Periodic):
    """Writes summary.json, `times` over the run and at its end: status, counters, measures and their protocol, machine.

    `name` is the variant and what differs from its yaml.

    `status` is running, interrupted, finished, failed or pruned, the last two with a `reason`; `length` is the number
    of generator steps of the whole run; `monitor` is the measure that chooses the best checkpoint. A finished run has
    the measures `best`, `last` and the `floor` of real images, an unfinished one the `latest`. `intervals` are those of
    `best` and `last` at 95 %. `findings` are those of the doctor. NaN becomes null.
    """

    def __init__(
        self,
        *,
        run_dir: str,
        variant: str,
        dataset: str,
        seed: int,
        overrides: list[str],
        times: NonNegativeInt,
        name: str = "",
    ) -> None:
        self.path = RunFolder(Path(run_dir)).summary
        command = typed("gan_lab", *overrides)
        named = {"variant": variant, "name": name or variant}
        self.identity = {"command": command, **named, "dataset": dataset, "seed": seed}
        self.times = times
        self.began = False
        self.end: dict[str, Any] = {}

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_start(trainer, pl_module)
        assert isinstance(pl_module, GenerativeModule)
        self.write(trainer, pl_module, "running")
        self.began = True

    def act(self, trainer: Trainer, model: GenerativeModule) -> None:
        self.write(trainer, model, "running")

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        assert isinstance(pl_module, GenerativeModule)
        if trainer.is_global_zero:
            write_json(self.path, self.ending(trainer, pl_module))

    def on_exception(self, trainer: Trainer, pl_module: LightningModule, exception: BaseException) -> None:
        assert isinstance(pl_module, GenerativeModule)
        if not self.began:  # the summary that may be there is of an earlier call, and still true
            return
        status, reason = "interrupted", {}  # by a signal that ended it at once
        if isinstance(exception, Exception) and not ending:
            status, reason = "pruned" if isinstance(exception, PrunedError) else "failed", {"reason": str(exception)}
        with suppress(OSError):  # on a full disk, where the exception says so
            self.write(trainer, pl_module, status, **reason)

    def write(self, trainer: Trainer, model: GenerativeModule, status: str, **more: str) -> None:
        if trainer.is_global_zero:
            write_json(self.path, self.record(trainer, model, status, **more))

    def ending(self, trainer: Trainer, model: GenerativeModule) -> dict[str, Any]:
        """Returns what summary.json says when training has ended, which is put together once."""
        self.end = self.end or self.record(trainer, model, "finished" if model.finished else "interrupted")
        return self.end

    def record(self, trainer: Trainer, model: GenerativeModule, status: str, **more: str) -> dict[str, Any]:
        """Returns what summary.json says at this step."""
        summary: dict[str, Any] = {"status": status, **more, **self.identity}
        summary |= model.counters() | {"length": model.run_length}
        for callback in trainer.callbacks:  # type: ignore[attr-defined]
            if isinstance(callback, Evaluation):
                summary["monitor"] = callback.measure.monitor
                summary["best_step"] = callback.best_step
                summary["evaluation_seconds"] = {name: round(value, 2) for name, value in callback.seconds.items()}
                summary["measures"] = callback.results or {"latest": callback.latest}
                summary["intervals"] = callback.intervals
                summary["left_out"] = callback.measure.left_out
                summary["protocol"] = callback.protocol()
        summary |= provenance(model.device, trainer.world_size)
        for callback in trainer.callbacks:  # type: ignore[attr-defined]
            if isinstance(callback, Doctor):
                summary["findings"] = callback.found if status == "running" else callback.examine(trainer, summary)
        return summary
