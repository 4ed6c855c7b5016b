-- One row: what became of telling one verdict on one surge over one channel, of {surges:Array(UUID)}.
SELECT app, surge_id, channel, verdict, state, attempts, next_ts, error, updated_ts
FROM snag_experience.notifications FINAL
WHERE surge_id IN {surges:Array(UUID)}
ORDER BY updated_ts
