-- One row: how many counts of intervals a call centre gave from {start:DateTime64(3)} to {end:DateTime64(3)}.
SELECT count() AS intervals FROM snag_experience.support_contact_intervals
WHERE interval_start_ts >= {start:DateTime64(3)} AND interval_start_ts < {end:DateTime64(3)}
