-- One row: a surge that was judged anew after {since:DateTime64(3)} and ended after it too, as it was judged last: its site, id, state,
-- verdict, account as JSON.
SELECT app, surge_id, state, verdict, account
FROM snag_experience.contact_surges_now
WHERE judged_ts > {since:DateTime64(3)} AND end_ts > {since:DateTime64(3)}
ORDER BY start_ts, app
