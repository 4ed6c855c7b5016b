-- One row: an event of one of the contacts {ids:Array(String)} of {source:String}, in the order of ContactEvent's fields.
SELECT source, source_contact_id, source_event_id, event_ts, kind, actor, from_value, to_value, fields
FROM snag_experience.support_contact_events FINAL
WHERE source = {source:String} AND source_contact_id IN {ids:Array(String)}
ORDER BY source_contact_id, event_ts, source_event_id
