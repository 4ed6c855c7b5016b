-- One row: a site with page views or friction from {start:DateTime64(3)} to {end:DateTime64(3)}.
SELECT DISTINCT app FROM snag_experience.page_views WHERE ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
UNION DISTINCT
SELECT DISTINCT app FROM snag_experience.friction_events WHERE ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
