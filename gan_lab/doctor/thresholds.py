"""All thresholds of the findings, and where each comes from. Imports no torch.

"The table" are the 127 records and 63 curves of runs of 20 to 100 epochs on MNIST that were there before version 0.2.
Where a threshold lies between values of the table, it is near their geometric mean. Ratios are to the run itself, or to
real images under the same protocol, so that another extractor needs no other thresholds.
"""

PARTS = 10
"""A term's curve is divided into so many parts, each with its median, so that single rounds do not matter."""
LEAST_LINES = 10
"""Logged lines below which a curve is not judged."""
HALFWAY = 0.5
"""The share of a run before which measures are not judged: samples of healthy runs are bad and alike at first."""

SATURATED_GRADIENT = 0.01
"""Norm of the critic's gradient over all weights, at the end against its largest part. In the table: 3e-5 in
`mmgan_no_batch_norm`, whose critic won, and 0.08 or more in all others."""
SATURATED_ACCURACY = 0.99
"""Share of samples that a saturated critic judges rightly. A critic without a gradient that is right less often has
stopped learning for another reason, see `DEAD_GAP`."""
DEAD_GAP = 1e-5
"""Difference of the mean scores of real and generated samples, against the larger of the two: float32 has seven
digits, and means of a batch of such scores differ by chance in the last two."""
VANISHED_GRADIENT = 0.08
"""Norm of the generator's gradient over all weights, at the end against its largest part. In the table: 0.05 in
`mmgan_no_batch_norm` and 0.17 or more in all others."""
LOSS_SCALE = (1.0, 20.0)
"""Sizes between which a critic's loss usually is: 1 as a cross-entropy, and at most 11 in the table, as an estimate of
the distance between images. A loss that is larger from the first line on is compared with the upper one."""
EXPLODED_LOSS = 50.0
"""Size of the critic's loss at the end, against its smallest part, or the end of `LOSS_SCALE` that is nearer to it. In
the table: 4 at most, in `wgan_20_epochs`."""
CLIPPED_SHARE = 0.2
"""Share of the critic's weights at their limit. In the table: 0.12 in `tuned_wgan` (FID 9.9), and 0.26 and more in
`wgan`, `wgan_20_epochs` and `wgan_50_epochs` (98 to 317)."""

ALIKE_DIVERSITY = 0.5
"""Variance of samples within classes against that of real images. In the table, 0.04 to 0.46 where each class is one
image or few (`began`, `gan_n3`, `gmgan_static`), and 0.7 or more where FID is below 15."""
ALIKE_COVERAGE = 0.2
"""Coverage against that of real images, while precision is high. In the table: 0.14 in `began` and `gan_n3`, and
0.25 and more in others of high precision."""
HIGH_PRECISION = 0.8
"""Precision against that of real images from which it counts as high: half of the table's runs have it."""
DUPLICATES = 0.05
"""Share of samples that are equal, pixel by pixel, to another one. It is 0 in the whole table, and for real images."""
GONE_RECALL = 0.25
"""Recall against that of real images, while precision is high. In the table, it is 0.0 to 0.2 in GM-GANs with class
labels, whose samples vary little within a class, and 0.6 and more where FID is below 15 without them."""
REALISTIC = 0.5
"""Precision against that of real images, or the share of points near a component, below which samples are no digits
yet, so that their classes mean nothing."""
UNREALISTIC = 0.1
"""The same share, at which hardly any sample is like a real one. In the table: 0.43 in the worst run,
`unrolled_3_epochs`."""
LEAST_STEPS = 1000
"""Generator steps before which samples of healthy runs may be like no real ones: half of the usual average (.999) are
weights of the last 700 steps."""
TELLING = 0.5
"""Precision of real data below which precision is not judged. Features of trained classifiers have 0.8 and more; by
those of a random network, colour patches have 0.07."""
WORSE = 1.2
"""The monitored measure against its best, from which a run gets worse. In the table: 1.18 and less in runs that stay
about as good as they were, and 1.3 to 7 in those whose generator failed (`began`, `mmgan_no_batch_norm`)."""
ENOUGH = 50.0
"""Samples that the rarest class, and each component, must have on average in real data, so that chance does not leave
one out."""
MISSING_CLASS = 0.1
"""Share of the rarest class against that in real images. In the table, 0.16 and more where FID is below 30."""
MEMORISING_AUTHENTICITY = 0.7
"""Authenticity against that of real images. In the table, which has no run that memorises, 0.88 and more. It is 0 for
training images."""
COPYING = -3.0
"""The z-score of Meehan et al. 2020 (arXiv 2004.05675): three standard deviations nearer to the training images than
real ones are."""

BEHIND = 1.5
"""The monitored measure of the averaged generator against that of the trained one, if they also differ by the floor.
An average at its usual decay is better than the weights (arXiv 1806.04498, see `gan_lab.model.average`)."""
NOISY_INTERVAL = 0.5
"""Width of the 95 % interval of the monitored measure, against the measure: two such runs must differ by half, about,
to be told apart. 10,000 samples of MNIST have 0.05 to 0.15, 400 of the
digits of scikit-learn 0.1 to 0.3, and 30 of them 0.5."""
FALLING_SHARE, FALLING_FLOORS, FALLING_TIMES = 0.1, 1.0, 5
"""By how much the monitored measure fell over the last third of the evaluations, against itself and against its floor,
and how many evaluations tell it. In the table, `best_mnist`, which converged, fell by 0.4 floors and `gan_minimax`, the
next, by 1.9."""
SMALL_BATCH = 8.0
"""Samples per process, below which batch norm's statistics are noise: errors grow from 16 on and fast below 8 (Wu and
He 2018, arXiv 1803.08494, figure 1)."""
