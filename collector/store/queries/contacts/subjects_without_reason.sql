-- One row: the redacted subject of a contact without a reason since {start:DateTime64(3)}; the newest 50,000.
SELECT subject_redacted
FROM snag_experience.support_contacts FINAL
WHERE created_ts >= {start:DateTime64(3)} AND contact_reason = '' AND subject_redacted != ''
ORDER BY created_ts DESC
LIMIT 50000
