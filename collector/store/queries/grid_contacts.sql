-- One row: a bin, channel, contact reason, and the contacts made in it. {start:DateTime64(3)}, {end:DateTime64(3)},
-- {step:UInt32}. FINAL: the newest version of each contact, without deleted ones.
SELECT toUInt32(intDiv(toUnixTimestamp(created_ts) - toUnixTimestamp({start:DateTime64(3)}), {step:UInt32})) AS bin,
       channel, contact_reason, count() AS contacts
FROM snag_experience.support_contacts FINAL
WHERE created_ts >= {start:DateTime64(3)} AND created_ts < {end:DateTime64(3)}
GROUP BY bin, channel, contact_reason
