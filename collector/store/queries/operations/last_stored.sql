-- One row: when the newest page view of {app:String} since {start:DateTime64(3)} happened, and when the store took it; both the
-- beginning of 1970 where there is none.
SELECT max(ts) AS happened, max(stored_ts) AS stored
FROM snag_experience.page_views
WHERE app = {app:String} AND ts >= {start:DateTime64(3)}
