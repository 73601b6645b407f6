//! The known failures: how they are recognised, what they usually mean, and what to look at.
//!
//! Order is rank: the first entry whose words fit wins, so the special stands before the general. Names in braces are filled from
//! the log; a command with a name that the log does not give is left out.

mod cluster;
mod connections;
mod database;
mod host;
mod limits;
mod names;
mod program;

use crate::cause::{Check, Known, Trigger};

const fn check(say: &'static str, run: &'static str) -> Check {
    Check { say, run }
}

/// Events that often come before a failure, heaviest first.
pub(crate) const TRIGGERS: &[(Trigger, &[&str])] = &[
    (
        Trigger::NodeDrain,
        &[
            "drain&node",
            "draining node",
            "drained",
            "cordon",
            "nodenotschedulable",
            "evicting pod",
            "evicting&pod",
        ],
    ),
    (
        Trigger::Deploy,
        &[
            "deploying",
            "deployed",
            "deployment started",
            "deploy started",
            "deploy finished",
            "rollout",
            "rolled out",
            "scaled up replica set",
            "new release",
            "release v",
            "upgrading",
            "upgraded to",
            "rolling update",
        ],
    ),
    (
        Trigger::ConfigChange,
        &[
            "config reload",
            "configuration reload",
            "reloading config",
            "reloaded config",
            "config changed",
            "configuration changed",
            "config updated",
            "configuration file&reload",
            "feature flag",
            "sighup",
            "settings changed",
            "\" changed to \"",
            "configmap&updated",
        ],
    ),
    (
        Trigger::Failover,
        &[
            "failover",
            "promoted to",
            "promoting",
            "became leader",
            "elected leader",
            "new leader",
            "new primary",
            "switchover",
            "became primary",
        ],
    ),
    (Trigger::Migration, &["migration", "migrating", "alter table", "create index", "reindex"]),
    (
        Trigger::CertificateChange,
        &[
            "certificate renewed",
            "renewed certificate",
            "certificate rotated",
            "rotating certificate",
            "certificate reloaded",
        ],
    ),
    (
        Trigger::Scaling,
        &["scaled down", "scaling down", "scaling up", "scaled up", "successfulrescale", "scaledown"],
    ),
    (
        Trigger::Restart,
        &[
            "restarting",
            "restarted",
            "shutting down",
            "shutdown",
            "sigterm",
            "-- reboot",
            "-- boot",
            "booting",
            "going down",
            "starting up",
            "started container",
            "server started",
            "database system is ready",
            "stopping&server",
            "stopped&service",
            "starting postgresql",
            "linux version",
        ],
    ),
];

/// All known failures, by rank.
pub(crate) fn all() -> impl Iterator<Item = &'static Known> {
    [
        host::HOST,
        names::NAMES,
        database::DATABASE,
        cluster::CLUSTER,
        limits::LIMITS,
        connections::CONNECTIONS,
        program::PROGRAM,
    ]
    .into_iter()
    .flatten()
}
