-- Where the embedded runner stands in each session, and in the ledger of each test.
--
-- One table, so that what one step changes is saved at once. A state is written after the rows of all events that it has taken in, never before.

CREATE TABLE IF NOT EXISTS states
(
    kind LowCardinality(String) COMMENT 'sessions or ledgers',
    key String COMMENT 'The session, or the digest of repository and test',
    version UInt64 COMMENT 'Grows by one with each save; the highest stands',
    state String COMMENT 'The snapshot' CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (kind, key)
COMMENT 'States as written; the highest version of each stands';
