"""Import answers of surveys (NPS, CSAT, CES) from a CSV, NDJSON, or a table of your own.

Needed are source_response_id, metric, score and answered_ts; an empty score is a question that was not answered. Say
scale_min and scale_max where they are not the usual ones (NPS 0 to 10, CSAT 1 to 5, CES 1 to 7), higher_is_better = 0
where the scale is reversed, question_version where the wording changed, and touchpoint.
"""

from __future__ import annotations

import argparse

from collector.commands.contacts import import_file
from collector.commands.contacts.import_file import Reading
from collector.contacts import surveys
from collector.contacts.schema import Door
from collector.settings import Settings
from collector.store import Store


def arguments(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """`import`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="import")
    import_file.arguments(
        actions.add_parser("import", parents=[common], help="Import survey answers", description=__doc__)
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Import the answers. Returns 1 if a line was rejected."""
    source = import_file.source_of(args)

    def reading(store: Store) -> Reading:
        mapped = import_file.mapping(args, surveys.FIELDS)
        door = Door(
            source,
            import_file.now_ms(),
            import_file.time_zone(args, mapped, settings),
            mapped.time_form,
            key=import_file.keys(args, settings, source, store),
        )
        return Reading(surveys.FIELDS, surveys.REQUIRED, lambda one: surveys.survey(one, door), mapped)

    return import_file.run(args, settings, source, "surveys", reading)
