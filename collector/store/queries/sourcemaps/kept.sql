-- One row: a kept source map, its release, the script it belongs to, when it was kept, and its size in bytes.
-- {app:String}
SELECT release, file, uploaded_ts, length(content) AS bytes
FROM snag_experience.source_maps FINAL
WHERE app = {app:String}
ORDER BY uploaded_ts DESC, release, file
