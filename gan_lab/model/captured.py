"""Records a whole round as one CUDA graph, which avoids the overhead of Python and of launching each operation."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.torch_version import TorchVersion

from gan_lab.errors import GanLabError
from gan_lab.model.alternating import AlternatingModule
from gan_lab.model.round_player import RoundPlayer
from gan_lab.model.turn import Turn
from gan_lab.noise import IndexedNoise, seed_of
from gan_lab.types import Batch, Terms

WARM_UP = 3
"""Rounds before the recording, in which the optimizers' state and the libraries' workspaces are allocated."""


class Graph(ABC):
    """Operations that were recorded once and can be repeated on the same memory."""

    @abstractmethod
    def capture(self, work: Callable[[], None], generators: list[torch.Generator]) -> None:
        """Records the operations of `work`, including random draws from these generators. Nothing is computed yet."""

    @abstractmethod
    def replay(self) -> None:
        """Repeats the operations on the memory of the recording, with the present state of the generators."""


@final
class CUDAGraph(Graph):
    """A graph of torch.cuda."""

    def __init__(self) -> None:
        self.graph = torch.cuda.CUDAGraph()

    def capture(self, work: Callable[[], None], generators: list[torch.Generator]) -> None:
        if not registers_generators():
            for generator in generators:
                self.graph.register_generator_state(generator)
        with torch.cuda.graph(self.graph):
            work()

    def replay(self) -> None:
        self.graph.replay()


def registers_generators(version: str = torch.__version__) -> bool:
    """Returns whether a graph of this torch registers each generator at its first draw. From 2.14 on it does, and
    registering one beforehand does nothing; before, a draw from a generator that was not registered is an error."""
    return TorchVersion(version) >= "2.14"


class CapturedRound(RoundPlayer):
    """Plays a module's rounds as a graph, with the same results as single operations.

    What differs between rounds is outside of the graph: the images are copied into the memory that the graph reads,
    every generator of random numbers is seeded again, and the average of the weights, whose decay changes, is updated
    afterwards. The first rounds are played without a graph, so that the optimizers have their state, and so are rounds
    that are logged.
    """

    def __init__(self, model: AlternatingModule, new_graph: Callable[[], Graph] = CUDAGraph) -> None:
        self.model = model
        self.new_graph = new_graph
        self.graph: Graph | None = None
        self.played = 0  # rounds that were played without a graph

    def refuse(self, device: torch.device, processes: int) -> None:
        """Raises GanLabError if rounds cannot be recorded here or do not all do the same operations."""
        model = self.model
        if missing := without_graphs(device, processes):
            raise GanLabError(missing)
        if not model.same_every_round:
            raise GanLabError(
                "trainer.cuda_graph=true needs rounds that are all the same arithmetic: no lazy penalties, "
                f"model.top_k.share=1, model.instance_noise=0, schedule=constant, and a model of GAN, not of "
                f"{type(model).__name__}"
            )

    @property
    def optimizer_options(self) -> Mapping[str, Any]:
        """Returns `capturable=True` for a graph of CUDA, so that an optimizer does the same operations in each step."""
        return {"capturable": True} if self.new_graph is CUDAGraph else {}

    def play_round(self, batches: list[Batch]) -> None:
        if self.played < WARM_UP or self.model.watching:
            self.played += 1
            self.model.play_round(batches)
            return
        if self.graph is None:
            self.record(batches)
            assert self.graph is not None
        for mine, fresh in zip(self.batches, batches, strict=True):
            mine.images.copy_(fresh.images)
            if mine.labels is not None and fresh.labels is not None:
                mine.labels.copy_(fresh.labels)
        for number, noise in enumerate(self.noises, start=1):
            noise.generator.manual_seed(seed_of(*self.model.noise_key(number)))
        self.graph.replay()
        # A copy, since the next round overwrites this memory and the terms are checked later.
        self.model.played = with_values(self.turns, self.values.clone())

    def record(self, batches: list[Batch]) -> None:
        """Records a round on images and generators that belong to the graph."""
        model = self.model
        self.batches = [Batch(b.images.clone(), None if b.labels is None else b.labels.clone()) for b in batches]
        self.noises = [IndexedNoise(model.noise_key(n), model.device) for n in range(1, model.draws + 1)]
        for optimizer in model.trainer.optimizers:
            optimizer.zero_grad()  # the graph must make gradients of its own
        self.graph = self.new_graph()
        model.given_noises = self.noises
        try:
            self.graph.capture(self.work, [noise.generator for noise in self.noises])
        finally:
            model.given_noises = []

    def work(self) -> None:
        """Plays a round and stacks its terms; this is what is recorded."""
        self.model.play_round(self.batches)
        self.turns, self.model.played = self.model.played, []
        terms = [turn.terms.minimised | turn.terms.diagnostics for turn in self.turns]
        self.values = torch.stack([value for values in terms for value in values.values()])


def without_graphs(device: torch.device, processes: int) -> str | None:
    """Returns a sentence where CUDA graphs cannot be recorded on this device or by so many processes."""
    if device.type != "cuda":
        return f"trainer.cuda_graph=true needs an NVIDIA GPU, and this run is on {device.type}"
    if processes > 1:
        return f"trainer.cuda_graph=true is for one process, and this run has {processes}: set trainer.devices=1"
    return None


def with_values(turns: list[Turn], values: Float[Tensor, " n"]) -> list[Turn]:
    """Returns turns with the same names of terms and these values, in the same order."""
    left, result = iter(values.unbind()), []
    for turn in turns:
        minimised = {name: next(left) for name in turn.terms.minimised}
        diagnostics = {name: next(left) for name in turn.terms.diagnostics}
        result.append(Turn(turn.player, Terms(minimised, diagnostics)))
    return result
