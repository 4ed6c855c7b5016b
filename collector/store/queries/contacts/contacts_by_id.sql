-- One row: the newest version, deleted or not, of one of the contacts {ids:Array(String)} of {source:String}, as JSON.
SELECT formatRowNoNewline('JSONEachRow', * EXCEPT (requester_key, requester_key_before, ingested_ts, link_method),
                          lower(hex(requester_key)) AS requester_key, lower(hex(requester_key_before)) AS requester_key_before) AS contact_json
FROM snag_experience.support_contacts
WHERE source = {source:String} AND source_contact_id IN {ids:Array(String)}
ORDER BY version DESC
LIMIT 1 BY source_contact_id
