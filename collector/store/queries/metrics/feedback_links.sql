-- One row: a loop from a reason of contacts to a friction point, as Link in store/feedback.py. {app:String}.
SELECT link_id, version, app, contact_reason, page_group, kind, target_name, state, began_ts, owner, release, fixed_ts,
       verified_ts
FROM snag_experience.feedback_links FINAL
WHERE app = {app:String}
ORDER BY began_ts, link_id
