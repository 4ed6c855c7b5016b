-- One row: a contact reason, the rule that named it, and its contacts since {start:DateTime64(3)}.
SELECT contact_reason, reason_rule, count() AS contacts
FROM snag_experience.support_contacts FINAL
WHERE created_ts >= {start:DateTime64(3)}
GROUP BY contact_reason, reason_rule
ORDER BY contact_reason != '', contacts DESC, contact_reason, reason_rule
