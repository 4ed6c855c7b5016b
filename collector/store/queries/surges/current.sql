-- One row: a surge of {app:String} that ends after {start:DateTime64(3)} and begins before {end:DateTime64(3)}, as it
-- was judged last: its id, state, first detection, version, fingerprint of its inputs, and the account as JSON.
SELECT surge_id, state, detected_ts, version, inputs, account
FROM snag_experience.contact_surges_now
WHERE app = {app:String} AND end_ts > {start:DateTime64(3)} AND start_ts < {end:DateTime64(3)}
ORDER BY start_ts
