"""A device of torch, written in Python, that is none: it computes on the CPU, and refuses what a GPU refuses. Where it
is installed `without_float64`, it refuses these numbers too, as Apple's GPUs do.

It is for whole processes (tests/forked.py): `install` changes torch and is never undone.
"""

import traceback
from collections import Counter
from typing import Any

import torch
from torch import Tensor
from torch.autograd.grad_mode import inference_mode
from torch.utils._mode_utils import no_dispatch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.backend_registration import _DummyBackendModule, _setup_privateuseone_for_python_backend

from gan_lab.maths import float64

aten = torch.ops.aten
DEVICE = torch.device("privateuseone", 0)
"""Torch keeps this kind for devices that are not its own; once it is installed, it is called other."""
CPU = torch.device("cpu")

COPIES = {aten._to_copy.default, aten.copy_.default, aten._foreach_copy_.default}
INDEXED = {aten.index.Tensor, aten.index_put.default, aten.index_put_.default, aten._index_put_impl_.default}
SIZED_BY_VALUES = {
    *(aten.nonzero.default, aten.masked_select.default, aten.equal.default, aten.bincount.default),
    *(aten._unique2.default, aten.unique_dim.default, aten.unique_consecutive.default, aten.repeat_interleave.Tensor),
}
"""The size of the result depends on values, for which the host must wait."""
IN_NO_FIXED_ORDER = {aten.histc.default, aten.kthvalue.default, aten.median.dim, aten.put_.default}
"""A GPU has no deterministic implementation."""

refused: set[torch.dtype] = set()
"""The types of numbers that the device does not have."""
waits: Counter[str] = Counter()
"""How often the host waited for the device, by operation and the line of gan_lab."""


class There(Tensor):
    """A tensor of the device; its numbers are `raw`, on the CPU."""

    raw: Tensor

    __torch_function__ = torch._C._disabled_torch_function_impl  # type: ignore[assignment]

    @staticmethod
    def __new__(cls, raw: Tensor) -> "There":
        made = Tensor._make_wrapper_subclass(
            cls, raw.size(), strides=raw.stride(), storage_offset=raw.storage_offset(), dtype=raw.dtype, device=DEVICE
        )
        made.raw = raw
        return made

    def __init__(self, raw: Tensor) -> None: ...

    def __repr__(self) -> str:  # type: ignore[override]
        return f"There({self.raw!r})"

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self.raw.__reduce_ex__(protocol)  # a file that is read again is read on the CPU

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # type: ignore[override]
        return computed(func, args, kwargs or {})


class Generator(torch._C.Generator):
    """A generator that says on which device it is; its numbers are the CPU's."""

    where: torch.device

    def __new__(cls, device: Any = "cpu") -> "Generator":
        made: Generator = torch._C.Generator.__new__(cls, "cpu")  # type: ignore[call-arg]
        made.where = DEVICE if torch.device(device).type == DEVICE.type else torch.device(device)
        return made

    def __init__(self, device: Any = "cpu") -> None: ...

    @property
    def device(self) -> torch.device:  # type: ignore[override]
        return self.where

    def manual_seed(self, seed: int) -> "Generator":
        super().manual_seed(seed)
        return self


class Creations(TorchDispatchMode):
    """Computes what makes tensors of the device from none."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if is_there(kwargs.get("device")) or any(isinstance(leaf, There) for leaf in tree_leaves((args, kwargs))):
            return computed(func, args, kwargs)
        return func(*args, **kwargs)


class Backend(_DummyBackendModule):
    """What torch asks of a kind of device."""

    def get_amp_supported_dtype(self) -> list[torch.dtype]:
        return [torch.bfloat16]

    def manual_seed(self, seed: int) -> None:
        torch.default_generator.manual_seed(seed)

    def synchronize(self, device: Any = None) -> None: ...


def is_there(device: Any) -> bool:
    return device is not None and torch.device(device).type == DEVICE.type


def here(value: Any) -> Any:
    """The same on the CPU."""
    if isinstance(value, There):
        return value.raw
    return CPU if isinstance(value, torch.device) and is_there(value) else value


def there(value: Any) -> Any:
    return There(value) if isinstance(value, Tensor) and not isinstance(value, There) else value


def computed(func: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """The result of an operation, of which a tensor or the device it asks for is of this kind."""
    refuse(func, args, kwargs)
    to = kwargs.get("device")
    leaves = tree_leaves((args, kwargs))
    from_device = any(isinstance(leaf, There) for leaf in leaves)
    leaves_device = (func is aten._to_copy.default and to is not None and not is_there(to)) or (
        func is aten.copy_.default and not isinstance(args[0], There)
    )
    if from_device and (leaves_device or waits_for_values(func, args)):
        waits[f"{func} {place()}"] += 1
    refuse_type(kwargs.get("dtype") if from_device or is_there(to) else None)
    result = func(*tree_map(here, args), **{name: tree_map(here, value) for name, value in kwargs.items()})
    if torch.Tag.inplace_view in func.tags:
        with no_dispatch():  # the shape that There itself states
            func(*args, **kwargs)
    if func is aten._local_scalar_dense.default or leaves_device:
        return args[0] if func is aten.copy_.default else result
    for leaf in tree_leaves(result):
        refuse_type(leaf.dtype if isinstance(leaf, Tensor) else None)
    returns = func._schema.returns
    if len(returns) == 1 and returns[0].alias_info is not None and returns[0].alias_info.is_write:
        return kwargs.get("out", args[0])
    return tree_map(there, result)


def refuse(func: Any, args: Any, kwargs: dict[str, Any]) -> None:
    """Raises RuntimeError for what a GPU refuses: tensors of two devices, and orders of sums that are not fixed."""
    tensors = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
    if torch.are_deterministic_algorithms_enabled() and not_deterministic(func, args):
        raise RuntimeError(f"{func} does not have a deterministic implementation")
    others = [tensor for tensor in tensors if not isinstance(tensor, There)]
    if not others or len(others) == len(tensors) or func in COPIES:
        return
    if func in INDEXED and isinstance(args[0], There):
        return  # a GPU takes its indices from anywhere
    # Numbers without a shape may be anywhere, where each result is of one place.
    elementwise = torch.Tag.pointwise in func.tags or "_foreach_" in str(func)
    if not elementwise or any(tensor.ndim for tensor in others):
        raise RuntimeError(f"Expected all tensors to be on the same device, but found two in {func}")


def refuse_type(dtype: torch.dtype | None) -> None:
    """Raises TypeError where the device has no numbers of this type."""
    if dtype in refused:
        raise TypeError(f"Cannot convert a Tensor to {dtype} here: the device does not have it ({place()})")


def not_deterministic(func: Any, args: Any) -> bool:
    name = str(func)
    if func is aten.cumsum.default:
        return bool(args[0].is_floating_point())
    if func is aten.bincount.default:
        return len(args) > 1 and args[1] is not None
    resampled = ("upsample", "reflection_pad", "replication_pad", "adaptive", "grid_sampler")
    return func in IN_NO_FIXED_ORDER or ("backward" in name and any(word in name for word in resampled))


def waits_for_values(func: Any, args: Any) -> bool:
    if func is aten._local_scalar_dense.default or func in SIZED_BY_VALUES:
        return True
    return func in INDEXED and any(
        isinstance(index, There) and index.dtype in (torch.bool, torch.uint8) for index in args[1] if index is not None
    )


def place() -> str:
    """Where gan_lab is, in the call under way."""
    ours = [frame for frame in traceback.extract_stack() if "/gan_lab/" in frame.filename]
    return f"{ours[-1].filename.rpartition('/gan_lab/')[2]}:{ours[-1].lineno}" if ours else "elsewhere"


def copied(source: Tensor, target: Tensor, non_blocking: bool = False) -> Tensor:
    here(target).copy_(here(source))
    return target


def as_list(tensor: Tensor, listed: Any = Tensor.tolist) -> Any:
    return listed(tensor.cpu() if isinstance(tensor, There) else tensor)


def enter(self: inference_mode) -> None:
    self._inference_mode_context = torch.no_grad()  # type: ignore[assignment]
    self._inference_mode_context.__enter__()


_library = torch.library.Library("aten", "IMPL")


def install(without_float64: bool = False) -> None:
    """Makes DEVICE a device of this process."""
    if without_float64:
        refused.add(torch.float64)
        float64.WITHOUT |= {DEVICE.type, "other"}
    _setup_privateuseone_for_python_backend("other", Backend())  # without a name, torch looks for a GPU
    for operation in (aten.empty.memory_format, aten.empty_strided.default):
        name = operation._schema.name.removeprefix("aten::")
        full = f"{name}.{operation._overloadname}" if operation._overloadname != "default" else name
        _library.impl(full, kernel(operation), "PrivateUse1")
    _library.impl("_copy_from", copied, "PrivateUse1")
    torch.Generator = Generator  # type: ignore[misc]
    Tensor.tolist = as_list  # type: ignore[method-assign,assignment]  # torch's own reads memory, which There has none of
    inference_mode.__enter__ = enter  # type: ignore[method-assign]  # of which There cannot be
    Creations().__enter__()


def kernel(operation: Any) -> Any:
    return lambda *args, **kwargs: computed(operation, args, kwargs)
