"""The answer on categories that nobody named: whether they come to be those of the digits."""

from gan_lab.reference.answer_table import Table

ROWS = {
    "infogan_mnist": "InfoGAN",
    "infogan": "InfoGAN with `network=mlp`",
    "mmgan": "MMGAN",
    "gmgan_static_unlabelled": "a fixed mixture without labels, which nothing asks to keep its components apart",
}


def codes(t: Table) -> str:
    """Returns in words how far the categories of the codes agree with the digits, for each row."""
    shares = "; ".join(f"{of}: {t.mean(row, 'cluster_accuracy'):.2f}" for row, of in ROWS.items())
    return (
        "**Do categories that nobody named become digits?** Share of samples that are the digit of their category, "
        f"where each category stands for another digit (`cluster_accuracy`; by chance .1 and a little more): {shares}."
    )
