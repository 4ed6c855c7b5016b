-- One row: a page, its sessions, those of them that met friction there, valid CSAT answers on five points asked there,
-- those of the best two, valid CES 2.0 answers, their sum. {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)},
-- {sources:Array(String)}.
SELECT page_group, sum(n.sessions) AS sessions, sum(n.hit) AS hit, sum(n.csat) AS csat, sum(n.csat_good) AS csat_good,
    sum(n.ces) AS ces, sum(n.ces_good) AS ces_good
FROM (
    SELECT page_group, uniqExact(session_id) AS sessions, 0 AS hit, 0 AS csat, 0 AS csat_good, 0 AS ces, 0 AS ces_good
    FROM snag_experience.page_views
    WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND NOT is_bot
      AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
    GROUP BY page_group
    UNION ALL
    SELECT page_group, 0, uniqExact(session_id), 0, 0, 0, 0
    FROM snag_experience.friction_events
    WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND NOT is_bot AND kind != 'input_refused'
      AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
    GROUP BY page_group
    UNION ALL
    SELECT page_group, 0, 0,
        countIf(metric = 'csat' AND scale IN ('1-5', '1-5 reversed')),
        countIf(metric = 'csat' AND scale IN ('1-5', '1-5 reversed') AND better_score >= 4),
        countIf(metric = 'ces' AND scale = '1-7'), countIf(metric = 'ces' AND scale = '1-7' AND score >= 5)
    FROM snag_experience.metric_surveys
    WHERE is_valid AND app IN ('', {app:String}) AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
    GROUP BY page_group
) AS n
WHERE page_group != ''
GROUP BY page_group
ORDER BY sessions DESC, page_group
