"""Records a whole round as one CUDA graph, which avoids the overhead of Python and of launching each operation."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor

from gan_lab.errors import GanLabError
from gan_lab.model.alternating import AlternatingModule
from gan_lab.model.round_player import RoundPlayer
from gan_lab.model.turn import Turn
from gan_lab.noise import IndexedNoise, seed_of
from gan_lab.types import Batch, Terms

WARM_UP = 3
"""Rounds that make what is made once: the optimizers' state, the libraries' work space."""


class Graph(ABC):
    """Operations that were recorded once and can be repeated on the same memory."""

    @abstractmethod
    def capture(self, work: Callable[[], None], generators: list[torch.Generator]) -> None:
        """Records what the work does, random draws from these generators included. Nothing is computed yet."""

    @abstractmethod
    def replay(self) -> None:
        """Does it: reads and writes the memory that was there at the recording, draws as the generators stand now."""


@final
class CUDAGraph(Graph):
    """The graph of a GPU."""

    def __init__(self) -> None:
        self.graph = torch.cuda.CUDAGraph()

    def capture(self, work: Callable[[], None], generators: list[torch.Generator]) -> None:
        for generator in generators:
            self.graph.register_generator_state(generator)
        with torch.cuda.graph(self.graph):
            work()

    def replay(self) -> None:
        self.graph.replay()


class CapturedRound(RoundPlayer):
    """Plays a module's rounds from a graph, with the numbers that single operations give.

    What differs between rounds lives outside of the graph: the images are copied into the memory that it reads, every
    generator of random numbers is seeded anew, and the average of the trained weights, whose decay grows, moves
    afterwards. The first rounds are played as ever, so that the optimizers have their state, and so are those that are
    watched.
    """

    def __init__(self, model: AlternatingModule, new_graph: Callable[[], Graph] = CUDAGraph) -> None:
        self.model = model
        self.new_graph = new_graph
        self.graph: Graph | None = None
        self.played = 0  # rounds that were played as ever

    def refuse(self, device: torch.device, processes: int) -> None:
        """Raises GanLabError where a round cannot be recorded, or is not the same each time."""
        model = self.model
        if device.type != "cuda":
            raise GanLabError(f"trainer.cuda_graph=true needs an NVIDIA GPU, and this run is on {device.type}")
        if processes > 1:
            raise GanLabError(f"trainer.cuda_graph=true is for one process, and this run has {processes}")
        if not model.same_every_round:
            raise GanLabError(
                "trainer.cuda_graph=true needs rounds that are all the same arithmetic: no lazy penalties, "
                f"model.top_k.share=1, and a model of GAN, not of {type(model).__name__}"
            )

    @property
    def optimizer_options(self) -> Mapping[str, Any]:
        """Only `capturable` optimizers do the same operations in each step; a CPU's have no such option."""
        return {"capturable": True} if self.model.device.type == "cuda" else {}

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
        # Copied: the next round overwrites the memory, and the terms are looked at later.
        self.model.played = with_values(self.turns, self.values.clone())

    def record(self, batches: list[Batch]) -> None:
        """Records a round on images and generators of its own."""
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
        """What is recorded: a round, and its terms side by side."""
        self.model.play_round(self.batches)
        self.turns, self.model.played = self.model.played, []
        terms = [turn.terms.minimised | turn.terms.diagnostics for turn in self.turns]
        self.values = torch.stack([value for values in terms for value in values.values()])


def with_values(turns: list[Turn], values: Float[Tensor, " n"]) -> list[Turn]:
    """Turns of the same names with these values, in their order."""
    left, result = iter(values.unbind()), []
    for turn in turns:
        minimised = {name: next(left) for name in turn.terms.minimised}
        diagnostics = {name: next(left) for name in turn.terms.diagnostics}
        result.append(Turn(turn.player, Terms(minimised, diagnostics)))
    return result
