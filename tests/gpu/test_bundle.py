"""What is brought to a machine without a network, and how it is put to use there."""

import gzip
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.gpu.bring import REPOSITORY, missing
from tests.gpu.bundle import NOT_USED, THERE, locked, needed, weighed


def wheel(folder: Path, name: str) -> Path:
    """A package of one line, of any Python."""
    folder.mkdir(parents=True, exist_ok=True)
    path, info = folder / f"{name}-1.0-py3-none-any.whl", f"{name}-1.0.dist-info"
    with ZipFile(path, "w") as file:
        file.writestr(f"{name}.py", "brought = True\n")
        file.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")
    return path


@pytest.mark.slow
def test_what_is_missing_is_installed_and_the_data_are_found(tmp_path: Path) -> None:
    """In this process and in its children; what is there is left as it is."""
    bundle = tmp_path / "bundle"
    for name in ("gan_lab_brought", "numpy"):
        wheel(bundle / "wheels", name)
    (bundle / "mnist").mkdir()
    (bundle / "mnist" / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(b"labels"))
    child = "import gan_lab_brought, numpy, gan_lab; assert not hasattr(numpy, 'brought'); print('found')"
    code = f"""
import os, subprocess, sys
sys.path.insert(0, {str(REPOSITORY)!r})
from pathlib import Path
from tests.gpu.bring import bring
for again in range(2):
    bring(Path({str(bundle)!r}), Path("work"))
import gan_lab_brought
print(Path(os.environ["GAN_LAB_DATA"], "MNIST/raw/t10k-labels-idx1-ubyte").read_text(), flush=True)
subprocess.run([sys.executable, "-c", {child!r}], check=True)
"""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["labels", "found"], done.stderr
    assert {path.name for path in (tmp_path / "work" / "site").glob("*.py")} == {"gan_lab_brought.py"}


def test_packages_are_known_by_the_names_of_their_wheels() -> None:
    assert not missing(Path("hydra_core-1.3.8-py3-none-any.whl"))
    assert not missing(Path("PyYAML-6.0-cp311-cp311-linux.whl"))
    assert missing(Path("no_such_package-1.0-py3-none-any.whl"))


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_each_package_is_brought_once_with_all_that_it_needs(python: str) -> None:
    environment = {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    names = needed(THERE, environment)
    lines = [*locked(names, environment)]
    assert sorted(name for name, _ in lines) == sorted(names)
    assert all(f"{name}==" in line and "--hash=sha256:" in line and ";" not in line for name, line in lines)
    assert {"lightning", "hydra-core", "antlr4-python3-runtime", "scikit-learn", "pytest"} <= names
    assert not names & {"torch", "numpy", "scipy", "triton", "nvidia-cublas", *NOT_USED}
    for name in names:
        for text in requires(name) or []:
            other = Requirement(text)
            if other.marker is None or other.marker.evaluate(environment):
                assert canonicalize_name(other.name) in names | {*THERE, *NOT_USED}, (name, text)


def test_too_large_a_bundle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "large.whl").write_bytes(bytes(3 * 2**20))
    (tmp_path / "wheels" / "small.whl").write_bytes(bytes(2**20))
    assert weighed(tmp_path, 2**20, limit=5 * 2**20) == f"{tmp_path} has 4.0 MiB, and the project's own files 1.0 MiB"
    with pytest.raises(SystemExit, match=r"more than 5 MiB.*--there.*large.whl \(3.0\), small.whl \(1.0\)"):
        weighed(tmp_path, 2**20 + 1, limit=5 * 2**20)
