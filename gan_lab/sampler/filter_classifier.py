"""The classifier by which samples are filtered."""

from math import ceil, exp, log

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from gan_lab.data.samples import Samples
from gan_lab.errors import GanLabError
from gan_lab.noise import seed_of
from gan_lab.runs.cache import Tensors
from gan_lab.sampler.context import SamplingContext

EPOCHS, STEPS, BATCH, RATE = 3, 600, 128, 1e-3


class FilterClassifier(nn.Module):
    """p(y | x) of samples in [-1, 1]: two 5x5 convolutions of stride 2, or two layers for points; then a hidden layer.

    It has another architecture, another seed and another order of the data than the extractors of `gan_lab.metric`,
    since a measure is meaningless if its own classifier chose the samples. The logits are divided by `temperature`,
    which is fitted on validation samples so that the confidence is calibrated (Guo et al. 2017, arXiv 1706.04599).
    """

    temperature: Tensor

    def __init__(self, *, shape: tuple[int, ...], classes: int) -> None:
        super().__init__()
        self.register_buffer("temperature", torch.ones(()))
        if len(shape) == 3:
            channels, height, width = shape
            features = 48 * -(-height // 4) * -(-width // 4)
            first = nn.Conv2d(channels, 24, 5, stride=2, padding=2)
            second = nn.Conv2d(24, 48, 5, stride=2, padding=2)
            body = nn.Sequential(first, nn.SiLU(), second, nn.SiLU(), nn.Flatten())
        else:
            (dim,), features = shape, 128
            body = nn.Sequential(nn.Linear(dim, 128), nn.SiLU(), nn.Linear(128, features), nn.SiLU())
        self.layers = nn.Sequential(body, nn.Dropout(0.3), nn.Linear(features, 64), nn.SiLU(), nn.Linear(64, classes))

    def forward(self, x: Float[Tensor, " b *shape"]) -> Float[Tensor, "b k"]:
        """Returns the logits, divided by the temperature."""
        return self.layers(x) / self.temperature


def filter_classifier(context: SamplingContext) -> tuple[FilterClassifier, float]:
    """Returns a classifier of the context's data, trained on the training samples or from the cache, and its accuracy
    on validation samples. Raises GanLabError for data without labels."""
    data = context.data
    if data.train.labels is None or not data.num_classes:
        raise GanLabError("this sampler needs a classifier, and the data have no labels to train it on")
    found = context.prepared.get(
        {"what": "classifier"},
        lambda: trained(data.train, data.validation, data.shape, data.num_classes),
        of_model=False,
    )
    with torch.random.fork_rng(devices=[]):  # the constructor draws initial weights, which are overwritten
        classifier = FilterClassifier(shape=data.shape, classes=data.num_classes)
    accuracy = found.pop("accuracy").item()
    classifier.load_state_dict(found)
    return classifier.to(context.device).eval().requires_grad_(False), accuracy


def trained(train: Samples, validation: Samples, shape: tuple[int, ...], classes: int) -> Tensors:
    """Returns weights, temperature and validation accuracy of a new classifier; the global random state is restored."""
    assert train.labels is not None
    epochs = max(EPOCHS, ceil(STEPS / ceil(len(train) / BATCH)))
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.default_generator.manual_seed(seed_of("filter classifier"))
        classifier = FilterClassifier(shape=shape, classes=classes)
        optimizer = torch.optim.Adam(classifier.parameters(), lr=RATE)
        with tqdm(
            total=epochs * len(train), desc="classifier", unit="sample", unit_scale=True, delay=2.0, leave=False
        ) as progress:
            for _ in range(epochs):
                for chosen in torch.randperm(len(train)).split(BATCH):
                    batch = train.batch(chosen)
                    loss = F.cross_entropy(classifier(batch.images), train.labels[chosen])
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    progress.update(len(chosen))
    classifier.eval()
    assert validation.labels is not None
    with torch.no_grad():
        chunks = torch.arange(len(validation)).split(1000)
        logits = torch.cat([classifier(validation.batch(chunk).images) for chunk in chunks])
    classifier.temperature.fill_(best_temperature(logits, validation.labels))
    accuracy = (logits.argmax(1) == validation.labels).double().mean()
    return classifier.state_dict() | {"accuracy": accuracy}


def best_temperature(logits: Float[Tensor, "n k"], labels: Int[Tensor, " n"]) -> float:
    """Returns the T in [1/20, 20] that minimises the cross-entropy of logits / T, by golden section search. The
    cross-entropy is convex in 1 / T, so it has one minimum."""
    logits, golden = logits.double(), (5**0.5 - 1) / 2

    def loss(log_t: float) -> float:
        return F.cross_entropy(logits / exp(log_t), labels).item()

    low, high = -log(20), log(20)
    for _ in range(60):
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return exp((low + high) / 2)
