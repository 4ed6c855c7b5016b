-- One row: an account of the surge {surge_id:UUID} of {app:String}, the oldest first: when it was made, its state,
-- verdict, start, end, contacts beyond the usual, and algorithm.
SELECT judged_ts, state, verdict, start_ts, end_ts, extra, algorithm
FROM snag_experience.contact_surges FINAL
WHERE app = {app:String} AND surge_id = {surge_id:UUID}
ORDER BY version
