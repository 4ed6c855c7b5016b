-- One row: an event of friction with what was near it: same visit and view, from 2 s before to 5 s after (for what a form
-- or a view met: all of the view), on the same target where both name one.
-- {app:String}, {start:DateTime64(3)}, {end:DateTime64(3)}, and the outages as arrays of equal length:
-- {outage_sources:Array(String)}, {outage_places:Array(String)}, {outage_starts:Array(Int64)}, {outage_ends:Array(Int64)} (ms),
-- {outage_sessions:Array(UInt32)}.
WITH
    events AS (
        SELECT *,
            multiIf(route != '', route, kind = 'page_error', error_place, concat('page ', page_group)) AS place,
            -- a form is told of as it was begun, a view's emptiness as it opened
            kind IN ('form_abandonment', 'validation_loop', 'field_refill', 'blank_page', 'journey_abandonment') AS is_long,
            kind IN ('failed_action', 'error_page') OR (kind = 'error_click' AND route != '') AS is_failure,
            arrayMax(arrayMap(
                (source, where, first_ms, last_ms, sessions) -> if(source = traffic_source AND where = place
                    AND toUnixTimestamp64Milli(ts) BETWEEN first_ms AND last_ms, sessions, 0),
                {outage_sources:Array(String)}, {outage_places:Array(String)}, {outage_starts:Array(Int64)},
                {outage_ends:Array(Int64)}, {outage_sessions:Array(UInt32)})) AS failing,
            -- the agent could not reach the collector either
            dateDiff('millisecond', ts, received_ts) - toInt64(duration_ms) >= 3000 AS is_held,
            splitByChar('/', route)[1] AS host
        FROM snag_experience.friction_events_with_fingerprint
        WHERE app = {app:String} AND ts >= {start:DateTime64(3)} - INTERVAL 30 MINUTE AND ts < {end:DateTime64(3)} + INTERVAL 30 MINUTE
    ),
    signs AS (
        SELECT session_id AS sign_session,
            groupArrayIf((ts, view_id, target, first_party), (kind = 'page_error' OR kind = 'error_click' AND route = '')
                AND error_source IN ('script', 'promise', 'console')) AS errors,
            groupArrayIf((ts, view_id), kind = 'page_error' AND first_party
                AND (error_source = 'csp' OR error_source = 'resource' AND error_type IN ('script', 'link'))) AS resources,
            groupArrayIf((ts, view_id, target, status, place, first_party, failing, offline, is_held), is_failure) AS failures,
            groupArrayIf((ts, view_id, target, fingerprint, blocked, page_group), kind = 'input_refused') AS refusals,
            groupArrayIf((ts, view_id), kind IN ('slow_step', 'unresponsive_ui')) AS slow,
            groupArrayIf((ts, view_id, page_group), kind = 'form_abandonment') AS given_up,
            groupArrayIf((ts, page_group), kind = 'login_failure') AS logins,
            groupUniqArrayIf(host, is_failure AND status = 0 AND route != '' AND failing < 5) AS silent_hosts
        FROM events
        GROUP BY sign_session
    ),
    walks AS (
        SELECT session_id AS walk_session, groupArray((ts, page_group)) AS views, groupArray((view_id, referrer_group)) AS doors
        FROM snag_experience.page_views
        WHERE app = {app:String} AND ts >= {start:DateTime64(3)} - INTERVAL 30 MINUTE AND ts < {end:DateTime64(3)} + INTERVAL 30 MINUTE
          AND session_id IN (SELECT session_id FROM events WHERE kind IN ('input_refused', 'validation_loop', 'login_failure', 'error_page'))
        GROUP BY walk_session
    ),
    runs AS (
        SELECT run_id AS of_run, any(fault) AS run_fault, any(journey) AS of_journey, any(failed_step) AS at_step
        FROM snag_experience.journey_runs FINAL
        WHERE app = {app:String} AND ts >= {start:DateTime64(3)} - INTERVAL 30 MINUTE AND ts < {end:DateTime64(3)} + INTERVAL 30 MINUTE
          AND run_status NOT IN ('passed', 'error')
        GROUP BY of_run
    ),
    places AS (
        SELECT journey AS place_journey, failed_step AS place_step, uniqExact(location) AS run_places
        FROM snag_experience.journey_runs FINAL
        WHERE app = {app:String} AND ts >= {start:DateTime64(3)} AND ts < {end:DateTime64(3)} AND fault = 'infrastructure'
        GROUP BY place_journey, place_step
    ),
    near AS (
        SELECT e.*, run_fault AS fault_of_run, run_places,
            arrayFilter(s -> s.2 = e.view_id AND s.1 >= e.ts - INTERVAL 2 SECOND
                AND (is_long OR s.1 <= e.ts + INTERVAL 5 SECOND)
                AND (is_long OR s.3 = '' OR e.target = '' OR s.3 = e.target), errors) AS near_errors,
            arrayExists(s -> s.2 = e.view_id AND s.1 >= e.ts - INTERVAL 2 SECOND
                AND (is_long OR s.1 <= e.ts + INTERVAL 5 SECOND), resources) AS near_resource,
            arraySort(s -> (-toInt32(s.7), -toInt32(s.4)), arrayFilter(s -> s.2 = e.view_id AND s.1 >= e.ts - INTERVAL 2 SECOND
                AND (is_long OR s.1 <= e.ts + INTERVAL 5 SECOND)
                AND (is_long OR s.3 = '' OR e.target = '' OR s.3 = e.target), failures)) AS near_failures,
            arrayFilter(s -> s.2 = e.view_id AND (is_long OR s.1 BETWEEN e.ts - INTERVAL 2 SECOND AND e.ts + INTERVAL 5 SECOND), refusals) AS near_refusals,
            arrayExists(s -> s.2 = e.view_id AND s.1 BETWEEN e.ts - INTERVAL 2 SECOND AND e.ts + INTERVAL 5 SECOND, slow) AS near_slow,
            arrayExists(s -> s.2 = e.view_id AND s.1 >= e.ts - INTERVAL 30 MINUTE, given_up) AS has_given_up,
            arrayFilter(s -> s.2 = e.page_group, logins) AS page_logins,
            arrayExists(v -> v.2 != e.page_group AND v.1 > e.ts AND v.1 > arrayMax(s -> if(s.2 = e.page_group, s.1, e.ts), logins), views) AS went_on,
            arrayFirst(d -> d.1 = e.view_id, doors).2 AS door,
            length(silent_hosts) AS silent,
            refusals AS all_refusals
        FROM events AS e
        LEFT JOIN signs ON sign_session = e.session_id
        LEFT JOIN walks ON walk_session = e.session_id
        LEFT JOIN runs ON of_run = e.run_id
        LEFT JOIN places ON place_journey = of_journey AND place_step = at_step
        WHERE e.ts >= {start:DateTime64(3)} AND e.ts < {end:DateTime64(3)}
    )
SELECT traffic_source, release, fingerprint, hour, session_id, event_id, kind, page_group, step, journey,
    is_bot, position(error_place, '-extension:') > 0 OR position(error_message, '-extension:') > 0 AS is_strange,
    multiIf(kind IN ('page_error', 'error_click') AND error_source IN ('script', 'promise', 'console'), if(first_party, 'own', 'third_party'),
        kind NOT IN ('page_error', 'failed_action', 'error_page') AND arrayExists(s -> s.4, near_errors), 'own',
        kind NOT IN ('page_error', 'failed_action', 'error_page') AND arrayExists(s -> s.3 = target AND target != '', near_errors), 'third_party', '') AS script_error,
    multiIf(kind = 'page_error' AND error_source IN ('resource', 'csp'), if(first_party OR error_source = 'csp', 'own', 'third_party'),
        kind != 'page_error' AND near_resource, 'own', '') AS broken,
    is_failure OR (kind NOT IN ('page_error', 'input_refused') AND notEmpty(near_failures)) AS failed,
    if(is_failure, status, near_failures[1].4) AS failed_status,
    multiIf(is_failure OR kind = 'page_error' AND error_source = 'resource', place, near_failures[1].5) AS failed_place,
    if(is_failure OR kind = 'page_error', first_party, near_failures[1].6) AS failed_first_party,
    if(is_failure OR kind = 'page_error', failing, near_failures[1].7) AS failing_sessions,
    e_offline OR (failed AND failed_status = 0 AND failing_sessions < 5 AND traffic_source != 'synthetic'
        AND (silent >= 2 OR (is_failure AND is_held) OR arrayExists(s -> s.9, near_failures))) AS is_cut_off,
    kind = 'slow_step' OR near_slow AS slow,
    multiIf(kind IN ('input_refused', 'login_failure'), fingerprint,
        kind = 'validation_loop', if(notEmpty(near_refusals), near_refusals[1].4, fingerprint),
        kind IN ('form_abandonment', 'field_refill', 'repeated_submit', 'rage_click', 'dead_click', 'journey_abandonment') AND notEmpty(near_refusals), near_refusals[1].4, 0) AS refused_point,
    toUInt8(least(3, multiIf(kind = 'input_refused', arrayCount(s -> s.3 = target AND s.6 = page_group, all_refusals),
        kind = 'login_failure', length(page_logins), kind = 'validation_loop', repeat_count,
        arrayMax(arrayMap(r -> arrayCount(s -> s.4 = r.4, near_refusals), near_refusals))))) AS tries,
    multiIf(kind = 'input_refused', NOT blocked OR (went_on AND NOT has_given_up),
        kind = 'form_abandonment', 0,
        notEmpty(near_refusals), NOT arrayExists(s -> s.5, near_refusals) AND NOT has_given_up,
        kind IN ('login_failure', 'validation_loop'), went_on AND NOT has_given_up, 1) AS recovered,
    if(kind = 'error_page', door, '') AS arrived_from,
    if(traffic_source = 'synthetic', fault_of_run, '') AS run_fault, run_places,
    sipHash64(is_bot, is_strange, script_error, broken, failed, failed_status, failed_place, failed_first_party, failing_sessions >= 5,
        is_cut_off, slow, refused_point, tries, recovered, arrived_from, run_fault, run_places) AS cue
FROM (SELECT *, offline OR arrayExists(s -> s.8, near_failures) AS e_offline FROM near)
