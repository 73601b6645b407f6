//! What to ask for when there is no log, according to the words with which the user describes the symptom.

/// A symptom that people name, and the signals that tell its causes apart.
pub(crate) struct Symptom {
    /// Lower-case words or parts of words; one with a leading space must start a word.
    pub(crate) words: &'static [&'static str],
    /// Its short name, for the title.
    pub(crate) name: &'static str,
    /// What the signals will decide.
    pub(crate) lead: &'static str,
    /// What to send, each with the reason.
    pub(crate) needs: &'static [&'static str],
    /// A command that shows one of them and works without names.
    pub(crate) run: (&'static str, &'static str),
    pub(crate) evidence: (&'static str, &'static [&'static str]),
    pub(crate) tell: &'static str,
}

/// Symptoms in order of rank: the special before the general.
pub(crate) const SYMPTOMS: &[Symptom] = &[
    Symptom {
        words: &["oom", "out of memory", "memory leak", "heap", " memory"],
        name: "Memory",
        lead: "I need to see who used the memory, and whether it grew slowly or at once.",
        needs: &[
            "**The kernel or pod message of the kill**: which process, how much it held, which limit.",
            "**Memory over the last hours**: a slope is a leak, a step is a load or a release.",
            "**The application log of the last minute before it**: what it was working on.",
        ],
        run: ("Find what the kernel killed", "journalctl -k --since '-2h' -g 'out of memory|oom' --no-pager"),
        evidence: ("Memory graph of the process", &["from 1 h before", "with the limit"]),
        tell: "Tell me the memory limit and when it was last changed",
    },
    Symptom {
        words: &["evict"],
        name: "Evictions",
        lead: "I need to know which resource the node ran out of.",
        needs: &[
            "**`kubectl describe node`** of the node: conditions and allocated resources.",
            "**Events of the last hour**: which pods went, and with which reason.",
            "**Memory and disk of the node over time**.",
        ],
        run: (
            "List recent evictions",
            "kubectl get events -A --field-selector=reason=Evicted --sort-by=.lastTimestamp",
        ),
        evidence: ("Output of kubectl describe node", &["conditions", "allocated resources"]),
        tell: "Tell me whether requests and limits are set on the evicted pods",
    },
    Symptom {
        words: &["crashloop", "crash loop", "restart", "keeps crashing", "crash"],
        name: "Restarts",
        lead: "I need the log of the run before the restart; the new one does not know why.",
        needs: &[
            "**The log of the previous run**, its last 100 lines.",
            "**Exit code and last state**: 137 is a kill for memory, 143 a stop, 1 the program's own.",
            "**What changed** between the last good start and the first bad one.",
        ],
        run: (
            "List pods by restarts",
            "kubectl get pods -A --sort-by='.status.containerStatuses[0].restartCount' | tail -20",
        ),
        evidence: ("Log of the previous run (--previous)", &["last 100 lines"]),
        tell: "Tell me what was released before the first restart",
    },
    Symptom {
        words: &["dns", "resolve", "nxdomain", "servfail", "name resolution"],
        name: "DNS",
        lead: "I need to know which name fails, from where, and with which answer.",
        needs: &[
            "**One failing lookup with its answer code**: NXDOMAIN is a wrong or missing name, SERVFAIL a resolver in trouble, silence a network.",
            "**The resolver's log** of the same minutes.",
            "**The same lookup from a place where it works**.",
        ],
        run: ("Ask the resolver of this host", "resolvectl status; cat /etc/resolv.conf"),
        evidence: ("Resolver log", &["CoreDNS, unbound or systemd-resolved", "same minutes"]),
        tell: "Tell me the exact name that fails, and where",
    },
    Symptom {
        words: &["tls", "ssl", "certificate", " cert", "x509", "handshake", "https"],
        name: "TLS",
        lead: "I need the exact error and the dates and names of the certificate that is served.",
        needs: &[
            "**The error text of the client**, whole.",
            "**Dates, names and chain** of the served certificate.",
            "**When certificates or trust stores last changed**.",
        ],
        run: (
            "Read a certificate's dates (set HOST first)",
            "openssl s_client -connect \"$HOST:443\" -servername \"$HOST\" </dev/null 2>/dev/null | openssl x509 -noout -dates -subject -issuer",
        ),
        evidence: ("Client error and server certificate", &["openssl s_client output"]),
        tell: "Tell me which host and port, and since when",
    },
    Symptom {
        words: &["disk", "no space", "inode", "volume", "filesystem", "storage"],
        name: "Disk",
        lead: "I need to know which file system, and what grew.",
        needs: &[
            "**`df -h` and `df -i`** of the host: bytes and inodes run out separately.",
            "**The first error line of the writer**: the path in it names the file system.",
            "**Disk use over the last day**.",
        ],
        run: ("See what is full", "df -h; df -i"),
        evidence: ("Output of df -h and df -i", &["from the host with the errors"]),
        tell: "Tell me which host, and what writes there",
    },
    Symptom {
        words: &["replica", "replication", "lag"],
        name: "Replication lag",
        lead: "I need the lag per replica over time, and what the primary wrote when it began.",
        needs: &[
            "**Lag per replica**: one behind is that replica, all behind is the primary or the network.",
            "**Long transactions and bulk writes** at that time.",
            "**The replica's log**.",
        ],
        run: (
            "Measure the lag",
            "psql -c \"select application_name, state, replay_lag from pg_stat_replication\"",
        ),
        evidence: ("Lag graph per replica", &["from 1 h before"]),
        tell: "Tell me which jobs write in bulk, and when",
    },
    Symptom {
        words: &[
            "database",
            "postgres",
            "mysql",
            "sql",
            "deadlock",
            "query",
            "queries",
            "connection pool",
            "db ",
        ],
        name: "Database",
        lead: "I need to see whether queries are slow, blocked, or do not get a connection.",
        needs: &[
            "**The database log** from 5 minutes before the first symptom.",
            "**What runs now and what it waits for** (`pg_stat_activity` or the process list).",
            "**The pool's metrics**: in use, idle, waiting.",
        ],
        run: (
            "See what the database waits for",
            "psql -c \"select state, wait_event_type, wait_event, count(*) from pg_stat_activity group by 1, 2, 3 order by 4 desc\"",
        ),
        evidence: ("Database log", &["5 min before to 5 min after", "with durations and locks"]),
        tell: "Tell me which queries or migrations are new",
    },
    Symptom {
        words: &["5xx", "500", "502", "503", "504", "error rate", "bad gateway", "unavailable", "errors"],
        name: "Server errors",
        lead: "I need to know who answers with the error: the proxy, the service, or what it calls.",
        needs: &[
            "**The proxy's access and error log** of the first bad minute: 502 and 503 come from the proxy, 500 mostly from the service.",
            "**The service's log of the same minute**: the first stack trace or refused call.",
            "**Whether all instances and paths fail, or some**.",
        ],
        run: ("See end points and pods behind a service", "kubectl get endpointslices,pods -o wide"),
        evidence: ("Log of the first bad minute", &["proxy and service", "same time zone"]),
        tell: "Tell me what was deployed or changed just before",
    },
    Symptom {
        words: &[
            "timeout",
            "timed out",
            "time out",
            "timing out",
            "unreachable",
            "refused",
            "connection",
            "network",
            "packet loss",
        ],
        name: "Connections",
        lead: "I need to know whether packets get lost, are refused, or are answered late.",
        needs: &[
            "**The exact error**: refused means nobody listens, a time-out means silence, a reset means someone hung up.",
            "**From where to where**: address and port of both ends.",
            "**Whether it works from another place**.",
        ],
        run: (
            "See connections that wait or hang",
            "ss -tan | awk 'NR>1 {print $1}' | sort | uniq -c | sort -rn",
        ),
        evidence: ("Error lines of the caller", &["with address and port", "first bad minute"]),
        tell: "Tell me what lies between the two ends: proxy, firewall, mesh",
    },
    Symptom {
        words: &[
            "latency",
            "slow",
            "p99",
            "p95",
            "p50",
            "response time",
            "takes long",
            "hang",
            "stuck",
            "lagging",
        ],
        name: "Latency",
        lead: "I need to know where requests wait: for a connection, a lock, the processor, or somebody else.",
        needs: &[
            "**Latency and throughput over time**: does it follow the load, or did it jump.",
            "**The service's log of one slow request**, with its id through all services.",
            "**Pool, queue and thread use**: what is full makes the rest wait.",
            "**CPU throttling and garbage collection** of the service.",
        ],
        run: ("See processor and memory of the pods", "kubectl top pods --containers --sort-by=cpu"),
        evidence: ("Latency and pool graphs", &["p50 and p99", "10 min before the jump"]),
        tell: "Tell me when it began and what changed in the half hour before",
    },
    Symptom {
        words: &["cpu", "load average", "throttl", "high load"],
        name: "CPU",
        lead: "I need to see which process or thread uses the processor, and since when.",
        needs: &[
            "**CPU per process over time**, with the request rate beside it.",
            "**A profile or stack dump** while it is high.",
            "**Throttling** of the container, if it has a limit.",
        ],
        run: ("See the busiest processes", "ps -eo pid,pcpu,pmem,etime,args --sort=-pcpu | head -15"),
        evidence: ("CPU graph and a profile", &["while it is high"]),
        tell: "Tell me whether the load grew as well",
    },
    Symptom {
        words: &["kafka", "queue", "consumer", "rabbit", "backlog", "messages pile"],
        name: "Queue",
        lead: "I need to know whether producers became faster or consumers slower.",
        needs: &[
            "**Rates in and out**, and the backlog, over time.",
            "**The consumer's log**: rebalances, retries, slow handlers.",
            "**The first message that failed**, if one blocks the rest.",
        ],
        run: (
            "See the lag of each group",
            "kafka-consumer-groups.sh --bootstrap-server \"$BROKERS\" --describe --all-groups",
        ),
        evidence: ("Consumer log and lag graph", &["from before the backlog"]),
        tell: "Tell me whether message size or volume changed",
    },
    Symptom {
        words: &[
            "login",
            "log in",
            "sign in",
            "401",
            "403",
            "permission",
            "denied",
            "unauthorized",
            "forbidden",
            "auth",
        ],
        name: "Access denied",
        lead: "I need to know who is refused, by whom, and what was rotated or changed.",
        needs: &[
            "**The refusing side's log**: it knows the reason, the client mostly does not.",
            "**Which users or services** are refused, and which are not.",
            "**Changes to credentials, roles and policies** of the last day.",
        ],
        run: ("See what the current account may do", "kubectl auth can-i --list"),
        evidence: ("Log of the side that refuses", &["with the reason, without the credentials"]),
        tell: "Tell me what was rotated or changed, and when",
    },
    Symptom {
        words: &["deploy", "release", "rollout", "rolled out", "upgrade", "rollback"],
        name: "Deploy",
        lead: "I need to compare the last good version with the first bad one.",
        needs: &[
            "**The log of a new instance from its start**.",
            "**The rollout's state and history**.",
            "**What the release contains**: code, settings, schema.",
        ],
        run: ("See the rollouts and their pods", "kubectl get deployments,replicasets,pods -o wide"),
        evidence: ("Start-up log of the new version", &["from its first line"]),
        tell: "Tell me what the release changed",
    },
];

/// What is asked when no word is recognised.
pub(crate) const GENERAL: Symptom = Symptom {
    words: &[],
    name: "",
    lead: "I read logs; with one I can name the likely first failure.",
    needs: &[
        "**The log of the component that fails**, from 5 minutes before the first symptom to 5 minutes after. Any format, also several mixed.",
        "**What users see, and since when**, with the time zone.",
        "**What changed** in the hour before: deploy, settings, load, certificates.",
    ],
    run: ("Save the last half hour of a host's log", "journalctl --since '-30min' --no-pager > incident.log"),
    evidence: ("Log of the failing component", &["5 min before to 5 min after", "with its time zone"]),
    tell: "Tell me what users see, and since when",
};

pub(crate) const HOW_TO_SEND: &str =
    "Paste it here or attach a file; formats may be mixed. I hide passwords and tokens in what I quote.";
pub(crate) const ALSO_EARLIER: &str =
    "Together with what you wrote before, that decides where to look first.";
