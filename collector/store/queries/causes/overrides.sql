-- One row: what a person says of a friction point of {app:String}, and until when; those that hold now.
SELECT of_fingerprint, cause_class, cause_sub, who, why, until_ts, set_ts
FROM snag_experience.cause_overrides_now
WHERE of_app = {app:String}
ORDER BY set_ts
