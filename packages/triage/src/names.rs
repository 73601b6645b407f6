//! Collects the names that commands need (pod, namespace, address, unit …) from the lines that matter.
//!
//! Only names that look like what they should be are taken, so that a command built from them is safe and probably right. Leaves out:
//! the commands ([`crate::command`]).

use crate::analysis::Findings;
use crate::first::shown_line;
use crate::level::Level;
use crate::mask::is_ipv4;
use crate::parse::Format;

/// Lines read per failing template, and templates read.
const MAX_LINES: usize = 24;

/// Names found in the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub(crate) namespace: Option<String>,
    pub(crate) pod: Option<String>,
    pub(crate) deployment: Option<String>,
    pub(crate) node: Option<String>,
    pub(crate) ip: Option<String>,
    pub(crate) host: Option<String>,
    pub(crate) port: Option<String>,
    pub(crate) domain: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) pid: Option<String>,
    pub(crate) path: Option<String>,
    /// The process that the kernel killed.
    pub(crate) process: Option<String>,
    /// Whether the log comes from, or speaks of, Kubernetes.
    pub(crate) kubernetes: bool,
    /// Whether PostgreSQL is involved.
    pub(crate) postgres: bool,
    /// Whether it comes from a host with systemd or a kernel log.
    pub(crate) linux_host: bool,
    /// Whether more than one peer address was seen in failing lines.
    pub(crate) many_peers: bool,
}

fn set(slot: &mut Option<String>, value: &str) {
    if slot.is_none() && !value.is_empty() && !value.contains("[redacted") {
        *slot = Some(value.to_owned());
    }
}

fn in_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-' | '/' | ':' | '@')
}

/// RFC 1123 label or subdomain, as Kubernetes wants its names.
fn is_object_name(word: &str) -> bool {
    (2..=253).contains(&word.len())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.'))
        && word.starts_with(|letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit())
        && word.ends_with(|letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit())
}

/// `checkout-api-7c9d8b6f5-x2x9q`: the name before the two random parts that a Deployment's pods carry.
pub(crate) fn deployment_of(pod: &str) -> Option<&str> {
    let (rest, last) = pod.rsplit_once('-')?;
    let (name, hash) = rest.rsplit_once('-')?;
    let random = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let fits = last.len() == 5
        && (6..=10).contains(&hash.len())
        && random(last)
        && random(hash)
        && hash.bytes().any(|byte| byte.is_ascii_digit());
    (fits && is_object_name(name)).then_some(name)
}

fn is_source_file(name: &str) -> bool {
    matches!(
        name.rsplit('.').next(),
        Some(
            "go" | "java"
                | "py"
                | "js"
                | "ts"
                | "rs"
                | "rb"
                | "c"
                | "cc"
                | "cpp"
                | "php"
                | "kt"
                | "scala"
                | "mjs"
                | "so"
                | "conf"
                | "log"
                | "html"
                | "json"
                | "yaml"
        )
    )
}

fn is_domain(name: &str) -> bool {
    let Some((_, last)) = name.rsplit_once('.') else {
        return false;
    };
    is_object_name(name)
        && last.len() >= 2
        && last.bytes().all(|byte| byte.is_ascii_lowercase())
        && !is_source_file(name)
}

impl Names {
    /// Reads the first failure, the change before it, and some lines of each failing template.
    pub(crate) fn gather(findings: &Findings<'_>) -> Self {
        let mut names = Self::default();
        let formats = &findings.analysis.formats;
        let has = |wanted: &[Format]| formats.iter().any(|(format, _)| wanted.contains(format));
        names.kubernetes = has(&[Format::Klog, Format::KubernetesTable]);
        names.postgres = has(&[Format::Postgres]);
        names.linux_host = has(&[Format::Syslog3164, Format::Journald, Format::Kernel]);
        let mut taken = vec![0_usize; findings.by_id.len()];
        let first = findings.analysis.first_failure.as_ref();
        if let Some(entry) = first.and_then(|first| findings.entries.get(first.entry)) {
            names.read(&shown_line(findings.text, entry.start), entry.format == Format::AccessLog);
            if matches!(entry.format, Format::Syslog3164 | Format::Journald)
                && let Some(source) =
                    findings.sources.get(usize::from(entry.source)).filter(|source| *source != "kernel")
            {
                set(&mut names.unit, source);
            }
        }
        if let Some(preceding) = first.and_then(|first| first.preceded_by.as_ref()) {
            names.read(&preceding.text, false);
        }
        for exception in findings.analysis.exceptions.iter().take(3) {
            names.read(&exception.root, false);
        }
        let mut read = 0;
        for entry in &findings.entries {
            let Some((template, taken)) =
                findings.by_id.get(entry.template as usize).zip(taken.get_mut(entry.template as usize))
            else {
                continue;
            };
            if template.level < Level::Warn || *taken >= 3 {
                continue;
            }
            *taken += 1;
            read += 1;
            if read > MAX_LINES {
                break;
            }
            names.read(&shown_line(findings.text, entry.start), entry.format == Format::AccessLog);
        }
        if names.deployment.is_none() && names.kubernetes {
            let source = findings
                .analysis
                .sources
                .iter()
                .map(|source| source.0.as_str())
                .find(|source| is_object_name(source));
            let name = names
                .pod
                .as_deref()
                .and_then(deployment_of)
                .or(source.map(|source| deployment_of(source).unwrap_or(source)));
            names.deployment = name.map(str::to_owned);
        }
        names
    }

    /// Takes names from one line. Addresses of an access log are clients, not peers.
    fn read(&mut self, line: &str, is_access: bool) {
        let lower = line.to_ascii_lowercase();
        self.postgres |= ["postgres", "psycopg", "pgx", "sqlstate", "npgsql", ":5432", "hikaripool"]
            .iter()
            .any(|word| lower.contains(word));
        self.kubernetes |= ["kube", ".svc", "namespace", "configmap", "pod/", "\"pod\"", "pod="]
            .iter()
            .any(|word| lower.contains(word));
        if let Some(killed) =
            lower.split_once("killed process ").and_then(|parts| parts.1.split_once('(')?.1.split_once(')'))
        {
            set(&mut self.process, killed.0);
        }
        let mut key = "";
        let mut gap = true;
        for piece in line.split_inclusive(|letter: char| !in_word(letter)) {
            let whole = piece.trim_end_matches(|letter: char| !in_word(letter));
            let word = whole.trim_matches([':', '.', '-']);
            if !word.is_empty() {
                self.word(if gap { key } else { "" }, word, is_access);
                key = word;
                gap = true;
            }
            // Only an equals sign, a quote or a space may stand between a name's key and the name.
            gap &= piece
                .get(whole.len()..)
                .unwrap_or_default()
                .chars()
                .all(|letter| matches!(letter, ' ' | '=' | '"' | '\'' | '['));
        }
    }

    fn word(&mut self, key: &str, word: &str, is_access: bool) {
        let lower = key.to_ascii_lowercase();
        match lower.as_str() {
            "namespace" | "ns" | "namespace_name" | "kubernetes_namespace" if is_object_name(word) => {
                set(&mut self.namespace, word);
            }
            "pod" | "pod_name" | "podname" | "pods" => match word.split_once('/') {
                Some((namespace, pod)) if is_object_name(namespace) && is_object_name(pod) => {
                    set(&mut self.namespace, namespace);
                    set(&mut self.pod, pod);
                }
                None if is_object_name(word) && word.contains('-') => set(&mut self.pod, word),
                _ => {}
            },
            "deployment" | "deploy" if is_object_name(word) && word.contains('-') => {
                set(&mut self.deployment, word);
            }
            "node" | "nodename" | "node_name"
                if is_object_name(word)
                    && word.bytes().any(|byte| byte.is_ascii_digit() || byte == b'-' || byte == b'.') =>
            {
                set(&mut self.node, word);
            }
            "database" | "db" | "dbname" | "datname" if is_object_name(word) && word.len() <= 63 => {
                set(&mut self.database, word);
            }
            "pid" | "process" if word.bytes().all(|byte| byte.is_ascii_digit()) => {
                set(&mut self.pid, word);
            }
            _ => {}
        }
        if let Some((kind, name)) = word.split_once('/')
            && is_object_name(name)
        {
            match kind.split('.').next() {
                Some("pod" | "pods") => set(&mut self.pod, name),
                Some("deployment" | "deploy" | "deployments") => set(&mut self.deployment, name),
                Some("node" | "nodes") => set(&mut self.node, name),
                _ => {}
            }
        }
        let bare = word.rsplit('/').next().unwrap_or(word);
        // The kubelet writes pods as `name_namespace`.
        let (bare, namespace) = bare.split_once('_').unwrap_or((bare, ""));
        if let Some(deployment) = deployment_of(bare) {
            self.kubernetes = true;
            set(&mut self.pod, bare);
            set(&mut self.deployment, deployment);
            if is_object_name(namespace) {
                set(&mut self.namespace, namespace);
            }
        }
        if ["/var/", "/data", "/mnt/", "/opt/", "/home/", "/srv/", "/tmp/"]
            .iter()
            .any(|start| word.starts_with(start))
        {
            set(&mut self.path, word);
        }
        if is_access
            || matches!(
                lower.as_str(),
                "client" | "remote_addr" | "client_ip" | "source_ip" | "from" | "src" | "host_ip"
            )
        {
            return;
        }
        self.address(&lower, word);
    }

    /// `10.8.14.7:5432`, `tcp://db-1:5432`, `payments.shop.svc.cluster.local`.
    fn address(&mut self, key: &str, word: &str) {
        let (is_url, rest) = match word.split_once("://") {
            Some((_, rest)) => (true, rest),
            None => (false, word),
        };
        let rest = rest.rsplit('@').next().unwrap_or(rest);
        let authority = if is_url { rest.split('/').next().unwrap_or(rest) } else { rest };
        let (host, port) = match authority.split_once(':') {
            Some((host, port))
                if !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                (host, Some(port))
            }
            Some(_) => return,
            None => (authority, None),
        };
        if is_ipv4(host) {
            self.many_peers |= self.ip.as_deref().is_some_and(|known| known != host);
            if self.ip.is_none() && self.port.is_none() {
                set(&mut self.port, port.unwrap_or_default());
            }
            set(&mut self.ip, host);
            return;
        }
        let introduced = is_url
            || matches!(
                key,
                "lookup"
                    | "host"
                    | "hostname"
                    | "resolve"
                    | "resolving"
                    | "enotfound"
                    | "eai_again"
                    | "server_name"
                    | "sni"
                    | "domain"
                    | "getaddrinfo"
                    | "address"
                    | "addr"
                    | "upstream"
                    | "peer"
                    | "name"
                    | "for"
                    | "to"
            );
        let named = is_domain(host)
            || (introduced && is_object_name(host) && host.contains('-'))
            || (port.is_some_and(|port| port.len() >= 2)
                && !matches!(host, "pid" | "tid" | "line" | "code" | "exec" | "port" | "status")
                && is_object_name(host)
                && host.bytes().any(|byte| byte.is_ascii_lowercase()));
        if !named || is_source_file(host) || !(introduced || port.is_some()) {
            return;
        }
        if let Some((service, rest)) = host.split_once('.')
            && let Some((namespace, _)) = rest.split_once(".svc")
        {
            self.kubernetes = true;
            set(&mut self.namespace, namespace);
            set(&mut self.deployment, service);
        }
        if self.host.is_none() && self.port.is_none() {
            set(&mut self.port, port.unwrap_or_default());
        }
        set(&mut self.host, host);
        if is_domain(host) || introduced {
            set(&mut self.domain, host);
        }
    }

    /// The peer that failing lines name, unless they name several.
    pub(crate) fn peer(&self) -> Option<&str> {
        if self.many_peers { None } else { self.ip.as_deref().or(self.host.as_deref()) }
    }
}

#[cfg(test)]
mod tests;
