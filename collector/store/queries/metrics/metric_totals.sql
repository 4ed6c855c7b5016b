-- One row: a counter, a site, the value of its other label, its total, and the time that it is counted through.
SELECT metric, app, label, total, through_ts FROM snag_experience.metric_totals FINAL
