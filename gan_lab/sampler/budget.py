"""The budget of proposals, after which sampling is given up."""

from math import ceil

from scipy.special import betaincinv

from gan_lab.errors import SamplingBudgetError

CONFIDENCE = 0.99


class Budget:
    """Counts proposals, and raises SamplingBudgetError after ceil(wanted / least) of them.

    After `probe` proposals it also raises the error if the acceptance rate is below `least` with 99 % confidence
    (Clopper and Pearson's upper bound), so that a hopeless sampler stops within seconds.
    """

    def __init__(
        self, sampler: str, *, wanted: int, least: float, probe: int, hint: str, unit: str = "samples"
    ) -> None:
        self.sampler, self.wanted, self.hint, self.unit = sampler, wanted, hint, unit
        self.least, self.probe = least, probe
        self.proposed = self.accepted = 0

    def spend(self, proposed: int, accepted: int) -> None:
        """Counts further proposals and acceptances. Raises SamplingBudgetError if the budget is used up."""
        self.proposed += proposed
        self.accepted += accepted
        over = self.proposed >= max(self.probe, ceil(self.wanted / self.least))
        hopeless = self.proposed >= self.probe and upper_bound(self.accepted, self.proposed) < self.least
        if self.accepted < self.wanted and (over or hopeless):
            raise SamplingBudgetError(
                self.sampler,
                wanted=self.wanted,
                accepted=self.accepted,
                proposed=self.proposed,
                hint=self.hint,
                unit=self.unit,
            )

    @property
    def stats(self) -> dict[str, float]:
        share = self.accepted / max(1, self.proposed)
        return {"proposed": float(self.proposed), "accepted": float(self.accepted), "acceptance": share}


def upper_bound(accepted: int, proposed: int) -> float:
    """Returns the p at which k = `accepted` or fewer of n = `proposed` have a probability of 1 %."""
    return 1.0 if accepted >= proposed else float(betaincinv(accepted + 1, proposed - accepted, CONFIDENCE))
