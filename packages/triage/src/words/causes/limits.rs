//! Failures at a gate: ports, credentials, rate limits, breakers, queues.

use super::check;
use crate::cause::{Cause, Known};
use crate::level::Level::{Error, Warn};

pub(super) const LIMITS: &[Known] = &[
    Known {
        cause: Cause::PortInUse,
        level: Error,
        decisive: true,
        needles: &["address already in use", "eaddrinuse"],
        title: "port already in use",
        because: "Another process listens on the port; often the old one has not ended yet.",
        checks: &[check("See who listens on the port", "ss -ltnp 'sport = :{port}'")],
        evidence: ("Log of the process that holds the port", &["around the restart"]),
    },
    Known {
        cause: Cause::AuthenticationFailed,
        level: Error,
        decisive: false,
        needles: &[
            "password authentication failed",
            "authentication failed",
            "authentication failure",
            "invalid credentials",
            "unauthorized",
            "invalid token",
            "token expired",
            "token has expired",
            "jwt expired",
            "failed password",
            "access denied for user",
        ],
        title: "authentication fails",
        because: "Credentials are refused: changed, expired, or read from the wrong place. After a rotation, whoever still holds the old ones fails.",
        checks: &[
            check(
                "See when the secret last changed",
                "kubectl get secrets{n} --sort-by=.metadata.creationTimestamp",
            ),
            check("Compare which user name is used with the one that is meant", ""),
        ],
        evidence: ("What was rotated, and when", &["secret manager or audit log"]),
    },
    Known {
        cause: Cause::RateLimited,
        level: Warn,
        decisive: false,
        needles: &[
            "too many requests",
            "rate limit",
            "ratelimit",
            "rate-limit",
            "throttled",
            "throttling",
            "quota exceeded",
            "toomanyrequests",
        ],
        title: "requests are rate limited",
        because: "A limit answers instead of the service: the load grew, a client retries without pause, or the limit was lowered.",
        checks: &[
            check("Find which client sends most", ""),
            check("Look at retries: a rise without more users is a retry storm", ""),
        ],
        evidence: ("Requests per client over time", &["10 min before the first 429", "with the limit"]),
    },
    Known {
        cause: Cause::CircuitOpen,
        level: Warn,
        decisive: false,
        needles: &[
            "circuit breaker&open",
            "circuitbreaker",
            "circuit open",
            "circuit is open",
            "callnotpermitted",
        ],
        title: "circuit breaker open",
        because: "Calls are refused on the caller's side because earlier ones failed; the cause is behind the breaker and earlier in time.",
        checks: &[check("Read the callee's log from a minute before the breaker opened", "")],
        evidence: ("Log of the service behind the breaker", &["1 min before it opened"]),
    },
    Known {
        cause: Cause::QueueStuck,
        level: Warn,
        decisive: false,
        needles: &[
            "consumer lag",
            "rebalanc",
            "offset commit failed",
            "commitfailedexception",
            "queue is full",
            "queue full",
            "backpressure",
            "not enough replicas",
            "notenoughreplicas",
        ],
        title: "queue backs up",
        because: "Consumers are slower than producers, or keep being rearranged; work waits longer and longer.",
        checks: &[
            check(
                "See the lag of each group",
                "kafka-consumer-groups.sh --bootstrap-server \"$BROKERS\" --describe --all-groups",
            ),
            check(
                "Compare time per message with max.poll.interval: slow handlers are thrown out of the group",
                "",
            ),
        ],
        evidence: ("Consumer lag over time", &["per partition"]),
    },
];
