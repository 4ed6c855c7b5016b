-- What people said of verdicts: confirmed or refused. It teaches how far the confidence is to be trusted on this site.

CREATE TABLE IF NOT EXISTS snag_experience.surge_reviews (
    app LowCardinality(String) COMMENT 'name of the site',
    surge_id UUID COMMENT 'the surge whose verdict was reviewed',
    version UInt64 COMMENT 'time of the review, ms since 1970 UTC; the highest one holds',
    verdict LowCardinality(String) COMMENT 'the verdict that was reviewed',
    stated Nullable(Float64) COMMENT 'its confidence before reviews are taken into account',
    is_right Bool COMMENT 'confirmed; false: refused'
) ENGINE = ReplacingMergeTree(version)
ORDER BY (app, surge_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
