"""report.html: a run on one page."""

from pathlib import Path
from typing import final

from lightning import Callback, LightningModule, Trainer

from gan_lab.callback.summary import Summary
from gan_lab.domains import Declared
from gan_lab.model.generative import GenerativeModule
from gan_lab.runs.atomic import without_nan


@final
class Report(Callback, Declared):
    """Writes report.html when training ends or is interrupted: what `python -m gan_lab.report RUN` writes.

    That is before summary.json says that the run has ended, since everything is there then.
    """

    def __init__(self, *, run_dir: str) -> None:
        self.folder = Path(run_dir)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        assert isinstance(pl_module, GenerativeModule)
        if not trainer.is_global_zero:
            return
        from gan_lab.compare.result import NoRunError  # slow imports that nothing needs before
        from gan_lab.report.run import write_report

        for logger in trainer.loggers:
            logger.save()
        endings = [c.ending(trainer, pl_module) for c in trainer.callbacks if isinstance(c, Summary)]  # type: ignore[attr-defined]
        try:
            write_report(self.folder, without_nan(endings[0]) if endings else None)
        except NoRunError as error:  # as of more names than a page can show
            print(f"there is no report.html: {error}")
