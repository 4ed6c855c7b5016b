-- One row: how far what visitors met is counted, the slowest of those concerned; 1970 where one never was.
SELECT if(count() = 3, min(through_ts), toDateTime64(0, 3, 'UTC')) AS through
FROM snag_experience.rollup_progress FINAL
WHERE name IN ('causes', 'snag_experience.friction_events 5m', 'snag_experience.page_views 5m')
