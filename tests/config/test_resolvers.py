"""The functions that yaml files call."""

from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from gan_lab.config.plain_values import plain
from gan_lab.config.resolvers import changed, packed_shape, register_resolvers, wandb_offline


def resolved(text: str) -> Any:
    """What a value of a yaml becomes."""
    register_resolvers()
    config = OmegaConf.create({"base": {"a": 1, "b": {"c": [2]}}, "shape": [3, 4, 5], "three": 3, "x": text})
    return OmegaConf.to_container(config, resolve=True)["x"]  # type: ignore[call-overload,index]


def test_numbers_and_shapes() -> None:
    assert resolved("${one_more:${three}}") == 4
    assert resolved("${packed:${shape},2}") == [6, 4, 5]
    assert packed_shape((2,), 3) == [6]


def test_a_part_with_other_values() -> None:
    assert resolved("${changed:${base},a,7,d,8}") == {"a": 7, "b": {"c": [2]}, "d": 8}
    base = OmegaConf.create({"a": 1, "b": [1]})
    assert changed(base, "b", OmegaConf.create([2, 3])) == {"a": 1, "b": [2, 3]}
    assert base.a == 1
    assert plain("text") == "text"
    with pytest.raises(ValueError, match="shorter"):
        changed(base, "a")


def test_folders_are_counted_in_yaml(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.png").touch()
    assert resolved(f"${{subfolders:'{tmp_path}'}}") == 2


def test_every_function_of_the_yaml_files_is_there() -> None:
    for name in ("subfolders", "wandb_offline", "sweep_name", "one_more", "changed", "packed"):
        OmegaConf.clear_resolver(name)
    register_resolvers()
    for name in ("subfolders", "wandb_offline", "sweep_name", "one_more", "changed", "packed"):
        assert OmegaConf.has_resolver(name)


def test_wandb_has_a_key_in_the_environment_or_in_netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.delenv("WANDB_BASE_URL", raising=False)
    monkeypatch.setenv("WANDB_API_KEY", "key")
    assert not wandb_offline()
    monkeypatch.delenv("WANDB_API_KEY")
    assert wandb_offline(), "there is no file"
    for text, offline in (
        ("machine api.wandb.ai login user password secret\n", False),
        ("machine elsewhere.org login user password secret\n", True),
        ("nonsense\n", True),
    ):
        netrc.write_text(text)
        netrc.chmod(0o600)
        assert wandb_offline() == offline, text
    monkeypatch.setenv("WANDB_BASE_URL", "https://elsewhere.org/x")
    netrc.write_text("machine elsewhere.org login user password secret\n")
    assert not wandb_offline()
