"""Curves of metrics.csv, panel by panel."""

from gan_lab.callback.figures import draw, panels_of

CURVE = ([1, 2], [0.1, 0.2])


def test_the_layers_of_a_network_share_a_panel() -> None:
    names = ["critic/loss", "critic/norm", "critic/norm_layer_1", "critic/norm_layer_10", "generator/norm_layer_1"]
    panels = panels_of(dict.fromkeys(names, CURVE))
    assert {title: [*lines] for title, lines in panels.items()} == {
        "critic/loss": ["critic/loss"],
        "critic/norm": ["critic/norm"],
        "critic/norm by layer": ["1", "10"],
        "generator/norm by layer": ["1"],
    }


def test_a_floor_is_drawn_beside_its_measure() -> None:
    figure = draw({"fid": CURVE, "recall": CURVE}, {"fid": 1.0})
    assert [len(panel.lines) for panel in figure.axes[:2]] == [2, 1]
