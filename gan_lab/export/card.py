"""The page for people beside an exported model: a model card in the form of the Hugging Face Hub."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from gan_lab.export.evaluations import Record
from gan_lab.export.inputs import Inputs
from gan_lab.export.layout_page import layout_page, onnx_page
from gan_lab.metric.headline import headlines
from gan_lab.metric.interval import with_intervals
from gan_lab.metric.measures_page import measures_page
from gan_lab.metric.two_floors import WHY, titled
from gan_lab.runs.saved_folder import PICTURE
from gan_lab.trained_model import TrainedModel
from gan_lab.trust.lenient import finite_numbers, finite_pairs, printable
from gan_lab.trust.texts import without_html

KNOWN = (
    *("apache-2.0", "mit", "bsd-3-clause", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0"),
    *("gpl-3.0", "lgpl-3.0", "agpl-3.0", "mpl-2.0", "openrail", "unlicense"),
)
"""Licences that the Hub knows by these names; another one is `other` there, with its name."""
TAGS = ("gan", "generative-adversarial-network")
TASK = "unconditional-image-generation"


@dataclass(frozen=True, slots=True)
class Card:
    """What a card tells of a model.

    `evaluations` are the records of exactly these weights, `command` is the one that trained them, as far as it is
    known, `place` is what opens them, hub:USER/NAME or the folder, and `onnx` has the largest difference between the
    networks that were written as ONNX and torch, None for a file of weights.
    """

    trained: TrainedModel
    inputs: Inputs
    evaluations: list[Record]
    command: str | None
    license: str | None
    place: str
    caption: str
    half: bool = False
    onnx: dict[str, float] | None = None

    def text(self) -> str:
        """Returns README.md: front matter that the Hub reads, and the page."""
        front = yaml.safe_dump(self.front_matter(), sort_keys=False, allow_unicode=True, width=120)
        parts = [self.heading(), self.measures(), self.use(), self.training(), self.terms()]
        return f"---\n{front}---\n\n" + "\n\n".join(parts) + "\n"

    @property
    def images(self) -> bool:
        return len(self.trained.config["data"]["shape"]) == 3

    @property
    def name(self) -> str:
        config = self.trained.config
        return printable(str(config.get("name") or config["variant"]))

    def front_matter(self) -> dict[str, Any]:
        """Returns what the Hub reads of the card. It states a licence only where there is one."""
        config, known = self.trained.config, str(self.license).lower()
        licence = {"license": known} if known in KNOWN else {"license": "other", "license_name": self.license}
        return {
            **(licence if self.license else {}),
            "library_name": "onnx" if self.onnx is not None else "gan_lab",
            **({"pipeline_tag": TASK} if self.images else {}),
            "tags": [
                *(TAGS if self.trained.module.critic is not None else ()),
                *(printable(config[key]) for key in ("variant", "dataset")),
            ],
            **({"model-index": [{"name": self.name, "results": self.results()}]} if self.evaluations else {}),
        }

    def results(self) -> list[dict[str, Any]]:
        """Returns the first measures of each evaluation. A measure on features is named after their extractor: it must
        not be compared with that on others."""
        found = []
        for record in self.evaluations:
            protocol, values = record["protocol"], finite_numbers(record["measures"]["generated"])
            extractor, dataset = protocol.get("extractor"), str(protocol.get("dataset"))
            metrics = [
                {
                    "type": f"{name} ({extractor})" if extractor else name,
                    "name": f"{name}, {protocol.get('samples')} samples"
                    + (f", features of {extractor}" if extractor else ""),
                    "value": values[name],
                }
                for name in headlines(values, "fid")
            ]
            split = str(protocol.get("split"))
            task = {
                "type": TASK if self.images else "other",
                "name": "generation of images" if self.images else "points",
            }
            found.append(
                {"task": task, "dataset": {"name": dataset, "type": dataset, "split": split}, "metrics": metrics}
            )
        return found

    def heading(self) -> str:
        stated, counters, shape = self.trained.stated, self.trained.counters, self.trained.config["data"]["shape"]
        what = (
            f"images of {' x '.join(map(str, shape))} (channel, height, width)"
            if self.images
            else "points in the plane"
        )
        seen = f" and {counters['images_seen']:,} samples of the data" if "images_seen" in counters else ""
        sampled = (
            "The generator of this step is sampled from."
            if self.trained.module.average.is_copy
            else "What is sampled from is the average of the generator's weights over the training."
        )
        kind = "A generative model" if self.trained.module.critic is None else "A generative adversarial network"
        return f"""# {without_html(self.name)} on {without_html(printable(str(stated["dataset"])))}

{kind} that makes {what}. It was trained with gan_lab for
{stated["generator_steps"]:,} generator steps{seen}, with the seed {stated["training_seed"]}. {sampled}

![samples of the model]({PICTURE})

{self.caption}"""

    def measures(self) -> str:
        """Returns the part on measures: those of these weights alone, with protocol and interval, or that none are."""
        if not self.evaluations:
            return f"""## Measures

These weights were not measured. This command does it, with the protocol that it prints:

    python -m gan_lab.evaluate {self.place if self.onnx is None else "CHECKPOINT"}"""
        rounded = "\n\nMeasured before the weights were rounded to half precision." if self.half else ""
        return "## Measures\n\n" + "\n\n".join(map(table_of, self.evaluations)) + rounded

    def use(self) -> str:
        if self.onnx is not None:
            return onnx_page(self.trained, self.inputs, self.onnx)
        return layout_page(self.trained, self.inputs, self.place, self.half)

    def training(self) -> str:
        where = "config.json has every value." if self.onnx is None else "The metadata of the files name it."
        command = f" The command was\n\n    {printable(self.command)}" if self.command else ""
        return f"## Training\n\nThe sha256 of the checkpoint is {self.trained.stated['sha256']}. {where}{command}"

    def terms(self) -> str:
        """Returns the part on the licence, which nobody but the user can choose."""
        if self.license:
            said = (
                f"These weights are published under this licence, as whoever exported them has chosen: {self.license}."
            )
        else:
            said = (
                "Whoever exported these weights has chosen no licence. Without one, nothing is permitted beyond what "
                "the law permits anyway: ask them."
            )
        return f"## Licence\n\n{said} The data that they were trained on may have terms of their own."


def table_of(record: Record) -> str:
    """Returns the table of an evaluation with its protocol, and the command that made it."""
    measures, subject = record["measures"], record["subject"]
    spread = finite_numbers(measures.get("spread"))
    columns: dict[str, Mapping[str, float]] = {"generated": finite_numbers(measures["generated"])}
    columns |= {"±": spread} if spread else {}
    second = finite_numbers(measures.get("floor_validation"))
    columns |= titled(finite_numbers(measures.get("floor")), second)
    page = measures_page(
        with_intervals(columns, finite_pairs(measures.get("interval"))), protocol_of(record), WHY if second else ""
    )
    seeds = [str(seed) for seed in subject.get("seeds", [])] if isinstance(subject.get("seeds"), list) else []
    over = f", and ± is their standard deviation over the sampling seeds {', '.join(seeds)}" if spread else ""
    sampled = without_html(printable(f"Samples were drawn with sampler={subject.get('sampler')}{over}."))
    return f"{page.strip()}\n\n{sampled} Measured by\n\n    {printable(str(record.get('command')))}"


def protocol_of(record: Record) -> dict[str, Any]:
    """Returns the protocol with what `against` names, which a foreign record may lack."""
    return {"reference_n": "unknown", "split": "unknown", **record["protocol"]}
