"""A progress bar changes nothing of what it goes over."""

from gan_lab.terminal.bar import bar


def test_the_items_come_as_they_are() -> None:
    assert [*bar((2, 0, 1), "numbers")] == [2, 0, 1]
