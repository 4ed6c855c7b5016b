-- One row if any event of a contact of {source:String} is kept, else none.
SELECT 1 AS found FROM snag_experience.support_contact_events WHERE source = {source:String} LIMIT 1
