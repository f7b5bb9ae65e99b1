"""The evaluator that uses the torch-fidelity library."""

import copy
from typing import Any, final

import torch
import torch.distributed as dist
import torch_fidelity
from jaxtyping import Float, Int, UInt8
from torch import Tensor
from torch.utils.data import Dataset
from torch_fidelity.feature_extractor_base import FeatureExtractorBase
from torch_fidelity.registry import FEATURE_EXTRACTORS_REGISTRY

from gan_lab.distributed.ranks import alone, rank
from gan_lab.domains import PositiveInt
from gan_lab.images import to_uint8
from gan_lab.metric.base import Evaluator, Split
from gan_lab.metric.extractor.base import HEAD_IMAGES, Extractor, affine_head
from gan_lab.metric.gathered import Gathered
from gan_lab.metric.real_images import image_shape, quantised
from gan_lab.runs.cache import digest_of


@final
class TorchFidelityMeasure(Evaluator):
    """FID, precision, recall and, when final, KID as torch-fidelity 0.4 computes them, on images in memory.

    It uses the same features as `FeatureMeasure` with the same extractor, and checks its arithmetic. Differences: FID's
    mean is taken in float32; KID is a mean over 100 random subsets of 1000 (or all, where there are fewer) in float32;
    the neighbours' distances are not centred. Obukhov et al. 2020 (doi 10.5281/zenodo.4957738).

    Rank 0 computes for all. Nothing is cached: torch-fidelity's own cache does not notice that weights
    changed.
    """

    def __init__(self, *, extractor: Extractor, split: Split, k: PositiveInt, batch_size: PositiveInt) -> None:
        """`k`: neighbours of precision and recall."""
        super().__init__(split=split, monitor="fid")
        self.extractor = extractor
        self.k = k
        self.batch_size = batch_size

    @property
    def described(self) -> str:
        return f"features of {self.extractor.described}, by the library torch-fidelity"

    def _least(self) -> dict[str, int]:
        return dict.fromkeys(self._keys(final=True)[1:3], self.k + 1)

    def _prepare(self) -> None:
        self.extractor.adapt(*image_shape(self._samples))
        self.name: str | None = None
        self.reference = quantised(self._samples, self.n)
        self.fakes = Gathered(empty=self.reference[:0].to(self._device))

    def _update(self, samples: Float[Tensor, " b *shape"], labels: Int[Tensor, " b"] | None) -> None:
        self.fakes.update(to_uint8(samples))

    def _compute(self, final: bool) -> dict[str, float]:
        return self._on_rank_zero(self.fakes.compute(), final)

    def _compute_floor(self) -> dict[str, float]:
        return self._on_rank_zero(quantised(self._train, self.n), final=True)

    def _forget(self) -> None:
        self.fakes.reset()

    def _keys(self, final: bool) -> tuple[str, ...]:
        keys = ("fid", f"precision_k{self.k}", f"recall_k{self.k}") + (("kid",) if final else ())
        return tuple(key for key in keys if key not in self.left_out)

    def _protocol(self) -> dict[str, str | int | float]:
        return {
            "extractor": self.extractor.name,
            "extractor_made_for": self.extractor.purpose(self._data),
            "extractor_sha256": self.extractor.digest,
            "k": self.k,
            "torch_fidelity": torch_fidelity.__version__,
        }

    def _on_rank_zero(self, images: UInt8[Tensor, "n c h w"], final: bool) -> dict[str, float]:
        """Returns the result of rank 0 on every rank, or raises the error of rank 0."""
        outcome: list[dict[str, float] | Exception | None] = [None]
        if rank() == 0:
            try:
                outcome = [self._measure(images, final)]
            except Exception as error:  # the others wait for an answer, whatever it is
                outcome = [error]
        if not alone():
            dist.broadcast_object_list(outcome, device=self._device)
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        assert outcome[0] is not None
        return outcome[0]

    def _measure(self, images: UInt8[Tensor, "n c h w"], final: bool) -> dict[str, float]:
        self.name = self.name or self._registered(self.extractor)
        # Its data loaders draw a seed from the global random state, and that on rank 0 alone.
        with torch.random.fork_rng(devices=[]):
            # Every option that matters is stated: the library ignores names that it does not know.
            found = torch_fidelity.calculate_metrics(
                input1=InMemory(images.cpu()),  # generated first: precision is a share of it
                input2=InMemory(self.reference),
                feature_extractor=self.name,
                fid=True,
                prc=f"recall_k{self.k}" not in self.left_out,
                kid=final,
                prc_neighborhood=self.k,
                kid_subset_size=min(1000, len(images), len(self.reference)),
                rng_seed=self._seed % 2**32,
                batch_size=self.batch_size,
                cuda=self._device.type == "cuda",
                save_cpu_ram=True,  # no worker processes, and precision and recall in blocks
                samples_shuffle=False,
                cache=False,
                datasets_download=False,
                verbose=False,
            )
        names = {
            "fid": "frechet_inception_distance",
            f"precision_k{self.k}": "precision",
            f"recall_k{self.k}": "recall",
            "kid": "kernel_inception_distance_mean",
        }
        return {key: float(found[names[key]]) for key in self._keys(final)}

    def _registered(self, extractor: Extractor) -> str:
        """Registers the extractor with torch-fidelity and returns its name, which contains the hash of its weights."""
        if not extractor.has_head:
            extractor.clear_head()
            images = quantised(self._train, HEAD_IMAGES)
            features = torch.cat([extractor(batch) for batch in images.split(self.batch_size)])
            extractor.set_head(*affine_head(features))
        head = {"mean": extractor.mean, "scale": extractor.scale}
        name = f"{extractor.name}-{extractor.digest[:16]}-{digest_of(head)[:16]}"
        if name not in FEATURE_EXTRACTORS_REGISTRY:
            torch_fidelity.register_feature_extractor(name, wrapper_of(extractor))
        return name


class InMemory(Dataset):
    """Images in the form that torch-fidelity needs: an item is a tensor, not a tuple."""

    def __init__(self, images: UInt8[Tensor, "n c h w"]) -> None:
        self.images = images

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> UInt8[Tensor, "c h w"]:
        return self.images[index]


def wrapper_of(extractor: Extractor) -> type[FeatureExtractorBase]:
    """Returns a class for torch-fidelity, which builds its extractors itself."""
    frozen = copy.deepcopy(extractor).cpu()

    class Wrapped(FeatureExtractorBase):
        """Our extractor, on the device that torch-fidelity moves it to."""

        def __init__(self, name: str, features_list: list[str], **options: Any) -> None:
            super().__init__(name, features_list)
            self.extractor = copy.deepcopy(frozen)

        def forward(self, images: UInt8[Tensor, "b c h w"]) -> tuple[Tensor, ...]:
            return (self.extractor(images),)

        @staticmethod
        def get_provided_features_list() -> tuple[str, ...]:
            return ("features",)

        @staticmethod
        def get_default_feature_layer_for_metric(metric: str) -> str:
            return "features"

        @staticmethod
        def can_be_compiled() -> bool:
            return False

    return Wrapped
