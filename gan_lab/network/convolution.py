"""The 4x4 convolutions of stride 2 of DCGAN, without what torch's take in vain on a CPU."""

from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.grad import conv2d_weight

KERNEL, STRIDE, PADDING = 4, 2, 1
FEW = 4
"""Up to so many channels of images, torch's transposed convolution takes 2 to 7 times as long on a CPU as a matrix
product and a sum of patches: with one channel it computes at a twentieth of the processor's rate."""


@final
class Halving(nn.Conv2d):
    """Maps (b, in, 2h, 2w) to (b, out, h, w). Values, gradients and saved weights are those of torch's layer.

    So are the derivatives of gradients by samples, which penalties ask for. Those of gradients by weights are torch's
    only if `differentiates_weight_gradients`.
    """

    differentiates_weight_gradients = False

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(in_channels, out_channels, KERNEL, STRIDE, PADDING)

    def forward(self, input: Float[Tensor, "b in h2 w2"]) -> Float[Tensor, "b out h w"]:
        gains = torch.is_grad_enabled() and input.requires_grad and in_one_precision_on_cpu(input, self.weight)
        if self.differentiates_weight_gradients or not gains:
            return super().forward(input)
        return _WithInputGradient.apply(super().forward(input.detach()), input, self.weight)


@final
class Doubling(nn.ConvTranspose2d):
    """Maps (b, in, h, w) to (b, out, 2h, 2w). Values, gradients and saved weights are those of torch's layer."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(in_channels, out_channels, KERNEL, STRIDE, PADDING)

    def forward(
        self, input: Float[Tensor, "b in h w"], output_size: list[int] | None = None
    ) -> Float[Tensor, "b out h2 w2"]:
        if self.out_channels > FEW or not in_one_precision_on_cpu(input, self.weight):
            return super().forward(input, output_size)
        doubled = _Transposed.apply(input, self.weight)
        return doubled if self.bias is None else doubled + self.bias[:, None, None]


def differentiate_weight_gradients(network: nn.Module) -> None:
    """Lets gradients by the weights of a network be differentiated again, by whatever they depend on."""
    for layer in network.modules():
        if isinstance(layer, Halving):
            layer.differentiates_weight_gradients = True


def in_one_precision_on_cpu(samples: Tensor, weight: Tensor) -> bool:
    """Returns whether these layers have something to gain; where autocast chooses the precision, torch's are left."""
    return samples.device.type == "cpu" and samples.dtype == weight.dtype and not torch.is_autocast_enabled("cpu")


class _WithInputGradient(torch.autograd.Function):
    """A convolution's result that was computed without its input's gradient, and this gradient.

    The second derivative of torch's convolution sends zeros back through all layers before it, since its gradient
    might depend on its input. It does not, and here nothing is sent.
    """

    @staticmethod
    def forward(ctx: Any, result: Tensor, x: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(weight)
        return result.view_as(result)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        (weight,) = ctx.saved_tensors
        return gradient, _Transposed.apply(gradient, weight), None


class _Transposed(torch.autograd.Function):
    """The transposed convolution; one that makes few channels is a matrix product and a sum of overlapping patches."""

    @staticmethod
    def forward(ctx: Any, y: Tensor, weight: Float[Tensor, "many few 4 4"]) -> Tensor:
        ctx.save_for_backward(y, weight)
        if weight.shape[1] > FEW:
            return F.conv_transpose2d(y, weight, None, STRIDE, PADDING)
        height, width = (STRIDE * side for side in y.shape[2:])
        patches = weight.flatten(1).T @ y.flatten(2)
        return F.fold(patches, (height, width), KERNEL, padding=PADDING, stride=STRIDE)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None]:
        y, weight = ctx.saved_tensors
        of_y, of_weight = ctx.needs_input_grad
        return (
            F.conv2d(gradient, weight, None, STRIDE, PADDING) if of_y else None,
            conv2d_weight(gradient, weight.shape, y, STRIDE, PADDING) if of_weight else None,
        )
