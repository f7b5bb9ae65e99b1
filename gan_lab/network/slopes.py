"""Scores of samples, and slopes between them, by one product of matrices for each layer and direction."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from gan_lab.network.rectifier import LeakyReLU


def only_rectified(hidden: nn.Sequential, head: nn.Module) -> bool:
    """Returns whether the network, after the layer that flattens, is linear layers and leaky rectifiers with one score:
    no normalisation (a layer with a spectral norm is of another type), dropout or statistics of the batch."""
    layers: list[type] = [type(layer) for block in list(hidden)[1:] for layer in block]  # type: ignore[attr-defined]
    alternate = len(layers) > 0 and layers == [nn.Linear, LeakyReLU] * (len(hidden) - 1)
    return alternate and type(head) is nn.Linear and head.out_features == 1


class ScoresAndSlopes(torch.autograd.Function):
    """score(x), features(x), and the gradient of score(y) by y at y = s x_i + (1 - s) x_{i+k}, of a network of linear
    layers W, b and leaky rectifiers r; the rows x are k real samples and k fake ones, s is `share`.

    Forward, x and y go through the layers together: h_l = r(W_l h_{l-1} + b_l). In the first layer, what y gives before
    the rectifier lies between what its ends give. At y the gradient by the l-th layer's output before the rectifier is
    d_l = r'(h_l) W_{l+1}' d_{l+1}, with 1 for the score, and the slope is W_1' d_1.

    Backward, the gradient t_0 by the slopes goes forwards, t_l = r'(h_l) W_l t_{l-1}, while that by the scores, e_l,
    goes backwards as usual. Then W_l gets sum e_l h_{l-1}' over x plus sum d_l t_{l-1}' over y, which is one product of
    the stacked rows. As r'' is 0 wherever it exists, biases get nothing from the slopes. x has no gradient here.
    """

    @staticmethod
    def forward(
        ctx: Any, x: Float[Tensor, "m n"], share: Float[Tensor, "k 1"], slope: float, *parameters: Tensor
    ) -> tuple[Float[Tensor, "m 1"], Float[Tensor, "m f"], Float[Tensor, "k n"]]:
        weights, biases, m = parameters[::2], parameters[1::2], len(x)
        first = torch.addmm(biases[0], x, weights[0].T)
        between = torch.lerp(first[m // 2 :], first[: m // 2], share)
        inputs = [x, F.leaky_relu_(torch.cat([first, between]), slope)]  # of every layer
        for weight, bias in zip(weights[1:-1], biases[1:-1], strict=True):
            inputs.append(F.leaky_relu_(torch.addmm(bias, inputs[-1], weight.T), slope))
        score = torch.addmm(biases[-1], inputs[-1][:m], weights[-1].T)
        by_output = [torch.ones_like(share)]  # d of every layer, the last one first
        for weight, value in zip(weights[:0:-1], inputs[:0:-1], strict=True):
            by_output.append(rectified(by_output[-1] @ weight, value[m:], slope))
        ctx.slope, ctx.many = slope, (m, len(weights))
        ctx.save_for_backward(*weights, *inputs, *by_output[::-1])
        return score, inputs[-1][:m], by_output[-1] @ weights[0]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, of_score: Tensor, of_features: Tensor, of_slopes: Tensor) -> tuple[Tensor | None, ...]:
        m, layers = ctx.many
        saved: tuple[Tensor, ...] = ctx.saved_tensors
        weights, inputs, by_output = saved[:layers], saved[layers : 2 * layers], saved[2 * layers :]
        forwards = [of_slopes]
        for weight, value in zip(weights[:-1], inputs[1:], strict=True):
            forwards.append(rectified(forwards[-1] @ weight.T, value[m:], ctx.slope))
        backwards = [of_score]
        for weight, value in zip(weights[:0:-1], inputs[:0:-1], strict=True):
            by_input = backwards[-1] @ weight
            if value is inputs[-1]:
                by_input += of_features
            backwards.append(rectified(by_input, value[:m], ctx.slope))
        gradients: list[Tensor] = []
        for value, t, d, e in zip(inputs, forwards, by_output, reversed(backwards), strict=True):
            gradients += [torch.cat([e, d]).T @ torch.cat([value[:m], t]), e.sum(0)]
        return None, None, None, *gradients


def rectified(gradient: Tensor, output: Tensor, slope: float) -> Tensor:
    """Returns the gradient by a rectifier's input; its output has the sign of its input."""
    return torch.ops.aten.leaky_relu_backward(gradient, output, slope, True)
