//! Failures of the host below: memory, storage, descriptors, the connection table.

use super::check;
use crate::cause::{Cause, Known};
use crate::level::Level::{Error, Fatal};

pub(super) const HOST: &[Known] = &[
    Known {
        cause: Cause::OomKilled,
        level: Fatal,
        decisive: true,
        needles: &[
            "oomkilled",
            "out of memory: kill",
            "oom-kill",
            "oom_kill",
            "memory cgroup out of memory",
            "exit code 137",
            "oom killer",
            "oomkiller",
            "systemoom",
        ],
        title: "killed for lack of memory[: {process}]",
        because: "The kernel killed a process because its memory limit (or the host's memory) was used up; what depended on it fails from then on.",
        checks: &[
            check(
                "Read the limit, the last state and the restart count of the pod",
                "kubectl describe pod {pod}{n}",
            ),
            check(
                "See what the kernel killed and how much it held",
                "journalctl -k{window} -g 'out of memory|oom' --no-pager",
            ),
            check(
                "Compare memory use with the limit over the last hours: a slope is a leak, a step is a load or a change",
                "",
            ),
        ],
        evidence: (
            "Memory graph of the killed process",
            &["from 1 h before the kill", "with the limit drawn in"],
        ),
    },
    Known {
        cause: Cause::HeapExhausted,
        level: Fatal,
        decisive: true,
        needles: &[
            "outofmemoryerror",
            "heap out of memory",
            "memoryerror",
            "cannot allocate memory",
            "gc overhead limit",
            "java heap space",
            "enomem",
        ],
        title: "out of heap memory",
        because: "The program asked for more memory than it may have; it may answer slowly for minutes before this line because of garbage collection.",
        checks: &[
            check("See the memory of the pod's containers now", "kubectl top pod {pod}{n} --containers"),
            check(
                "Look for a growing cache, queue or result set just before; a heap dump at this moment names it",
                "",
            ),
        ],
        evidence: ("GC log or heap summary", &["30 min before the first failure", "heap limit in use"]),
    },
    Known {
        cause: Cause::StorageError,
        level: Error,
        decisive: true,
        needles: &[
            "i/o error",
            "input/output error",
            "read-only file system",
            "remounting filesystem read-only",
            "blk_update_request",
            "ext4-fs error",
            "xfs&corruption",
        ],
        title: "storage errors[ on {host}]",
        because: "The disk or volume below failed a read or write; a file system may have gone read-only to protect itself.",
        checks: &[
            check(
                "Read what the kernel says about the device",
                "journalctl -k{window} -g 'I/O error|read-only|EXT4|XFS|nvme' --no-pager",
            ),
            check("See which file systems are mounted read-only", "findmnt -O ro"),
        ],
        evidence: ("Kernel log of the host", &["5 min before to 5 min after the first error"]),
    },
    Known {
        cause: Cause::DiskFull,
        level: Error,
        decisive: true,
        needles: &[
            "no space left on device",
            "disk full",
            "disk quota exceeded",
            "diskpressure",
            "enospc",
            "could not extend file",
            "filesystem is full",
            "disk is full",
            "insufficient disk",
        ],
        title: "disk full[ on {host}]",
        because: "A file system has no room (or no inodes) left; writes fail while reads may still work, so failures look scattered.",
        checks: &[
            check("See which file system is full, in bytes and in inodes", "df -h; df -i"),
            check("Find what grew", "du -xh --max-depth=2 {path} 2>/dev/null | sort -h | tail -20"),
            check("Look for deleted files that a process still holds open", "lsof +L1 | sort -k7 -n | tail"),
        ],
        evidence: ("Output of df -h and df -i", &["from the host that writes the errors"]),
    },
    Known {
        cause: Cause::TooManyFiles,
        level: Error,
        decisive: true,
        needles: &["too many open files", "emfile", "enfile"],
        title: "too many open files",
        because: "The process reached its limit of file descriptors; most often connections are opened faster than they are closed.",
        checks: &[
            check(
                "Count its descriptors and compare with the limit",
                "ls /proc/{pid}/fd | wc -l; grep 'open files' /proc/{pid}/limits",
            ),
            check(
                "Count its sockets by state: many in CLOSE-WAIT mean that the program does not close them",
                "ss -tan | awk 'NR>1 {print $1}' | sort | uniq -c | sort -rn",
            ),
        ],
        evidence: ("Open descriptors over time", &["process_open_fds or lsof counts"]),
    },
    Known {
        cause: Cause::ConnectionTableFull,
        level: Error,
        decisive: true,
        needles: &["nf_conntrack: table full", "conntrack: table full", "nf_conntrack&dropping packet"],
        title: "connection table full[ on {host}]",
        because: "The kernel's table of tracked connections is full and drops new packets; every service on the host sees random timeouts.",
        checks: &[check(
            "Compare the table's use with its size",
            "sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max",
        )],
        evidence: ("Connections per host over time", &["node_nf_conntrack_entries"]),
    },
];
