-- One row: a kind of friction (empty: all visits), the visits with consent to linking that met it, and how many of them
-- made contact within 24 hours. {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, {sources:Array(String)}.
WITH
    visits AS (
        SELECT session_id, min(ts) AS at
        FROM snag_experience.page_views
        WHERE app = {app:String} AND traffic_source IN {sources:Array(String)} AND consent = 'full' AND NOT is_bot
          AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
        GROUP BY session_id
    ),
    linked AS (
        SELECT DISTINCT visits.session_id AS session_id
        FROM snag_experience.support_contacts AS c FINAL
        GLOBAL INNER JOIN visits ON substring(toString(visits.session_id), 1, 8) = substring(c.session_ref, 1, 8)
        WHERE c.session_ref != '' AND startsWith(toString(visits.session_id), c.session_ref)
          AND c.created_ts >= visits.at AND c.created_ts < visits.at + toIntervalHour({linked_hours:UInt16})
    ),
    met AS (
        SELECT session_id, arrayConcat([''], groupUniqArrayIf(f.kind, f.kind NOT IN ('', 'input_refused'))) AS kinds
        FROM visits
        LEFT JOIN (
            SELECT session_id, kind FROM snag_experience.friction_events
            WHERE app = {app:String} AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
        ) AS f ON f.session_id = visits.session_id
        GROUP BY session_id
    )
SELECT kind, count() AS met_by, countIf(session_id IN (SELECT session_id FROM linked)) AS of_them_in_contact
FROM met ARRAY JOIN kinds AS kind
GROUP BY kind
ORDER BY met_by DESC
