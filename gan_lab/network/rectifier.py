"""A leaky ReLU whose second derivative costs nothing."""

from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from gan_lab.domains import Declared, NonNegative


class _Rectify(torch.autograd.Function):
    """F.leaky_relu whose gradient is treated as constant, since it depends on the input only through its sign."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, slope: float) -> Tensor:  # setup_context would cost 0.1 ms per call
        output = F.leaky_relu(x, slope)
        ctx.save_for_backward(output)
        ctx.slope = slope
        return output

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        # The output is detached, since no gradient goes back through it; it has the sign of the input.
        (output,) = ctx.saved_tensors
        return torch.ops.aten.leaky_relu_backward(gradient, output.detach(), ctx.slope, True), None


@final
class LeakyReLU(nn.Module, Declared):
    """y = x for x > 0 and slope x elsewhere; `slope` 0 is ReLU. Values and gradients are the same as torch's.

    The second derivative is zero wherever it exists. torch's layers still propagate these zeros through the whole
    network, which takes two of the six matrix products that a layer needs in a gradient penalty. This layer does not.
    """

    def __init__(self, slope: NonNegative) -> None:
        super().__init__()
        self.slope = slope

    def forward(self, x: Float[Tensor, "*b"]) -> Float[Tensor, "*b"]:
        return _Rectify.apply(x, self.slope)

    def extra_repr(self) -> str:
        return f"slope={self.slope}"
