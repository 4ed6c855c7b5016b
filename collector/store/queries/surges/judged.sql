-- One row: an evaluation of {app:String} with visits of {sources:String} that overlaps [{start:DateTime64(3)},
-- {end:DateTime64(3)}), or the newest there is: start, end, end of the time in question, when, what was missing.
SELECT since_ts, through_ts, until_ts, judged_ts, missing
FROM snag_experience.contacts_judged FINAL
WHERE app = {app:String} AND sources = {sources:String}
  AND (until_ts > {start:DateTime64(3)} AND since_ts < {end:DateTime64(3)}
       OR judged_ts = (SELECT max(judged_ts) FROM snag_experience.contacts_judged
                       WHERE app = {app:String} AND sources = {sources:String}))
ORDER BY judged_ts
