-- One row: a channel that requesters came to and the one that they came from within {again_days:UInt16} days (empty: from none), how often,
-- of those old enough to tell, how many, and how many of them made contact once more within {again_days:UInt16} days.
-- {start:DateTime64(3)}, {end:DateTime64(3)}.
SELECT if(ifNull(previous_ts >= created_ts - toIntervalDay({again_days:UInt16}), 0), assumeNotNull(previous_channel), '') AS came_from, channel,
    count() AS touches, countIf(created_ts + toIntervalDay({again_days:UInt16}) <= {end:DateTime64(3)}) AS eligible,
    countIf(created_ts + toIntervalDay({again_days:UInt16}) <= {end:DateTime64(3)} AND ifNull(next_ts <= created_ts + toIntervalDay({again_days:UInt16}), 0)) AS again
FROM snag_experience.metric_chains
WHERE created_ts >= {start:DateTime64(3)} AND created_ts < {end:DateTime64(3)}
GROUP BY came_from, channel
ORDER BY channel, came_from
