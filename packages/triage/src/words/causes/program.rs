//! Failures of the program and its data, and the general ones that fit when nothing special does.

use super::check;
use crate::cause::{Cause, Known};
use crate::level::Level::{Error, Fatal};

pub(super) const PROGRAM: &[Known] = &[
    Known {
        cause: Cause::SchemaMismatch,
        level: Error,
        decisive: false,
        needles: &[
            "relation&does not exist",
            "column&does not exist",
            "unknown column",
            "no such table",
            "no such column",
            "undefinedtable",
            "undefinedcolumn",
            "doesn't exist",
        ],
        title: "code and database schema differ",
        because: "The program asks for a table or column that is not there: a migration is missing, failed, or ran on another database.",
        checks: &[
            check("See which columns there are", "psql{db} -c '\\d+'"),
            check(
                "Read the migration job's log",
                "kubectl get jobs{n} --sort-by=.status.startTime",
            ),
        ],
        evidence: ("Log of the last migration", &["with its version number"]),
    },
    Known {
        cause: Cause::DuplicateKey,
        level: Error,
        decisive: false,
        needles: &[
            "duplicate key value",
            "duplicate entry",
            "unique constraint",
            "uniqueviolation",
        ],
        title: "duplicate keys",
        because: "The same row is written twice: a retry without idempotency, two workers on one job, or a sequence behind its table.",
        checks: &[
            check("Compare the sequence with the table's highest id", ""),
            check("Look for the same request id twice in the log", ""),
        ],
        evidence: (
            "Requests with the duplicated key",
            &["with their request ids"],
        ),
    },
    Known {
        cause: Cause::MissingConfig,
        level: Error,
        decisive: false,
        needles: &[
            "no such file or directory",
            "enoent",
            "environment variable&not set",
            "missing required",
            "configmap&not found",
            "secret&not found",
            "createcontainerconfigerror",
            "modulenotfounderror",
            "cannot find module",
            "classnotfoundexception",
            "noclassdeffounderror",
            "filenotfounderror",
        ],
        title: "something it needs is missing",
        because: "A file, setting or module that the program expects is not there; this mostly comes with a new image or a changed mount.",
        checks: &[
            check(
                "Read what is mounted and set",
                "kubectl describe pod {pod}{n}",
            ),
            check(
                "Compare with the version before",
                "kubectl rollout history deployment/{deploy}{n}",
            ),
        ],
        evidence: (
            "What changed in the last deploy",
            &["diff of manifest and image"],
        ),
    },
    Known {
        cause: Cause::NilAccess,
        level: Error,
        decisive: false,
        needles: &[
            "nil pointer dereference",
            "nullpointerexception",
            "cannot read propert",
            "'nonetype' object",
            "undefined is not",
            "option::unwrap()",
            "result::unwrap()",
            "index out of range",
            "indexoutofbounds",
            "index out of bounds",
            "keyerror",
            "is not a function",
        ],
        title: "program error",
        because: "The code met a value it did not expect; when this is new, either the code or the data it gets has changed.",
        checks: &[
            check("Open the frame named above and look at what it reads", ""),
            check(
                "See what was released last",
                "kubectl rollout history deployment/{deploy}{n}",
            ),
        ],
        evidence: (
            "The request or message that triggers it",
            &["input with its id", "one that works for comparison"],
        ),
    },
    Known {
        cause: Cause::Segfault,
        level: Fatal,
        decisive: true,
        needles: &[
            "segfault",
            "segmentation fault",
            "sigsegv",
            "core dumped",
            "general protection",
            "sigabrt",
            "dumped core",
        ],
        title: "process crashed",
        because: "The process died on a memory fault: native code, a damaged library, or (rarely) bad hardware.",
        checks: &[
            check(
                "List crashes with their stacks",
                "coredumpctl list --no-pager | tail; coredumpctl info --no-pager | head -60",
            ),
            check("See whether libraries or the image changed", ""),
        ],
        evidence: (
            "Backtrace of the core dump",
            &["with version of the binary"],
        ),
    },
    Known {
        cause: Cause::PermissionDenied,
        level: Error,
        decisive: false,
        needles: &[
            "permission denied",
            "eacces",
            "eperm",
            "access denied",
            "accessdenied",
            "operation not permitted",
            "forbidden",
            "not authorized",
            "insufficient privilege",
        ],
        title: "permission denied",
        because: "The process may not do what it tries: file owner or mode, a changed role or policy, or a security profile.",
        checks: &[
            check(
                "Check what the service account may do",
                "kubectl auth can-i --list{n}",
            ),
            check(
                "Look for denials of the security module",
                "journalctl -k{window} -g 'denied|apparmor|avc' --no-pager",
            ),
        ],
        evidence: (
            "What changed in roles or policies",
            &["audit log of the last day"],
        ),
    },
    Known {
        cause: Cause::Timeout,
        level: Error,
        decisive: false,
        needles: &[
            "timed out",
            "timeout",
            "deadline exceeded",
            "took too long",
            "deadlineexceeded",
        ],
        title: "timeouts[ from {peer}]",
        because: "Somebody waited longer than allowed. The slow part is behind the line that complains: follow the call to the one who answers late.",
        checks: &[
            check(
                "See load and restarts of what is called",
                "kubectl top pods{n} --sort-by=cpu",
            ),
            check(
                "Try the connection from where it fails",
                "nc -vz -w 3 {host} {port}",
            ),
            check(
                "Compare the time-outs along the call: the outer one must be the longest",
                "",
            ),
        ],
        evidence: (
            "Latency of the called service",
            &["p50 and p99", "10 min before the first timeout"],
        ),
    },
    Known {
        cause: Cause::ServerError,
        level: Error,
        decisive: false,
        needles: &["internal server error"],
        title: "server errors",
        because: "The service itself failed on the request; its own log has the reason.",
        checks: &[
            check(
                "Read the service's log of the same second",
                "kubectl logs deployment/{deploy}{n} --since=30m --tail=200",
            ),
            check("Follow one failed request by its id", ""),
        ],
        evidence: (
            "Application log for one failed request",
            &["same second", "with the request id"],
        ),
    },
];
