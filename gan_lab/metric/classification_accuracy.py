"""What a classifier learns from generated images alone."""

from typing import final

import torch
from jaxtyping import Int, UInt8
from torch import Tensor

from gan_lab.distributed.ranks import share, total
from gan_lab.metric.features import Features, Reference
from gan_lab.metric.real_fake import GatheredMetric, TooAlikeError
from gan_lab.metric.small_classifier import classify, train_small_classifier

BYTE = 256


@final
class ClassificationAccuracy(GatheredMetric):
    """`cas`, the classification accuracy score: the accuracy on real images of a classifier that was trained on
    generated ones.

    A classifier (`small_classifier`) is trained on the generated images of a conditional model, each with the class
    that it was asked for, and classifies the real images of the comparison. The score is in 0..1; it is low if images
    are not of their class, if classes lack variety, or if images look unlike real ones to the classifier. Ravuri &
    Vinyals 2019 (arXiv 1905.10887).

    The floor is the accuracy of one that was trained on as many real training images: an upper bound in practice.

    The label k of a generated image stands for the class k mod N of N classes, as in training. Models that were trained
    without labels, and image files, have no score: it is left out.

    *Deviations:* a small convolutional network instead of a ResNet-50, and top-1 accuracy only.
    """

    uses_labels = True
    needs_real_labels = True
    needs_label_classes = True
    keys = ("cas",)

    def compute(self) -> dict[str, float]:
        rows = self.gathered()
        right = torch.zeros(1, dtype=torch.int64, device=rows.device)
        for _ in share(range(1)):  # the first rank trains, and tells the others
            right[0] = self._right_after(rows)
        return {"cas": total(right).item() / len(self._real_images)}

    def _right_after(self, rows: UInt8[Tensor, "n bytes"]) -> int:
        """Returns how many real images are classified rightly after training on these images."""
        labels = BYTE * rows[:, 0].long() + rows[:, 1]
        images = rows[:, 2:].unflatten(1, self._real_images.shape[1:])
        classes = 1 + int(max(labels.max(), self._real_labels.max()))
        classifier = train_small_classifier(images, labels, classes=classes, key="cas")
        return int((classify(classifier, self._real_images) == self._real_labels.cpu()).sum())

    def _kept(self, fake: Features) -> UInt8[Tensor, "n bytes"]:
        """Returns images behind two bytes with their class, since ranks gather one tensor."""
        if not len(fake):
            return self._nothing()  # of a rank that has no images, and so no labels
        if fake.label is None:
            raise ValueError("a classifier is trained on images with the class that they were drawn for")
        assert fake.images is not None
        asked = fake.label % self.label_classes if self.label_classes else fake.label
        label = torch.stack([asked // BYTE, asked % BYTE], 1).byte()
        return torch.cat([label, fake.images.flatten(1)], 1)

    def _nothing(self) -> UInt8[Tensor, "0 bytes"]:
        return self._real_images.new_empty(0, 2 + self._real_images[0].numel())

    def _take_real(self, reference: Reference) -> None:
        real = reference.real
        if real.images is None:
            raise ValueError("a classifier is trained on images, not on features alone")
        if real.label is None:
            raise TooAlikeError("the real images have no labels that a classifier could be asked for")
        self._real_images = real.images
        self._real_labels: Int[Tensor, " n"] = real.label
