-- One row: an hour and release of {app:String} as a row of friction_scores_1h, of the hours from {start:DateTime64(3)} to
-- {end:DateTime64(3)}. {built:DateTime64(3)}.
SELECT app, hour, traffic_source, release, count() AS visits, sum(weight) AS w, sum(weight * weight) AS ww,
    sum(weight * score) AS ws, sum(weight * weight * score) AS wws, sum(weight * weight * score * score) AS wwss,
    countIf(score > 0) AS hits, countIf(hit) AS struggled, sumIf(weight, hit) AS w_struggled, {built:DateTime64(3)} AS built_ts
FROM snag_experience.friction_sessions FINAL
WHERE app = {app:String} AND hour >= {start:DateTime64(3)} AND hour < {end:DateTime64(3)}
GROUP BY app, hour, traffic_source, release
