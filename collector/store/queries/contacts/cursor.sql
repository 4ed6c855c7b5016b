-- One row: where the last pull of {source:String} ended.
SELECT cursor
FROM snag_experience.import_watermarks FINAL
WHERE source = {source:String} AND stream = 'pull'
