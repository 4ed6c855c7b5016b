-- One row: a source of contacts and the time through which it is complete.
SELECT source, complete_through_ts
FROM snag_experience.import_watermarks FINAL
ORDER BY source
