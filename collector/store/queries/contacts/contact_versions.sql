-- One row: a contact of the source and its newest version, deleted or not. {source:String}
SELECT source_contact_id, max(version) AS newest
FROM snag_experience.support_contacts
WHERE source = {source:String}
GROUP BY source_contact_id
