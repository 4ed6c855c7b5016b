-- One row: a site, a quality, and how many visits: friction, whose first moment of severity {severity:UInt8} or more that counts
-- lies in [{start:DateTime64(3)}, {end:DateTime64(3)}); good, that met none and ended in the same time {quiet:UInt32} s before.
-- Visitors alone. A visit lasts at most {visit_hours:UInt8} hours.
SELECT app, quality, toUInt64(round(sum(weight))) AS visits
FROM (
    SELECT app, weight, arraySort(arrayFilter((at, severity, load) -> severity >= {severity:UInt8} AND load > 0,
            `moments.ts`, `moments.severity`, `moments.load`))[1] AS first,
        arrayExists((severity, load) -> severity >= {severity:UInt8} AND load > 0, `moments.severity`, `moments.load`) AS met,
        if(met, 'friction', 'good') AS quality,
        if(met, first, end_ts + toIntervalSecond({quiet:UInt32})) AS counted_ts
    FROM snag_experience.friction_sessions FINAL
    WHERE traffic_source = 'rum' AND hour >= {start:DateTime64(3)} - toIntervalHour({visit_hours:UInt8} + 2) AND hour < {end:DateTime64(3)}
)
WHERE counted_ts >= {start:DateTime64(3)} AND counted_ts < {end:DateTime64(3)}
GROUP BY app, quality
ORDER BY visits DESC, app, quality
