-- One row: a table of ours that keeps rows, how many, its definition, its columns.
SELECT concat(t.database, '.', t.name) AS name, toUInt64(ifNull(t.total_rows, 0)) AS rows, t.create_table_query,
       groupArray(c.name) AS columns
FROM system.tables AS t
INNER JOIN system.columns AS c ON c.database = t.database AND c.table = t.name
WHERE t.database LIKE 'snag%' AND t.engine LIKE '%MergeTree'
GROUP BY name, rows, t.create_table_query
ORDER BY name
