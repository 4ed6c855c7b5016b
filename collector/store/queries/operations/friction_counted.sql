-- One row: a site, a kind of friction, and how many events of it visitors met in [{start:DateTime64(3)}, {end:DateTime64(3)}),
-- whole five minutes.
SELECT app, kind, sum(events) AS number
FROM snag_experience.friction_5m FINAL
WHERE traffic_source = 'rum' AND bucket >= {start:DateTime64(3)} AND bucket < {end:DateTime64(3)}
GROUP BY app, kind
ORDER BY number DESC, app, kind
