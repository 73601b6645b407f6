//! Failures of the cluster: leases, images, pods, nodes.

use super::check;
use crate::cause::{Cause, Known};
use crate::level::Level::{Error, Warn};

pub(super) const CLUSTER: &[Known] = &[
    Known {
        cause: Cause::LeaderElection,
        level: Error,
        decisive: false,
        needles: &[
            "leader election lost",
            "leaderelection lost",
            "lost leader",
            "failed to renew lease",
            "no leader",
            "lost leadership",
            "stepping down",
            "not the leader",
            "notleader",
            "leader changed",
            "read-only transaction",
            "election timeout",
        ],
        title: "leader lost",
        because: "The leader could not keep its lease, or the cluster chose a new one; until that settles, writes are refused or go to the wrong place. Slow disks and network are the usual reason.",
        checks: &[
            check("See who holds the leases and since when", "kubectl get leases -A"),
            check(
                "Look at disk latency of the consensus members (etcd wants fsync below 10 ms)",
                "kubectl -n kube-system logs -l component=etcd --since=30m --tail=200",
            ),
        ],
        evidence: ("Logs of all members of the group", &["same minutes", "same time zone"]),
    },
    Known {
        cause: Cause::ImagePull,
        level: Error,
        decisive: true,
        needles: &[
            "imagepullbackoff",
            "errimagepull",
            "failed to pull image",
            "manifest unknown",
            "pull access denied",
            "back-off pulling image",
            "invalidimagename",
        ],
        title: "image cannot be pulled",
        because: "The node cannot fetch the container image: wrong tag, missing pull secret, or a registry that is down or limits requests.",
        checks: &[
            check("Read the exact reason and the image name", "kubectl describe pod {pod}{n}"),
            check("See recent events in order", "kubectl get events{n} --sort-by=.lastTimestamp"),
        ],
        evidence: ("Output of kubectl describe pod", &["the Events part"]),
    },
    Known {
        cause: Cause::CrashLoop,
        level: Error,
        decisive: true,
        needles: &["crashloopbackoff", "back-off restarting failed"],
        title: "crash loop",
        because: "The container starts, exits and is started again with growing pauses. The reason is in the log of the run before, not in this one.",
        checks: &[
            check("Read the log of the run that crashed", "kubectl logs {pod}{n} --previous --tail=100"),
            check("Read the exit code and the last state", "kubectl describe pod {pod}{n}"),
            check("Compare with the last version that ran", "kubectl rollout history deployment/{deploy}{n}"),
        ],
        evidence: ("Log of the previous run (--previous)", &["the last 100 lines before it stopped"]),
    },
    Known {
        cause: Cause::ProbeFailed,
        level: Warn,
        decisive: true,
        needles: &["liveness probe failed", "readiness probe failed", "startup probe failed", "probe failed"],
        title: "health probes fail",
        because: "The process does not answer its probe in time: it is overloaded, waits for something, or starts slower than the probe allows. A failing liveness probe restarts it.",
        checks: &[
            check("Read the probe's settings and the last state", "kubectl describe pod {pod}{n}"),
            check("Read what the container was doing", "kubectl logs {pod}{n} --since=15m --tail=200"),
        ],
        evidence: ("CPU, throttling and response time of the pod", &["10 min before the first failed probe"]),
    },
    Known {
        cause: Cause::Unschedulable,
        level: Warn,
        decisive: true,
        needles: &["failedscheduling", "insufficient cpu", "insufficient memory", "nodes are available"],
        title: "pods cannot be scheduled",
        because: "No node has room for the pod, or taints and affinities exclude the nodes that have.",
        checks: &[
            check("Read why each node was refused", "kubectl describe pod {pod}{n}"),
            check("See what the nodes have left", "kubectl describe nodes | grep -A 8 'Allocated resources'"),
        ],
        evidence: ("Requests and limits of the workload", &["the resources part of its manifest"]),
    },
    Known {
        cause: Cause::NodeNotReady,
        level: Error,
        decisive: true,
        needles: &[
            "nodenotready",
            "node not ready",
            "stopped posting node status",
            "node is not ready",
            "nodehasdiskpressure",
            "nodehasmemorypressure",
        ],
        title: "node not ready[: {node}]",
        because: "A node stopped answering or is under pressure; its pods are moved after about five minutes and fail until then.",
        checks: &[
            check("Read the node's conditions", "kubectl describe node {node}"),
            check(
                "Read the kubelet's log on that node",
                "journalctl -u kubelet{window} --no-pager | tail -200",
            ),
        ],
        evidence: ("kubelet log of the node", &["10 min before it became not ready"]),
    },
    Known {
        cause: Cause::Evicted,
        level: Error,
        decisive: true,
        needles: &[
            "reason: evicted",
            "evicted pod/",
            "evicted: the node",
            "pod was evicted",
            "node was low on resource",
            "eviction manager: must evict",
        ],
        title: "pods evicted[ from {node}]",
        because: "The node ran short of memory or disk and removed pods to save itself; the ones without requests go first.",
        checks: &[
            check("See pressure and allocations of the node", "kubectl describe node {node}"),
            check(
                "List evicted pods and their reasons",
                "kubectl get pods -A --field-selector=status.phase=Failed",
            ),
        ],
        evidence: ("Memory and disk of the node over time", &["from 1 h before the first eviction"]),
    },
];
