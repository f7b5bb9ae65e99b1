"""How the processes of a run share the gradients of players that take turns."""

from typing import final

import torch.distributed as dist
from lightning.pytorch.strategies import DDPStrategy

from gan_lab.distributed.ranks import alone


@final
class TurnByTurn(DDPStrategy):
    """Lightning's strategy of several processes, without torch's DistributedDataParallel around the model.

    DistributedDataParallel reduces the gradients of all parameters in every turn, though only one player steps, and
    makes each GPU wait to learn which parameters a turn used. Here `AlternatingModule` averages the gradients of the
    turn's player itself, and its buffers once a round. The processes begin with the weights of the first.
    """

    def configure_ddp(self) -> None:
        assert self.model is not None
        if not alone():
            for values in self.model.state_dict().values():
                dist.broadcast(values, 0)
