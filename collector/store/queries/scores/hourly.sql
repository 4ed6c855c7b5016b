-- One row: the sums that a friction score is made from (measures/score.py, Sums) of visits that began in the hours from
-- {start:DateTime64(3)} to {end:DateTime64(3)}, by release where {by_release:Bool}, else one of value ''. {app:String},
-- {sources:Array(String)}, {releases:Array(String)}: these alone, empty: all.
SELECT if({by_release:Bool}, toString(release), '') AS value, sum(visits) AS n, sum(w) AS sw, sum(ww) AS sww, sum(ws) AS sws,
    sum(wws) AS swws, sum(wwss) AS swwss, sum(hits) AS shits, sum(struggled) AS sstruggled, sum(w_struggled) AS sw_struggled
FROM snag_experience.friction_scores_1h FINAL
WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND hour >= toStartOfHour({start:DateTime64(3)})
  AND hour < {end:DateTime64(3)} AND (empty({releases:Array(String)}) OR release IN {releases:Array(String)})
GROUP BY value
ORDER BY n DESC, value
