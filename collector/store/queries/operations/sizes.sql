-- One row: a table, its rows, bytes on disk, bytes before compression, parts, and its oldest month.
SELECT concat(database, '.', table) AS name, sum(rows) AS found, sum(bytes_on_disk) AS disk,
       sum(data_uncompressed_bytes) AS plain, count() AS parts, replaceOne(min(partition), 'tuple()', '') AS oldest
FROM system.parts
WHERE active AND database LIKE 'snag%'
GROUP BY name
ORDER BY disk DESC
