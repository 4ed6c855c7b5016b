-- One row: a source of contacts and when the last contact, or count of contacts, of it came in, if that was after
-- {since:DateTime64(3)}.
SELECT source, max(at) AS last_ts
FROM (
    SELECT source, max(ingested_ts) AS at FROM snag_experience.support_contacts GROUP BY source
    UNION ALL
    SELECT source, max(ingested_ts) FROM snag_experience.support_contact_intervals GROUP BY source
)
GROUP BY source
HAVING last_ts >= {since:DateTime64(3)}
ORDER BY last_ts DESC
