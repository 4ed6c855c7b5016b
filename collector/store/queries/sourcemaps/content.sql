-- One row: the text of one source map. {app:String}, {release:String}, {file:String}
SELECT content
FROM snag_experience.source_maps FINAL
WHERE app = {app:String} AND release = {release:String} AND file = {file:String}
