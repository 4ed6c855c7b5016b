-- One row: a page, the valid CSAT answers on five points given there, those of the best two, valid CES 2.0 answers, those
-- of the best three. {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}.
SELECT page_group,
    countIf(metric = 'csat' AND scale IN ('1-5', '1-5 reversed')) AS csat,
    countIf(metric = 'csat' AND scale IN ('1-5', '1-5 reversed') AND better_score >= 4) AS csat_good,
    countIf(metric = 'ces' AND scale = '1-7') AS ces, countIf(metric = 'ces' AND scale = '1-7' AND score >= 5) AS ces_good
FROM snag_experience.metric_surveys
WHERE is_valid AND app IN ('', {app:String}) AND page_group != ''
  AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
GROUP BY page_group
ORDER BY csat + ces DESC, page_group
