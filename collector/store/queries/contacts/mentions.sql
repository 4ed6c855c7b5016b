-- One row: a channel where brands are mentioned, a source, its mentions from {start:DateTime64(3)} to
-- {end:DateTime64(3)}, and those from {before:DateTime64(3)} to {start:DateTime64(3)}.
SELECT channel, source, countIf(created_ts >= {start:DateTime64(3)}) AS mentions,
    countIf(created_ts < {start:DateTime64(3)}) AS earlier
FROM snag_experience.metric_contacts
WHERE channel IN ('social', 'review') AND created_ts >= {before:DateTime64(3)} AND created_ts < {end:DateTime64(3)}
GROUP BY channel, source
ORDER BY channel, source
