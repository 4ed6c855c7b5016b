-- What dashboards read of causes, score and journeys. Each view has a column `ts` for the time filter of a panel, and
-- says app, env, release and traffic_source; count visitors with traffic_source = 'rum'.

-- One row: an event of friction as it was sent, with the fingerprint of its friction point.
CREATE VIEW IF NOT EXISTS snag_experience.friction_events_with_fingerprint AS
SELECT *, toStartOfHour(ts) AS hour,
    sipHash64(
        kind, page_group, step, target, route, error_type,
        if(error_source IN ('resource', 'csp'), error_place, error_message)
    ) AS fingerprint
FROM snag_experience.friction_events FINAL;

-- One row: an override of a friction point's cause by a person that holds now.
CREATE VIEW IF NOT EXISTS snag_experience.cause_overrides_now AS
SELECT app AS of_app, fingerprint AS of_fingerprint, cause_class, cause_sub, who, why, until_ts, set_ts
FROM snag_experience.cause_overrides FINAL
WHERE until_ts > now64(3);

-- One row: an event of friction with whose fault it was: cause_class (usability, technical_issue, user_error,
-- infrastructure, unclassified), cause_sub, the rule that decided, its confidence and what it saw. A person's override
-- comes first, then the event's own evidence, then that of its friction point in this hour and release.
CREATE VIEW IF NOT EXISTS snag_experience.friction_events_with_cause AS
SELECT e.*, lower(leftPad(hex(e.fingerprint), 16, '0')) AS friction_point,
    multiIf(o.cause_class != '', o.cause_class, x.cause_class != '', x.cause_class, c.cause_class != '', c.cause_class, 'unclassified') AS cause_class,
    multiIf(o.cause_class != '', o.cause_sub, x.cause_class != '', x.cause_sub, c.cause_sub) AS cause_sub,
    multiIf(o.cause_class != '', 'override', x.cause_class != '', x.cause_rule, c.cause_class != '', c.cause_rule, 'not judged yet') AS cause_rule,
    multiIf(o.cause_class != '', toFloat32(1), x.cause_class != '', x.cause_confidence, c.cause_confidence) AS cause_confidence,
    multiIf(o.cause_class != '', concat(o.who, ': ', o.why), x.cause_class != '', x.evidence, c.evidence) AS cause_evidence,
    o.cause_class = '' AND if(x.cause_class != '', x.watch, c.watch) AS cause_watch
FROM snag_experience.friction_events_with_fingerprint AS e
GLOBAL LEFT JOIN (
    SELECT app AS c_app, hour AS c_hour, traffic_source AS c_source, release AS c_release, fingerprint AS c_point,
        cause_class, cause_sub, cause_rule, cause_confidence, watch, evidence
    FROM snag_experience.friction_causes FINAL
) AS c ON c.c_app = e.app AND c.c_hour = e.hour AND c.c_source = e.traffic_source
    AND c.c_release = e.release AND c.c_point = e.fingerprint
GLOBAL LEFT JOIN (
    SELECT app AS x_app, hour AS x_hour, session_id AS x_session, event_id AS x_event,
        cause_class, cause_sub, cause_rule, cause_confidence, watch, evidence
    FROM snag_experience.event_causes FINAL
) AS x ON x.x_app = e.app AND x.x_hour = e.hour AND x.x_session = e.session_id AND x.x_event = e.event_id
GLOBAL LEFT JOIN snag_experience.cause_overrides_now AS o ON o.of_app = e.app AND o.of_fingerprint = e.fingerprint;

-- One row: a visit, calm or not, with its friction score. Friction score of a time: avgWeighted(score, weight); friction
-- rate: avgWeighted(hit, weight); visits: sum(weight). Never without the number of rows: below 30 say nothing.
CREATE VIEW IF NOT EXISTS snag_experience.friction_score_by_session AS
SELECT start_ts AS ts, app, env, release, traffic_source, device, browser_family, country, variant, user_setting,
    session_id, weight, load, score, hit, score_version
FROM snag_experience.friction_sessions FINAL;

-- One row: an hour of a release with its friction score (0 to 100), friction rate (0 to 1), their standard errors and
-- the visits they rest on. `sessions` counts rows, `visits` counts each 1/sample_rate times.
CREATE VIEW IF NOT EXISTS snag_experience.friction_score_by_hour AS
SELECT toDateTime(hour, 'UTC') AS ts, app, env, release, traffic_source, device, any(score_version) AS score_version,
    count() AS sessions, sum(weight) AS visits,
    sum(weight * score) / sum(weight) AS friction_score,
    sum(weight * hit) / sum(weight) AS friction_rate,
    sqrt(greatest(0, sum(weight * weight * score * score) - 2 * friction_score * sum(weight * weight * score)
        + friction_score * friction_score * sum(weight * weight))) / sum(weight) AS friction_score_error,
    sqrt(friction_rate * (1 - friction_rate) * sum(weight * weight)) / sum(weight) AS friction_rate_error
FROM snag_experience.friction_sessions FINAL
GROUP BY hour, app, env, release, traffic_source, device;

-- One row: a moment of friction (events of one visit on one target, at most 10 s apart). `points`: what it adds to the
-- score of its visit; the contribution of a kind, class, page or target to the friction score is
-- sum(weight * points) / (visits of the same time, from friction_score_by_session).
CREATE VIEW IF NOT EXISTS snag_experience.friction_moments AS
SELECT m.ts AS ts, m.start_ts AS start_ts, m.app AS app, m.env AS env, m.release AS release,
    m.traffic_source AS traffic_source, m.device AS device, m.browser_family AS browser_family, m.country AS country,
    m.variant AS variant, m.user_setting AS user_setting, m.session_id AS session_id, m.weight AS weight,
    m.kind AS kind, m.page_group AS page_group, m.journey AS journey, m.step AS step, m.target AS target,
    m.target_name AS target_name, m.fingerprint AS fingerprint,
    lower(leftPad(hex(m.fingerprint), 16, '0')) AS friction_point,
    if(o.cause_class != '', o.cause_class, m.cause_class) AS cause_class,
    if(o.cause_class != '', o.cause_sub, m.cause_sub) AS cause_sub,
    if(o.cause_class != '', 'override', m.cause_rule) AS cause_rule,
    m.severity AS severity, m.load AS load, m.points AS points, m.events AS events, m.blocked AS blocked
FROM (
    SELECT `moments.ts` AS ts, start_ts, app, env, release, traffic_source, device, browser_family, country, variant,
        user_setting, session_id, weight, `moments.kind` AS kind, `moments.page_group` AS page_group,
        `moments.journey` AS journey, `moments.step` AS step, `moments.target` AS target,
        `moments.target_name` AS target_name, `moments.fingerprint` AS fingerprint,
        `moments.cause_class` AS cause_class, `moments.cause_sub` AS cause_sub, `moments.cause_rule` AS cause_rule,
        `moments.severity` AS severity, `moments.load` AS load,
        if(s.load > 0, `moments.load` * s.score / s.load, 0) AS points,
        `moments.events` AS events, `moments.blocked` AS blocked
    FROM snag_experience.friction_sessions AS s FINAL
    ARRAY JOIN moments.ts, moments.kind, moments.page_group, moments.journey, moments.step, moments.target,
        moments.target_name, moments.fingerprint, moments.cause_class, moments.cause_sub, moments.cause_rule,
        moments.severity, moments.load, moments.events, moments.blocked
) AS m
GLOBAL LEFT JOIN snag_experience.cause_overrides_now AS o ON o.of_app = m.app AND o.of_fingerprint = m.fingerprint;

-- One row: a visit and a journey of journeys.yaml that it entered, with the times when it reached the steps in their
-- order (`reached`: step 1, 2, ... as far as it came). Completed: length(reached) = length(steps).
CREATE VIEW IF NOT EXISTS snag_experience.journey_visits AS
SELECT reached[1] AS ts, app, env, release, traffic_source, device, session_id, weight, journey, steps, reached,
    length(reached) = length(steps) AS completed, completion_value, currency
FROM (
    SELECT v.app AS app, v.session_id AS session_id, d.journey AS journey, any(d.steps) AS steps,
        any(d.completion_value) AS completion_value, any(d.currency) AS currency, any(v.env) AS env,
        argMin(v.release, v.ts) AS release, any(v.traffic_source) AS traffic_source, any(v.device) AS device,
        1 / max(if(v.sample_rate > 0, v.sample_rate, 1)) AS weight,
        arraySort(groupArrayArray(arrayMap(i -> (v.ts, i), arrayFilter(
            i -> v.journey IN ('', d.journey) AND (v.step = d.steps[i] AND v.journey = d.journey OR arrayExists(
                p -> v.page_group LIKE replaceAll(replaceAll(replaceAll(replaceAll(p, '\\', '\\\\'), '_', '\\_'), '%', '\\%'), '*', '%'),
                d.pages[i])),
            arrayEnumerate(d.steps))))) AS seen,
        arrayFold((done, one) -> if(one.2 = length(done) + 1, arrayPushBack(done, one.1), done), seen,
            CAST([], 'Array(DateTime64(3, \'UTC\'))')) AS reached
    FROM snag_experience.page_views AS v FINAL
    CROSS JOIN (SELECT * FROM snag_experience.journey_definitions FINAL) AS d
    WHERE d.app IN ('', v.app) AND NOT v.is_bot
    GROUP BY app, session_id, journey
)
WHERE notEmpty(reached);

-- One row: a step of a journey that a visit reached: whether it went on, and how long it took, seconds (null: did not
-- go on, or was idle for over 15 minutes). Entered: sum(weight); done: sum(weight * done).
CREATE VIEW IF NOT EXISTS snag_experience.journey_step_visits AS
SELECT reached[position] AS ts, app, env, release, traffic_source, device, session_id, weight, journey,
    steps[position] AS step, position, position < length(reached) OR position = length(steps) AS done,
    if(position < length(reached) AND dateDiff('millisecond', reached[position], reached[position + 1]) <= 900000,
        dateDiff('millisecond', reached[position], reached[position + 1]) / 1000, NULL) AS time_on_task_s,
    completed, completion_value, currency
FROM snag_experience.journey_visits
ARRAY JOIN arrayEnumerate(reached) AS position;
