"""Modules whose code waits until it is needed are the same modules afterwards."""

import subprocess
import sys
from collections.abc import Iterator
from importlib import invalidate_caches
from importlib.util import spec_from_file_location
from pathlib import Path
from threading import Thread

import pytest

from gan_lab.cli.waiting import Waiting, import_torchmetrics, waiting
from tests.commands import environment


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of packages that Python imports from."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("gan_lab.cli.waiting.NAME", "some_metrics")
    yield tmp_path / "some_metrics"
    for name in [name for name in sys.modules if name.startswith("some_metrics")]:
        del sys.modules[name]


def test_a_module_waits_for_the_first_name_that_is_not_ready(package: Path) -> None:
    package.mkdir()
    (package / "__init__.py").write_text("import time\ntime.sleep(0.2)\nfrom some_metrics import inner\nlate = 3\n")
    (package / "inner.py").write_text("value = 5\n")
    spec = spec_from_file_location("some_metrics", package / "__init__.py", submodule_search_locations=[str(package)])
    assert spec is not None
    invalidate_caches()
    module = waiting(spec, early=1)
    import some_metrics
    from some_metrics import early
    from some_metrics.inner import value

    assert (some_metrics, early, value, type(module)) == (module, 1, 5, Waiting)
    seen: list[int] = []
    threads = [Thread(target=lambda: seen.append(some_metrics.late)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [3, 3, 3]
    assert type(module) is not Waiting
    assert (some_metrics.early, some_metrics.inner) == (1, sys.modules["some_metrics.inner"])
    with pytest.raises(AttributeError, match="'some_metrics' has no attribute 'never'"):
        _ = some_metrics.never


def test_a_module_that_cannot_be_run_says_so_each_time(package: Path) -> None:
    package.with_suffix(".py").write_text("import not_installed\n")
    spec = spec_from_file_location("some_metrics", package.with_suffix(".py"))
    assert spec is not None
    module = waiting(spec)
    for _ in range(2):
        with pytest.raises(ImportError, match="not_installed"):
            _ = module.name
    with pytest.raises(AttributeError):
        _ = module.__path__


@pytest.mark.parametrize("inner", [{}, {"utilities/__init__.py": ""}, {"utilities.py": "", "metric.py": "Metric = 1"}])
def test_other_versions_are_imported_as_ever(package: Path, inner: dict[str, str]) -> None:
    for name, text in {"__init__.py": "Metric = 'of another version'", **inner}.items():
        file = package / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    invalidate_caches()
    import_torchmetrics()
    assert not [name for name in sys.modules if name.startswith("some_metrics")]
    import some_metrics

    assert some_metrics.Metric == "of another version"


def test_what_is_not_installed_or_already_imported_is_left_alone(package: Path) -> None:
    import_torchmetrics()
    assert "some_metrics" not in sys.modules
    package.with_suffix(".py").write_text("Metric = 2\n")
    invalidate_caches()
    import some_metrics

    import_torchmetrics()
    assert sys.modules["some_metrics"] is some_metrics
    assert some_metrics.Metric == 2


@pytest.mark.slow
def test_all_of_torchmetrics_is_there_when_it_is_asked_for(tmp_path: Path) -> None:
    code = """
import pickle, sys
if sys.argv[1] == "waiting":
    from gan_lab.cli.waiting import import_torchmetrics
    import_torchmetrics()
    assert not {"scipy", "matplotlib", "torchmetrics.functional"} & {*sys.modules}
import torch, torchmetrics
from torchmetrics import Metric, MetricCollection
from torchmetrics.aggregation import MeanMetric

mean = MetricCollection([MeanMetric()])
mean.update(torch.tensor([1.0, 2.0]))
again = pickle.loads(pickle.dumps(mean))
assert again.compute() == {"MeanMetric": 1.5}
figure, _ = mean["MeanMetric"].plot()
assert figure.axes and "matplotlib" in sys.modules
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.functional.classification import accuracy
assert torchmetrics.functional.classification.accuracy is accuracy
assert torchmetrics.image.fid.FrechetInceptionDistance is FrechetInceptionDistance
assert issubclass(FrechetInceptionDistance, Metric) and Metric is torchmetrics.Metric is torchmetrics.metric.Metric
assert isinstance(mean, torchmetrics.MetricCollection) and issubclass(torchmetrics.Accuracy, object)
print("\\n".join(sorted(f"{name} {getattr(value, '__module__', '')}" for name, value in vars(torchmetrics).items())))
print(torchmetrics.__version__, *sorted(vars(torchmetrics.utilities.plot)))
"""
    said = [
        subprocess.run(
            [sys.executable, "-c", code, how],
            cwd=tmp_path,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        for how in ("waiting", "as ever")
    ]
    assert [one.returncode for one in said] == [0, 0], said
    assert said[0].stdout == said[1].stdout
