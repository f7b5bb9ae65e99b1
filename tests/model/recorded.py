"""What a CUDA graph does, on a CPU: operations are recorded with their memory and repeated without Python's part."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from gan_lab.model.captured import Graph


class RecordedGraph(Graph):
    """Every operation below autograd, with its very arguments: numbers are frozen, tensors are the same memory.

    Unlike a GPU's the recording computes. So that nothing of it stays, all that existed before is put back, the state
    of the global random numbers too.
    """

    def __init__(self, *state: Tensor) -> None:
        self.operations: list[tuple[Any, Any, Any, Any]] = []
        self.state = state

    def capture(self, work: Callable[[], None], generators: list[torch.Generator]) -> None:
        before = [tensor.detach().clone() for tensor in self.state]
        with torch.random.fork_rng(devices=[]), Recorder(self.operations):
            work()
        with torch.no_grad():
            for tensor, value in zip(self.state, before, strict=True):
                tensor.copy_(value)

    @torch.no_grad()
    def replay(self) -> None:
        for operation, arguments, options, result in self.operations:
            again = operation(*arguments, **options)
            for old, new in zip(tree_leaves(result), tree_leaves(again), strict=True):
                if isinstance(old, Tensor) and old.data_ptr() != new.data_ptr():
                    old.copy_(new)


class Recorder(TorchDispatchMode):
    """Writes down what is computed inside; results are kept, so that their memory is nobody else's."""

    def __init__(self, operations: list[tuple[Any, Any, Any, Any]]) -> None:
        super().__init__()
        self.operations = operations

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        self.operations.append((func, args, kwargs or {}, result))
        return result
