"""Both searches of the benchmark find the same neighbours, and its record and picture have every dimension."""

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from tests.benchmarks.neighbours import (
    BLOCKS,
    TREE,
    by_blocks,
    by_tree,
    gaussian,
    measure,
    on_principal_axes,
    picture,
)


@pytest.mark.parametrize("d", [1, 2, 16, 384])
def test_the_tree_and_the_blocks_find_the_same_neighbours(d: int) -> None:
    queries, others = gaussian(60, d)
    table = (queries.double()[:, None] - others.double()[None]).square().sum(2)
    assert by_tree(queries, others).equal(by_blocks(queries, others))
    assert by_tree(queries, others).equal(table.argsort(1)[:, :3])


def test_principal_axes_are_those_of_the_largest_variances_and_all_keep_every_distance() -> None:
    scales = torch.tensor([0.1, 5.0, 1.0, 2.0])
    queries, others = (points * scales for points in gaussian(400, 4))
    on_two = on_principal_axes((queries, others), 2)[1]
    torch.testing.assert_close(on_two.var(0), torch.tensor([25.0, 4.0]), rtol=0.3, atol=0)
    distances = torch.cdist(queries, others)
    torch.testing.assert_close(torch.cdist(*on_principal_axes((queries, others), 4)), distances, rtol=1e-3, atol=1e-3)


def test_the_record_and_the_picture_have_every_dimension() -> None:
    record = measure(40, 1, (2, 8), gaussian(40, 8))
    for points in ("gaussian", "mnist"):
        assert [*record[points]] == ["2", "8"]
        assert all(found["same_neighbours"] for found in record[points].values())
        assert all(found[way]["seconds"] >= 0 for found in record[points].values() for way in (TREE, BLOCKS))
    figure = picture(record)
    assert isinstance(figure, Figure)
    assert [np.asarray(line.get_xdata()).tolist() for line in figure.axes[0].lines] == [[2, 8]] * 4
