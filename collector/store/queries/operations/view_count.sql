-- Whether one page view has arrived.
SELECT count() AS views FROM snag_experience.page_views WHERE view_id = {view_id:UUID} AND ts > now() - INTERVAL 1 DAY
