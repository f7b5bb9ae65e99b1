"""Options of an object that another of its options makes idle, and options that contradict each other.

What a constructor refuses for several of its options together is known here too, so that it is said before torch is
imported.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gan_lab.errors import GanLabError

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Idle:
    """An option, when it does nothing, and why, as a clause with the values of others in it."""

    option: str
    when: Callable[[Values], bool]
    because: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """When options contradict each other, and the sentence that says so, which begins after the object's key."""

    when: Callable[[Values], bool]
    sentence: str


HALF_LIFE = Idle("ema_decay", lambda own: own.get("ema_half_life") is not None, "ema_half_life is given instead")
ONE_LIMIT = Contradiction(
    lambda own: (own["threshold"] is None) == (own["quantile"] is None),
    "needs either threshold or quantile, and null for the other",
)
PROJECTION = Contradiction(
    lambda own: bool(own.get("projection")) and own["outputs"] == 1,
    "has projection=true, which adds a score for each class, but gives one score: use a loss of classes, such as "
    "loss=class_wasserstein, or projection=false",
)
NO_PICTURES = (
    Idle("rows", lambda own: own["times"] == 0, "times is 0"),
    Idle("columns", lambda own: own["times"] == 0, "times is 0"),
    Idle("points", lambda own: own["times"] == 0, "times is 0"),
)
NO_FIT = Idle(
    "calibration_samples",
    lambda own: own["calibration"] in ("none", "energy"),
    "calibration is neither platt nor isotonic",
)
OTHERS = Contradiction(
    lambda own: (
        own["calibration"] in ("none", "energy")
        and not own.get("proposal", own.get("start"))["_target_"].endswith(".Direct")
    ),
    "has a calibration that is defined for samples of the plain generator, but takes those of another sampler: use "
    "calibration=platt",
)
ENDS = Contradiction(
    lambda own: own["calibration"] == "isotonic", "has calibration=isotonic, whose steps have no gradient: use platt"
)

TOGETHER = Contradiction(
    lambda own: own["n_critic"] != 1,
    "has an n_critic other than 1, but its players step together: leave model.n_critic at 1",
)

RULES: dict[str, Sequence[Idle | Contradiction]] = {
    **{
        f"gan_lab.model.{name}": [HALF_LIFE]
        for name in ("gan.GAN", "mmgan.MMGAN", "began.BEGAN", "ebgan.EBGAN", "infogan.InfoGAN", "wgan_qc.WGANQC")
    },
    "gan_lab.model.extragradient.Extragradient": [HALF_LIFE, TOGETHER],
    "gan_lab.model.consensus.Consensus": [HALF_LIFE, TOGETHER],
    "gan_lab.model.unrolled.Unrolled": [HALF_LIFE, TOGETHER],
    "gan_lab.model.flow_matching.FlowMatching": [HALF_LIFE],
    "gan_lab.model.top_k.TopK": [Idle("decay", lambda own: own["share"] == 1, "share is 1, which keeps all fakes")],
    "gan_lab.prior.gaussian_mixture.GaussianMixture": [
        Idle("learning_rate", lambda own: not own["trainable"], "trainable is false, so that the mixture is fixed"),
        Idle("means_seed", lambda own: own["spread"] == 0, "spread is 0, so that all means are 0"),
    ],
    "gan_lab.prior.info_codes.InfoCodes": [
        Contradiction(
            lambda own: own["continuous"] > own["dim"],
            "has more continuous codes than dim, the length of a code",
        ),
    ],
    "gan_lab.prior.code_search.CodeSearch": [
        Contradiction(
            lambda own: own["starts"] > own["candidates"],
            "has more starts than candidates, among which they are chosen",
        ),
    ],
    "gan_lab.network.mlp.MLPCritic": [PROJECTION],
    "gan_lab.network.dcgan.DCGANCritic": [PROJECTION],
    "gan_lab.network.resnet.ResNetCritic": [PROJECTION],
    "gan_lab.network.r3gan.R3GANCritic": [PROJECTION],
    "gan_lab.loss.kernel_discrepancy.KernelDiscrepancy": [
        Contradiction(
            lambda own: own["kernel"] == "distance" and any(shape >= 2 for shape in own["shapes"]),
            "has kernel=distance, whose shapes are powers of a distance below 2",
        )
    ],
    "gan_lab.loss.least_squares.LeastSquares": [
        Contradiction(
            lambda own: own.get("fake_label", 0.0) >= min(own.get("real_label", 1.0), own.get("generator_label", 1.0)),
            "must have a fake_label below real_label and generator_label, since scores are high for real",
        )
    ],
    "gan_lab.sampler.drs.DRS": [
        Contradiction(
            lambda own: own["target_acceptance"] is not None and own["gamma"] != 0,
            "has both gamma and target_acceptance, which finds a gamma by itself: set one of them",
        ),
        OTHERS,
        NO_FIT,
    ],
    "gan_lab.sampler.sir.SIR": [OTHERS, NO_FIT],
    "gan_lab.sampler.mh.MH": [OTHERS, NO_FIT],
    "gan_lab.sampler.dgflow.DGflow": [ENDS, OTHERS, NO_FIT],
    "gan_lab.sampler.ddls.DDLS": [
        ENDS,
        Idle("target_accept", lambda own: not own["mala"], "mala is false, so that every step is taken"),
        Contradiction(
            lambda own: (own["schedule"] == "cosine") != (own["eps_min"] is not None),
            "has only one of schedule=cosine and eps_min, which go together",
        ),
        Contradiction(
            lambda own: own["schedule"] == "cosine" and own["mala"],
            "has schedule=cosine and mala=true, which finds eps by itself: set one of them",
        ),
        Contradiction(
            lambda own: own["eps_min"] is not None and own["eps_min"] > own["eps"],
            "must have an eps_min of at most eps",
        ),
        NO_FIT,
    ],
    "gan_lab.sampler.dot.DOT": [
        Idle("prior_step", lambda own: own["space"] == "target", "space is target, so that no codes are moved"),
    ],
    "gan_lab.sampler.confidence.Confidence": [ONE_LIMIT],
    "gan_lab.sampler.batch_inception_score.BatchInceptionScore": [ONE_LIMIT],
    "gan_lab.metric.feature.FeatureMeasure": [
        Contradiction(
            lambda own: not {*own["while_training"]} <= {*own["metrics"]},
            "names a metric in while_training that is not among its metrics",
        ),
        Contradiction(
            lambda own: not own["while_training"],
            "has an empty while_training, but its monitor must be computed then",
        ),
    ],
    "gan_lab.callback.image_samples.ImageSamples": NO_PICTURES,
    "gan_lab.callback.point_samples.PointSamples": NO_PICTURES,
    "gan_lab.callback.evaluation.Evaluation": [
        Idle("steps_apart", lambda own: own["times"] == 0, "times is 0"),
    ],
}
"""By the object's `_target_`."""


def refuse_idle(config: Any, path: str, words: Mapping[str, str], named: Callable[[str], str]) -> None:
    """Raises GanLabError for options below `path` that contradict each other, and for one that was given and is idle.

    `words` are those of the command line by the keys that they set; `named` turns the path of an object into the key by
    which the user knows it.
    """
    for place, own in objects(config, path):
        where = named(place)
        for rule in RULES.get(str(own.get("_target_")), ()):
            if isinstance(rule, Contradiction):
                if rule.when(own):
                    raise GanLabError(f"{where} {rule.sentence}")
            elif (word := words.get(f"{where}.{rule.option}")) and rule.when(own):
                raise GanLabError(f"{word} does nothing here, since {where}.{rule.because}")


def objects(config: Any, path: str) -> Iterator[tuple[str, Values]]:
    """Yields every part of a configuration that has options of its own, with its key."""
    if isinstance(config, list):
        for index, item in enumerate(config):
            yield from objects(item, f"{path}[{index}]")
    elif isinstance(config, Mapping):
        yield path, config
        for key, value in config.items():
            yield from objects(value, f"{path}.{key}")
