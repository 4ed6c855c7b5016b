-- One row: the latest review of a surge's verdict. {app:String}.
SELECT surge_id, verdict, stated, is_right
FROM snag_experience.surge_reviews FINAL
WHERE app = {app:String}
ORDER BY version, surge_id
