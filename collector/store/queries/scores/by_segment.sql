-- One row: the sums that a friction score is made from (measures/score.py, Sums), over the visits that began from
-- {start:DateTime64(3)} to {end:DateTime64(3)}, for each value of `by`, the most visits first; without `by` one row, of
-- value ''. {app:String}, {sources:Array(String)}, {by:String} ('', device, browser, country, release, variant,
-- user_setting or env), {releases:Array(String)}: these alone, empty: all.
SELECT
    multiIf({by:String} = 'device', toString(device), {by:String} = 'browser', toString(browser_family),
        {by:String} = 'country', toString(country), {by:String} = 'release', toString(release),
        {by:String} = 'variant', toString(variant), {by:String} = 'user_setting', toString(user_setting),
        {by:String} = 'env', toString(env), '') AS value,
    count() AS visits, sum(weight) AS w, sum(weight * weight) AS ww, sum(weight * score) AS ws,
    sum(weight * weight * score) AS wws, sum(weight * weight * score * score) AS wwss,
    countIf(score > 0) AS hits, countIf(hit) AS struggled, sumIf(weight, hit) AS w_struggled
FROM snag_experience.friction_sessions FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
  AND hour >= toStartOfHour({start:DateTime64(3)}) AND start_ts >= {start:DateTime64(3)} AND start_ts < {end:DateTime64(3)}
  AND (empty({releases:Array(String)}) OR release IN {releases:Array(String)})
GROUP BY value
ORDER BY visits DESC, value
