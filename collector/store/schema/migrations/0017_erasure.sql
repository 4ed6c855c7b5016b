-- What an erasure that was broken off still has to count again.

ALTER TABLE snag_experience.erasure_requests ADD COLUMN IF NOT EXISTS touched_hours Array(DateTime('UTC')) COMMENT 'hours whose rollups are to be counted again';
