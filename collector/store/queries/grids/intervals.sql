-- One row: an interval in [{start:DateTime64(3)}, {end:DateTime64(3)}): its start in seconds after {start}, its length in
-- seconds, channel, contact reason, and the contacts that arrived in it. Contacts that are known to the hour alone are
-- intervals of an hour. Where a source gives several lengths, the shortest.
SELECT toInt64(toUnixTimestamp(interval_start_ts)) - toUnixTimestamp({start:DateTime64(3)}) AS at, interval_s,
       channel, contact_reason, sum(offered) AS contacts
FROM snag_experience.support_contact_intervals FINAL
WHERE interval_start_ts >= {start:DateTime64(3)} AND interval_start_ts < {end:DateTime64(3)}
  AND (source, interval_s) IN (
      SELECT source, min(interval_s) FROM snag_experience.support_contact_intervals GROUP BY source)
GROUP BY at, interval_s, channel, contact_reason
UNION ALL
SELECT toInt64(toUnixTimestamp(toStartOfHour(created_ts))) - toUnixTimestamp({start:DateTime64(3)}) AS at, 3600 AS interval_s,
       channel, contact_reason, count() AS contacts
FROM snag_experience.support_contacts FINAL
WHERE created_ts >= {start:DateTime64(3)} AND created_ts < {end:DateTime64(3)}
  AND direction = 'inbound' AND ts_precision = 'hour'
  AND source NOT IN (SELECT DISTINCT source FROM snag_experience.support_contact_intervals)
GROUP BY at, interval_s, channel, contact_reason
