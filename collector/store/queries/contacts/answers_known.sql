-- One row: a survey's metric and scale that was asked from {start:DateTime64(3)} to {end:DateTime64(3)}.
SELECT DISTINCT metric, scale FROM snag_experience.metric_surveys
WHERE ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)}
