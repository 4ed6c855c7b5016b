-- One row: a page that one of the visits {sessions:Array(UUID)} looked at, or help that it sought: the visit, when, what, page and
-- element. {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}.
SELECT toString(session_id) AS session, ts, kind, page_group, '' AS where_at FROM snag_experience.page_views FINAL
WHERE app = {app:String} AND session_id IN {sessions:Array(UUID)} AND ts >= {start:DateTime64(3)} AND ts <= {end:DateTime64(3)}
UNION ALL
SELECT toString(session_id), ts, kind, page_group, if(target_name != '', target_name, target) FROM snag_experience.help_events FINAL
WHERE app = {app:String} AND session_id IN {sessions:Array(UUID)} AND ts >= {start:DateTime64(3)} AND ts <= {end:DateTime64(3)}
