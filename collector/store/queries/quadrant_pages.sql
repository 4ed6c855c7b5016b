-- One row: a page, its visits, and those of them that met friction there; from the hours' counts, in whole hours.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}.
SELECT page_group, seen.1 AS visits, met.1 AS hit
FROM (
    SELECT page_group, tuple(uniqMerge(sessions)) AS seen
    FROM snag_experience.pages_1h FINAL
    WHERE app = {app:String} AND traffic_source IN {sources:Array(String)}
      AND bucket >= toStartOfHour({start:DateTime64(3)}) AND bucket < {end:DateTime64(3)}
    GROUP BY page_group
) AS pages
LEFT JOIN (
    SELECT page_group AS of_page, tuple(uniqMerge(sessions)) AS met
    FROM snag_experience.friction_1h FINAL
    WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND kind != 'input_refused'
      AND bucket >= toStartOfHour({start:DateTime64(3)}) AND bucket < {end:DateTime64(3)}
    GROUP BY of_page
) AS frictions ON of_page = page_group
WHERE page_group != ''
ORDER BY visits DESC, page_group
