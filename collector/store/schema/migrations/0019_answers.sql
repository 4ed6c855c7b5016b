-- Answers to the agent's own question stand with those of every other survey. The visit is named only where the visitor
-- agreed to be linked.

CREATE MATERIALIZED VIEW IF NOT EXISTS snag_intake.survey_responses TO snag_experience.survey_responses AS
SELECT
    event.metric AS metric,
    'agent' AS source,
    toString(event.event_id) AS source_response_id,
    toUInt64(event.revision) AS version,
    fromUnixTimestamp64Milli(event.client_ts + skew_ms, 'UTC') AS asked_ts,
    if(event.answered, fromUnixTimestamp64Milli(event.client_ts + skew_ms, 'UTC'), NULL) AS answered_ts,
    if(event.answered, toInt16(event.score), NULL) AS score,
    multiIf(event.metric = 'nps', 0, 1) AS scale_min,
    multiIf(event.metric = 'nps', 10, event.metric = 'csat', 5, 7) AS scale_max,
    'transactional' AS survey_type,
    event.question_version AS question_version,
    event.touchpoint AS touchpoint,
    'web_form' AS channel,
    app,
    event.page_group AS page_group,
    event.journey AS journey,
    release,
    if(consent = 'full', toString(session_id), '') AS session_ref
FROM snag_intake.landing ARRAY JOIN survey_answers AS event
WHERE traffic_source = 'rum' AND NOT is_bot;
