-- One row: a source of contacts and the time through which it is complete.
SELECT source, max(complete_through_ts) AS through_ts
FROM snag_experience.import_watermarks FINAL
WHERE stream IN ('contacts', 'intervals')
GROUP BY source
ORDER BY source
