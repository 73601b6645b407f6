//! Failures of connections to others.

use super::check;
use crate::cause::{Cause, Known};
use crate::level::Level::Error;

pub(super) const CONNECTIONS: &[Known] = &[
    Known {
        cause: Cause::ConnectTimeout,
        level: Error,
        decisive: false,
        needles: &[
            "connect timeout",
            "connection timed out",
            "connect timed out",
            "etimedout",
            "dial tcp&i/o timeout",
            "upstream timed out&connecting",
            "connecttimeout",
            "connection timeout",
            "no route to host",
            "ehostunreach",
            "network is unreachable",
            "connection attempt timed out",
            "timeout expired&connect",
        ],
        title: "connect timeouts[ to {peer}]",
        because: "Nobody answers at the address: the host or pod is gone, a firewall drops the packets, or callers keep an address that is no longer in use. A refusal would come at once; silence means that packets get lost.",
        checks: &[
            check(
                "See whether the address is still an end point of the service",
                "kubectl get endpointslices{n} -o wide | grep {ip}",
            ),
            check("Find who owned the address", "kubectl get pods -A -o wide | grep {ip}"),
            check("Try the connection from where it fails", "nc -vz -w 3 {host} {port}"),
            check("See connections that wait for an answer", "ss -tan state syn-sent"),
        ],
        evidence: ("Events and log of the peer", &["2 min before the first timeout", "same time zone"]),
    },
    Known {
        cause: Cause::ConnectionRefused,
        level: Error,
        decisive: false,
        needles: &["connection refused", "econnrefused", "connect() failed (111", "actively refused"],
        title: "connections refused[ by {peer}]",
        because: "The host answers, but nothing listens on that port: the process is down, restarting, or listens elsewhere.",
        checks: &[
            check("See whether the pods behind it are ready", "kubectl get pods{n} -o wide"),
            check("Try the connection from where it fails", "nc -vz -w 3 {host} {port}"),
            check("On the peer, see whether something listens", "ss -ltnp 'sport = :{port}'"),
        ],
        evidence: ("Log of the service that refuses", &["2 min before the first refusal"]),
    },
    Known {
        cause: Cause::ConnectionReset,
        level: Error,
        decisive: false,
        needles: &[
            "connection reset",
            "econnreset",
            "broken pipe",
            "epipe",
            "prematurely closed",
            "unexpected eof",
            "server closed the connection",
            "socket hang up",
            "connection was closed",
            "connection aborted",
            "remotedisconnected",
        ],
        title: "connections reset[ by {peer}]",
        because: "The other side closed open connections: it restarted or crashed, or something in between cut idle ones. Compare idle time-outs of both sides.",
        checks: &[
            check(
                "Look for restarts of the peer at that time",
                "kubectl get pods{n} --sort-by=.status.startTime",
            ),
            check(
                "Read what the peer logged in that second",
                "kubectl logs deployment/{deploy}{n} --since=30m --tail=200",
            ),
        ],
        evidence: ("Log of the peer in the same minute", &["same time zone", "with its restarts"]),
    },
    Known {
        cause: Cause::UpstreamUnavailable,
        level: Error,
        decisive: false,
        needles: &[
            "no live upstreams",
            "bad gateway",
            "service unavailable",
            "no healthy upstream",
            "upstream connect error",
            "no endpoints available",
            "serviceunavailable",
        ],
        title: "upstream unavailable",
        because: "The proxy has no healthy instance to send to: all are down, not ready, or marked as failed.",
        checks: &[
            check("See the end points behind the service", "kubectl get endpointslices{n}"),
            check("See the state of the pods", "kubectl get pods{n} -o wide"),
            check("Read the error log of the proxy for the reason it gives", ""),
        ],
        evidence: ("Error log of the proxy", &["same minutes as the 5xx", "not only the access log"]),
    },
];
