"""`cluster`: which entries tell one story."""

from argparse import Namespace
from datetime import UTC, datetime

from bot.commandline.reading import opened
from bot.domain.aliases import Aliases, known_names
from bot.domain.clustering import Clusters, item
from bot.records import dumps, records, to_entry
from bot.wiring.language import vocabulary


def cluster(arguments: Namespace) -> int:
    """Print for each entry the number of its story, in the order given, which is the order they are told in."""
    aliases, clusters = Aliases(known_names(vocabulary())), Clusters()
    at = datetime.fromtimestamp(0, UTC)
    with opened(arguments.entries) as lines:
        for record in records(lines, arguments.entries):
            entry = to_entry(record)
            at = entry.published or entry.updated or at
            print(dumps({"id": record.get("id"), "story": clusters.join(item(entry, at, aliases)).id}))
    return 0
