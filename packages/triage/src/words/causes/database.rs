//! Failures of databases and of the way to them.

use super::check;
use crate::cause::{Cause, Known};
use crate::level::Level::{Error, Warn};

pub(super) const DATABASE: &[Known] = &[
    Known {
        cause: Cause::PoolExhausted,
        level: Error,
        decisive: false,
        needles: &[
            "pool&exhaust",
            "connection is not available, request timed out",
            "from pool",
            "queuepool limit",
            "remaining connection slots",
            "too many clients already",
            "too many connections",
            "pool is full",
            "unable to acquire connection",
            "pool&timed out",
            "pool&timeout",
            "waiting for&pool",
            "no connections available",
            "max_connections",
        ],
        title: "connection pool exhausted",
        because: "All database (or upstream) connections are in use: they are held too long, they leak, or the pool is too small for the load. What holds them is the cause; the pool is where it shows.",
        checks: &[
            check(
                "See what the database is doing for those connections",
                "psql{db} -c \"select state, wait_event_type, count(*), max(now() - state_change) from pg_stat_activity group by 1, 2 order by 3 desc\"",
            ),
            check(
                "Find transactions that stay open",
                "psql{db} -c \"select pid, now() - xact_start as age, left(query, 80) from pg_stat_activity where xact_start is not null order by age desc limit 10\"",
            ),
            check(
                "Compare the pool's maximum with what it was before the last deploy",
                "kubectl rollout history deployment/{deploy}{n}",
            ),
        ],
        evidence: (
            "Pool metrics: in use, idle, waiting",
            &["10 min before the first failure", "per instance"],
        ),
    },
    Known {
        cause: Cause::Deadlock,
        level: Error,
        decisive: true,
        needles: &[
            "deadlock detected",
            "deadlock found",
            "goroutines are asleep",
            "lock wait timeout",
            "deadlock victim",
        ],
        title: "deadlocks",
        because: "Two workers wait for each other's locks; one is aborted. A new code path that takes the same rows in another order is the usual reason.",
        checks: &[
            check(
                "See who blocks whom now",
                "psql{db} -c \"select pid, pg_blocking_pids(pid) as blocked_by, left(query, 80) from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0\"",
            ),
            check(
                "Compare the two statements in the DETAIL lines: which rows do they take in which order",
                "",
            ),
        ],
        evidence: ("Database log with the DETAIL lines of the deadlock", &["both statements"]),
    },
    Known {
        cause: Cause::ReplicaLag,
        level: Warn,
        decisive: false,
        needles: &[
            "replica lag",
            "replication lag",
            "replay lag",
            "seconds_behind",
            "standby&behind",
            "wal segment&removed",
            "lag&replica",
            "replication&delay",
            "behind primary",
            "behind master",
        ],
        title: "replica lag",
        because: "A replica is behind its primary; reads from it are stale, and a failover now would lose or delay writes.",
        checks: &[
            check(
                "Measure the lag of each replica",
                "psql{db} -c \"select application_name, state, replay_lag from pg_stat_replication\"",
            ),
            check("Look for a bulk write or a long query on the replica at the time the lag began", ""),
        ],
        evidence: ("Replication lag graph", &["per replica", "from 1 h before"]),
    },
    Known {
        cause: Cause::StatementTimeout,
        level: Error,
        decisive: false,
        needles: &[
            "canceling statement due to",
            "statement timeout",
            "query timeout",
            "query timed out",
            "slow query",
            "max_execution_time",
            "query execution was interrupted",
        ],
        title: "slow or cancelled queries",
        because: "Queries take longer than they may: locks, a changed plan, or a table that grew. Everything that waits for them backs up.",
        checks: &[
            check(
                "List what runs longest now and what it waits for",
                "psql{db} -c \"select pid, now() - query_start as age, wait_event_type, wait_event, left(query, 80) from pg_stat_activity where state <> 'idle' order by age desc limit 10\"",
            ),
            check("Explain the slowest statement and compare with the plan from before", ""),
        ],
        evidence: ("The slow statement with its plan", &["explain (analyze, buffers)"]),
    },
];
