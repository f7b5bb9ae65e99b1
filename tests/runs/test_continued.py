"""Which run a resumption goes on with, and what may change in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from gan_lab.config.compose import as_hydra_config, composition
from gan_lab.errors import GanLabError
from gan_lab.runs.resume import begun, leaves, locate, moved, over, refuse_changes, saved_config
from gan_lab.runs.run_folder import RunFolder


def made(run: Path, **changed: Any) -> Path:
    """A run folder with a checkpoint that nobody reads."""
    config = {
        **{
            "run_dir": str(run),
            "dataset": "ring",
            "epochs": 20,
            "generator_steps": None,
            "seed": 1,
            "data": {"root": "here", "n": 3},
        },
        **{"trainer": {"devices": 1, "precision": "32-true"}, "loggers": {}, "model": {"n_critic": 5}},
        "callbacks": {"evaluation": {"run_dir": str(run), "n": 500}, "samples": {"folder": f"{run}/samples"}},
    }
    (run / "checkpoints").mkdir(parents=True)
    (run / "checkpoints" / "last.ckpt").touch()
    (run / "config.yaml").write_text(yaml.safe_dump(config | changed))
    return run


def test_a_run_is_found_by_its_folder_and_by_its_checkpoints(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    checkpoint = run / "checkpoints" / "last.ckpt"
    assert locate(str(run)) == (run, checkpoint)
    other = checkpoint.with_name("best.ckpt")
    other.touch()
    assert locate(str(other)) == (run, other)
    with pytest.raises(GanLabError, match=r"there is no checkpoint at .*/nowhere"):
        locate(str(tmp_path / "nowhere"))
    (run / "config.yaml").unlink()
    with pytest.raises(GanLabError, match=r"does not lie in a run folder: .*config\.yaml is missing"):
        locate(str(run))
    checkpoint.unlink()
    with pytest.raises(GanLabError, match="there is no checkpoint"):
        locate(str(run))


def test_a_folder_that_was_moved_is_named_by_its_new_place(tmp_path: Path) -> None:
    made(tmp_path / "old").rename(tmp_path / "new")
    config = saved_config(tmp_path / "new", ())
    assert config.run_dir == config.callbacks.evaluation.run_dir == str(tmp_path / "new")
    assert config.callbacks.samples.folder == f"{tmp_path}/new/samples"
    assert config.data.root != str(tmp_path / "new")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"seed": "x"}, "it lacks its seed"),
        ({"model": 3}, "it lacks its model"),
        ({"run_dir": ""}, "its run_dir is no whole path"),
    ],
)
def test_a_damaged_configuration_is_refused(tmp_path: Path, changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(GanLabError, match=sentence):
        saved_config(made(tmp_path / "run", **changed), ())


def test_a_logger_may_say_anything_but_write_nowhere_else(tmp_path: Path) -> None:
    notes = {"wandb": {"notes": "see https://example.org for $5", "save_dir": str(tmp_path / "run")}}
    assert saved_config(made(tmp_path / "run", loggers=notes), ()).loggers.wandb.notes == notes["wandb"]["notes"]
    for number, place in enumerate(("$HOME", "~", "s3://bucket", "/elsewhere", "../elsewhere")):
        run = made(tmp_path / str(number), loggers={"tensorboard": {"save_dir": place}})
        with pytest.raises(GanLabError, match="lies outside of the run"):
            saved_config(run, ())


def test_only_what_lies_inside_moves() -> None:
    nested = {"a": ["/x/run", "/x/run/y"], "b": "/x/runs", "c": 3, "d": {"e": "at /x/run"}, "f": None}
    assert moved(nested, "/x/run", "/new") == nested | {"a": ["/new", "/new/y"]}


@pytest.mark.parametrize(
    ("overrides", "lengths"),
    [
        ((), (20, None)),
        (("resume=x",), (20, None)),
        (("epochs=30",), (30, None)),
        (("generator_steps=7",), (None, 7)),
        (("+generator_steps=7", "resume=x"), (None, 7)),
    ],
)
def test_a_new_length_takes_the_place_of_the_old_one(
    tmp_path: Path, overrides: tuple[str, ...], lengths: tuple[int | None, int | None]
) -> None:
    """In the command line too, which the report and the doctor tell as the one that trains the same."""
    config = saved_config(made(tmp_path / "run", overrides=["model=wgan", "epochs=20", "seed=1"]), overrides)
    assert (config.epochs, config.generator_steps) == lengths
    length = "epochs=20" if lengths[0] == 20 else overrides[0].lstrip("+")
    assert sorted(config.overrides) == sorted(["model=wgan", "seed=1", length])


def test_devices_may_change_and_nothing_else(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    config = saved_config(run, ["trainer.devices=2", "trainer.accelerator=cpu"])
    assert (config.trainer.devices, config.trainer.accelerator, config.epochs) == (2, "cpu", 20)
    for override in ("seed=2", "trainer.precision=bf16-mixed", "model.n_critic=1"):
        with pytest.raises(GanLabError, match=f"{override} cannot change in a resumed run: only epochs, "):
            saved_config(run, [override])


def test_an_option_that_only_the_saved_model_has_is_refused_as_a_change(tmp_path: Path) -> None:
    """Before Hydra composes the default model, which would not know it."""
    run = made(tmp_path / "run")
    saved = RunFolder(run).read_config()
    refuse_changes(saved, ["resume=x", "epochs=30", "+generator_steps=7"])
    with pytest.raises(GanLabError, match=r"^model.prior.continuous=3 cannot change in a resumed run: only epochs, "):
        refuse_changes(saved, ["resume=x", "model.prior.continuous=3"])


@contextmanager
def mode(name: str) -> Iterator[None]:
    with as_hydra_config(composition("config", (f"hydra.mode={name}",))):
        assert HydraConfig.get().mode == RunMode[name]
        yield


def same(run: Path, **changed: Any) -> DictConfig:
    return OmegaConf.create(yaml.safe_load((run / "config.yaml").read_text()) | changed)


def test_a_job_of_a_sweep_that_has_a_checkpoint_goes_on(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    with mode("MULTIRUN"):
        assert begun(same(run))
        assert over(same(run)) is None, "it has not ended"
        for status in ("finished", "pruned", "failed"):
            (run / "summary.json").write_text(f'{{"status": "{status}", "generator_steps": 1, "length": 2}}')
            found = over(same(run))
            assert (None if found is None else found.status) == (status if status != "failed" else None)
        config = same(run)
        (run / "checkpoints" / "last.ckpt").unlink()
        assert not begun(config)
        assert over(config) is None
    made(tmp_path / "alone")
    with mode("RUN"):
        assert not begun(same(tmp_path / "alone"))


def test_a_job_of_other_settings_is_refused_but_not_for_its_place_or_machine(tmp_path: Path) -> None:
    run = made(tmp_path / "run")
    other_place = {"data": {"root": "there", "n": 3}, "trainer": {"devices": 2}, "loggers": {"wandb": {"a": 1}}}
    with mode("MULTIRUN"):
        assert begun(same(run, **other_place, new_option=3))
        with pytest.raises(GanLabError, match=r"run was trained with other values \(model\.n_critic 5 there, 4 here\)"):
            begun(same(run, model={"n_critic": 4}))
        many = {"model": {"n_critic": 4}, "seed": 2, "epochs": 3, "data": {"root": "here", "n": 4}}
        with pytest.raises(GanLabError) as refused:
            begun(same(run, **many))
        assert str(refused.value).count(" there, ") == 3, "three are enough"


def test_how_a_run_is_measured_counts_and_what_else_watches_it_does_not() -> None:
    callbacks = {"evaluation": {"n": 5, "run_dir": "x"}, "progress": {"every": 3}}
    found = dict(leaves({"callbacks": callbacks, "search": {"a": 1}, "seed": 1, "data": {"root": "x", "n": 2}}))
    assert found == {"callbacks.evaluation.n": 5, "seed": 1, "data.n": 2}
