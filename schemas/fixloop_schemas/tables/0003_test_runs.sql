-- What events say of each test run, and the runs that follow from it.
--
-- A run is told in several events, which may come in any order and more than once; the view puts them together.

CREATE TABLE IF NOT EXISTS test_run_rows
(
    session_id String COMMENT 'OpenTelemetry session.id',
    run_id String COMMENT 'The run',
    phase Enum8('started' = 1, 'results' = 2, 'finished' = 3) COMMENT 'What the event said of the run',
    part UInt64 COMMENT 'Which part of the results; 0 for the other phases',
    seq UInt64 COMMENT 'The place of the event in its session',
    time Nullable(DateTime64(6, 'UTC')) COMMENT 'When it happened; NULL when not known',
    gen_ai_agent_name LowCardinality(Nullable(String)) COMMENT 'The agent, such as claude-code; NULL when a person works alone',
    gen_ai_agent_id Nullable(String) COMMENT 'The sub-agent inside the session; NULL for the main one',
    gen_ai_agent_version LowCardinality(Nullable(String)) COMMENT 'The version of the agent',
    gen_ai_provider_name LowCardinality(Nullable(String)) COMMENT 'Who serves the model',
    gen_ai_request_model LowCardinality(Nullable(String)) COMMENT 'The model behind the agent',
    vcs_repository_name LowCardinality(Nullable(String)) COMMENT 'The repository that was worked on',
    vcs_ref_head_name LowCardinality(Nullable(String)) COMMENT 'The branch',
    vcs_ref_head_revision Nullable(String) COMMENT 'The commit that was checked out',
    enduser_pseudo_id Nullable(String) COMMENT 'The person, as a keyed hash',
    framework LowCardinality(Nullable(String)) COMMENT 'The test framework',
    runner LowCardinality(Nullable(String)) COMMENT 'The program that was called',
    selectors Array(String) COMMENT 'What was asked for; empty means everything where scope is all',
    command_digest Nullable(String) COMMENT 'The whole command line',
    scope LowCardinality(Nullable(String)) COMMENT 'all, selection or unknown',
    code_edits Nullable(UInt64) COMMENT 'The number of edits that the tests ran against',
    tree_digest Nullable(String) COMMENT 'The tree that was tested',
    background Nullable(Bool) COMMENT 'The run was started beside other work',
    parts Nullable(UInt64) COMMENT 'How many parts the run had',
    status LowCardinality(Nullable(String)) COMMENT 'success, failure, skipped, aborted, timed_out or unknown; NULL while not finished',
    passed Nullable(UInt64) COMMENT 'What the runner counted; NULL when it did not say',
    failed Nullable(UInt64) COMMENT 'What the runner counted; NULL when it did not say',
    errors Nullable(UInt64) COMMENT 'What the runner counted; NULL when it did not say',
    skipped Nullable(UInt64) COMMENT 'What the runner counted; NULL when it did not say',
    exit_code Nullable(Int64) COMMENT 'The exit code of the runner',
    exit_code_reliable Nullable(Bool) COMMENT 'False where the exit code may speak for something else',
    results_complete Nullable(Bool) COMMENT 'Every test that ran is named',
    duration Nullable(Float64) COMMENT 'In seconds'
)
ENGINE = ReplacingMergeTree(seq)
PARTITION BY toYYYYMM(ifNull(time, toDateTime64(0, 6, 'UTC')))
ORDER BY (session_id, run_id, phase, part)
COMMENT 'What events said of runs, copies included; read the view test_runs';

CREATE VIEW IF NOT EXISTS test_runs AS
SELECT
    run.session_id AS session_id,
    run.run_id AS run_id,
    min(run.seq) AS first_seq,
    max(run.seq) AS last_seq,
    minIf(run.time, run.phase = 'started') AS started_at,
    maxIf(run.time, run.phase = 'finished') AS finished_at,
    CAST(countIf(run.phase = 'finished') > 0 AS Bool) AS finished,
    countIf(run.phase = 'results') AS parts_seen,
    argMin(run.gen_ai_agent_name, run.seq) AS gen_ai_agent_name,
    argMin(run.gen_ai_agent_id, run.seq) AS gen_ai_agent_id,
    argMin(run.gen_ai_agent_version, run.seq) AS gen_ai_agent_version,
    argMin(run.gen_ai_provider_name, run.seq) AS gen_ai_provider_name,
    argMin(run.gen_ai_request_model, run.seq) AS gen_ai_request_model,
    argMin(run.vcs_repository_name, run.seq) AS vcs_repository_name,
    argMin(run.vcs_ref_head_name, run.seq) AS vcs_ref_head_name,
    argMin(run.vcs_ref_head_revision, run.seq) AS vcs_ref_head_revision,
    argMin(run.enduser_pseudo_id, run.seq) AS enduser_pseudo_id,
    argMin(run.framework, run.seq) AS framework,
    argMin(run.runner, run.seq) AS runner,
    argMinIf(run.selectors, run.seq, run.phase = 'started') AS selectors,
    argMin(run.command_digest, run.seq) AS command_digest,
    argMin(run.scope, run.seq) AS scope,
    argMin(run.code_edits, run.seq) AS code_edits,
    argMin(run.tree_digest, run.seq) AS tree_digest,
    argMin(run.background, run.seq) AS background,
    argMin(run.parts, run.seq) AS parts,
    argMin(run.status, run.seq) AS status,
    argMin(run.passed, run.seq) AS passed,
    argMin(run.failed, run.seq) AS failed,
    argMin(run.errors, run.seq) AS errors,
    argMin(run.skipped, run.seq) AS skipped,
    argMin(run.exit_code, run.seq) AS exit_code,
    argMin(run.exit_code_reliable, run.seq) AS exit_code_reliable,
    argMin(run.results_complete, run.seq) AS results_complete,
    argMin(run.duration, run.seq) AS duration
FROM test_run_rows AS run FINAL
GROUP BY run.session_id, run.run_id
COMMENT 'One row a run; a run that is not finished crashed or still goes on';
