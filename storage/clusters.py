"""What is remembered of news, so that the next report of it is recognised."""

from array import array
from sys import intern

from bot.domain.clustering import Frequency, Grown
from bot.domain.likeness import Cluster, ClusterId
from storage.database import Plan, Row, each, run, select
from storage.rows import as_was, dumped, loaded, micros, moment, storable

CLUSTER = """
INSERT INTO clusters (id, touched, cluster) VALUES ($1, $2, $3)
ON CONFLICT (id) DO UPDATE SET touched = excluded.touched, cluster = excluded.cluster
"""
FORGET = "DELETE FROM clusters WHERE id = $1"
SELDOM = "DELETE FROM cluster_terms WHERE entries <= 1"
HALVE = "UPDATE cluster_terms SET entries = entries / 2"
TERM = """
INSERT INTO cluster_terms (term, entries) VALUES ($1, $2) ON CONFLICT (term) DO UPDATE SET entries = excluded.entries
"""
NO_TERM = "DELETE FROM cluster_terms WHERE term = $1"
COUNTER = "UPDATE counters SET value = $2 WHERE name = $1"
SEEN, COUNTING = "cluster entries", "cluster entries that count"
CLUSTERS = "SELECT id, touched, cluster FROM clusters ORDER BY touched"
TERMS = "SELECT term, entries FROM cluster_terms"
COUNTERS = "SELECT name, value FROM counters"


def grow(grown: Grown) -> Plan[None]:
    """Plan the writing of what became of the clusters."""
    yield from each(FORGET, ((id_,) for id_ in grown.forgotten))
    yield from each(CLUSTER, map(cluster_row, grown.clusters))
    for _ in range(grown.halved):
        yield from run(SELDOM)
        yield from run(HALVE)
    yield from each(TERM, ((storable(term), count) for term, count in grown.counts.items() if count))
    yield from each(NO_TERM, ((storable(term),) for term, count in grown.counts.items() if not count))
    yield from run(COUNTER, SEEN, grown.seen)
    yield from run(COUNTER, COUNTING, grown.counting)


def cluster_row(one: Cluster) -> Row:
    """Return the columns of `clusters`."""
    rest = [
        one.size,
        micros(one.at),
        one.langs,
        one.identities,
        one.terms,
        one.weights.tolist(),
        one.filed.tolist(),
        one.square,
        one.apart,
    ]
    return (one.id, one.touched, dumped(rest))


def to_cluster(row: Row) -> Cluster:
    """Read what `cluster_row` wrote."""
    size, at, langs, identities, terms, weights, filed, square, apart = loaded(row[2])
    return Cluster(
        id=ClusterId(row[0]),
        touched=row[1],
        size=size,
        at=moment(at),
        langs=tuple(langs),
        identities=tuple(identities),
        terms=tuple(map(intern, terms)),
        weights=array("d", weights),
        filed=array("L", filed),
        square=square,
        apart=tuple(apart),
    )


def remembered() -> Plan[tuple[int, list[Cluster], Frequency]]:
    """Plan the reading of the stories' revision and of all that was written."""
    counters: dict[str, int] = dict((yield from select(COUNTERS)))
    rows = yield from select(CLUSTERS)
    terms = yield from select(TERMS)
    counts = {as_was(term): count for term, count in terms}
    frequency = Frequency(seen=counters[SEEN], counting=counters[COUNTING], counts=counts)
    return counters["stories"], [to_cluster(row) for row in rows], frequency
