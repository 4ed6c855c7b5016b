"""What boards share: who is counted, from when to when, the marks on their time axes, and where a click leads."""

from __future__ import annotations

from dashboards.model import BLUE, GREY, ORANGE, RED, Annotation, Variable

CHOSEN = ("app", "env", "release", "device")
"""Variables whose names are columns."""


def chosen(*names: str, of: str = "") -> str:
    """A condition: the row is of what the reader chose for `names`, from visitors (or what else they chose to see).

    Values stand in `:singlequote`, which escapes a quote within them; the data source's own formatting would not.
    """
    dot = f"{of}." if of else ""
    parts = [f"$__conditionalAll({dot}{name} IN (${{{name}:singlequote}}), ${name})" for name in names]
    return " AND ".join([*parts, f"{dot}traffic_source = ${{traffic:singlequote}}"])


def chosen_app(column: str = "app") -> str:
    """A condition: about one of the chosen sites, or about all of them."""
    return f"($__conditionalAll({column} IN (${{app:singlequote}}), $app) OR {column} = '')"


def hours(column: str = "bucket") -> str:
    """A condition on the start of an hour: whole hours, so the first may begin before the time range does."""
    return f"{column} >= toStartOfHour(toDateTime($__fromTime(), 'UTC')) AND {column} <= $__toTime()"


VISITS = f"{chosen(*CHOSEN)} AND {hours('hour')} AND $__timeFilter_ms(ts)"
"""Which rows of board_visits and board_moments: visits that began in the time range."""

FROM_SESSIONS = f"FROM snag_experience.sessions_1h FINAL WHERE {hours()}"


def _choice(name: str, label: str, description: str, *, several: bool = True) -> Variable:
    above = CHOSEN[: CHOSEN.index(name)][:1]
    where = "".join(f" AND $__conditionalAll({one} IN (${{{one}:singlequote}}), ${one})" for one in above)
    query = f"SELECT DISTINCT {name} {FROM_SESSIONS}{where} AND {name} != '' ORDER BY {name} LIMIT 200"
    return Variable(name=name, label=label, description=description, query=query, several=several)


DATASOURCE = Variable(
    name="datasource",
    label="ClickHouse",
    description="Where Snagwatch keeps what people met",
    plugin="grafana-clickhouse-datasource",
    several=False,
)
PROMETHEUS = Variable(
    name="prometheus",
    label="Prometheus",
    description="What scrapes the collectors and runners",
    plugin="prometheus",
    several=False,
)
APP = _choice("app", "Site", "Sites with visits in the time range")
ENV = _choice("env", "Environment", "Such as production or staging")
RELEASE = _choice("release", "Release", "Versions of the site that visits began with")
DEVICE = _choice("device", "Device", "Phone, tablet or desktop")
TRAFFIC = Variable(
    name="traffic",
    label="Traffic",
    description="Visitors, or the demo's simulated ones; never both together",
    options=(("rum", "visitors"), ("simulated", "simulated")),
    several=False,
)

WHO = (DATASOURCE, APP, ENV, RELEASE, DEVICE, TRAFFIC)

_EVENT = f"""
SELECT start_ts AS time, end_ts AS timeEnd, if(url = '', title, concat(title, ' ', url)) AS text, toString(kind) AS tags
FROM snag_experience.annotations FINAL
WHERE start_ts <= $__toTime() AND ifNull(end_ts, start_ts) >= $__fromTime() AND {chosen_app()}
  AND KINDS
ORDER BY time LIMIT 200
"""

RELEASES = Annotation(
    name="Releases",
    colour=BLUE,
    query=f"""
SELECT time, CAST(NULL, 'Nullable(DateTime)') AS timeEnd,
    concat(app, ' ', before_it, ' → ', of_most) AS text, 'release' AS tags
FROM (
    SELECT bucket AS time, app, of_most, lagInFrame(of_most, 1, '') OVER (
        PARTITION BY app ORDER BY bucket ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS before_it
    FROM (
        SELECT bucket, app, argMax(release, views) AS of_most
        FROM (
            SELECT bucket, app, toString(release) AS release, sum(views) AS views
            FROM snag_experience.sessions_1h FINAL
            WHERE {hours()} AND traffic_source = ${{traffic:singlequote}} AND release != ''
              AND $__conditionalAll(app IN (${{app:singlequote}}), $app)
            GROUP BY bucket, app, release
        )
        GROUP BY bucket, app
    )
)
WHERE before_it != '' AND of_most != before_it
ORDER BY time LIMIT 200
""",
)
"""When most visitors had another release than in the hour before: rollbacks too."""

INCIDENTS = Annotation(
    name="Incidents and outages",
    colour=RED,
    query=_EVENT.replace("KINDS", "kind IN ('incident', 'outage', 'data_gap')"),
)
EVENTS = Annotation(
    name="Known events",
    colour=GREY,
    query=_EVENT.replace("KINDS", "kind NOT IN ('incident', 'outage', 'data_gap', 'release')"),
)
SURGES = Annotation(
    name="Contact surges",
    colour=ORANGE,
    query="""
SELECT start_ts AS time, end_ts AS timeEnd,
    concat('+', toString(toInt64(round(extra))), ' contacts, ', toString(verdict)) AS text, 'surge' AS tags
FROM snag_experience.contact_surges_now
WHERE state = 'standing' AND start_ts <= $__toTime() AND end_ts >= $__fromTime()
  AND $__conditionalAll(app IN (${app:singlequote}), $app)
ORDER BY time LIMIT 200
""",
)

MARKS = (RELEASES, INCIDENTS, EVENTS, SURGES)


def to_board(uid: str, **fields: str) -> str:
    """A link to another board that keeps site and time range, with variables from columns of the row.

    >>> to_board("snag-release", release_b="release")
    '/d/snag-release?${app:queryparam}&${__url_time_range}&var-release_b=${__data.fields["release"]:percentencode}'
    """
    more = "".join(f'&var-{name}=${{__data.fields["{column}"]:percentencode}}' for name, column in fields.items())
    return f"/d/{uid}?${{app:queryparam}}&${{__url_time_range}}{more}"
