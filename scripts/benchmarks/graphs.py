"""Graphs of the bench: some nodes are popular, as in the field; the same on every run.

A tenth of the nodes are exposures, a tenth outcomes, the rest mechanisms; there are five links a
node. Three links in ten start at an exposure and three in ten end at an outcome; which one is drawn
as u^2.5 of the class, so that its first nodes are popular at both ends. Levels are even over the
five, three signs in ten are negative.
"""

from collections.abc import Iterator

import numpy as np

from kg.bulk.columns import LinkColumns, build_columns
from kg.model.batches import LinkBatch

ROWS = 20_000


def drawn(links: int, seed: int = 1) -> dict[str, np.ndarray]:
    """Tails, heads, signs and levels of so many links."""
    chance = np.random.default_rng(seed)
    nodes = links // 5
    ends = nodes // 10
    middle = nodes - 2 * ends

    def popular(of: int) -> np.ndarray:
        return (of * chance.random(links) ** 2.5).astype(np.int64)

    exposed, ending = (chance.random(links) < 0.3 for _ in range(2))
    return {
        "tail": np.where(exposed, popular(ends), ends + popular(middle)),
        "head": np.where(ending, ends + middle + popular(ends), ends + popular(middle)),
        "sign": np.where(chance.random(links) < 0.7, 1, -1),
        "level": chance.integers(0, 5, links),
    }


def batches(links: int) -> Iterator[LinkBatch]:
    """The links as a reader would give them."""
    rows = drawn(links)
    for at in range(0, links, ROWS):
        tail, head, sign, level = (column[at : at + ROWS].tolist() for column in rows.values())
        size = len(tail)
        yield LinkBatch(
            subjects=[f"n{node}" for node in tail],
            predicates=["affects"] * size,
            objects=[f"n{node}" for node in head],
            signs=sign,
            established=level,
            as_described=level,
            best_case=level,
            mechanistic=[-1] * size,
            flags=[0] * size,
            studies=[-1] * size,
            sources=[""] * size,
        )


def made(links: int) -> LinkColumns:
    """The graph as columns."""
    return build_columns(batches(links))


def write_table(links: int, path: str) -> None:
    """The graph as a links table."""
    words = ["none", "very low", "low", "moderate", "high"]
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write("subject,predicate,object,sign,level\n")
        for batch in batches(links):
            rows = zip(batch.subjects, batch.objects, batch.signs, batch.established, strict=True)
            file.writelines(f"{s},affects,{o},{sign},{words[m]}\n" for s, o, sign, m in rows)
