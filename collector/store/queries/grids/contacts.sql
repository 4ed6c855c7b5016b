-- One row: a bin, channel, contact reason, and the contacts made in it. {start:DateTime64(3)}, {end:DateTime64(3)},
-- {step:UInt32}. FINAL: the newest version of each contact, without deleted ones. Times that are known to the hour or day
-- alone are in none of the bins; a source that gives counts of intervals is counted by them (grid_intervals.sql).
SELECT toUInt32(intDiv(toUnixTimestamp(created_ts) - toUnixTimestamp({start:DateTime64(3)}), {step:UInt32})) AS bin,
       channel, contact_reason, count() AS contacts
FROM snag_experience.support_contacts FINAL
WHERE created_ts >= {start:DateTime64(3)} AND created_ts < {end:DateTime64(3)}
  AND direction = 'inbound' AND ts_precision IN ('ms', 's', 'min')
  AND source NOT IN (SELECT DISTINCT source FROM snag_experience.support_contact_intervals)
GROUP BY bin, channel, contact_reason
