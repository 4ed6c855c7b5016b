-- One row for each key of somebody who asked to be forgotten: the key, 16 bytes.
SELECT DISTINCT subject_key FROM snag_experience.erasure_suppressions
