//! Failures to trust or to find the other side: TLS and DNS.

use super::check;
use crate::cause::{Cause, Known};
use crate::level::Level::Error;

pub(super) const NAMES: &[Known] = &[
    Known {
        cause: Cause::TlsExpired,
        level: Error,
        decisive: true,
        needles: &[
            "certificate has expired",
            "certificate expired",
            "cert_has_expired",
            "certificate&expired",
            "x509&expired",
            "not yet valid",
            "certificate_expired",
        ],
        title: "TLS certificate expired[ at {domain}]",
        because: "A certificate is past its end date (or a clock is wrong), so every new connection to it is refused; connections that were open go on.",
        checks: &[
            check(
                "Read the dates of the certificate that is served",
                "openssl s_client -connect {domain}:{tlsport} -servername {domain} </dev/null 2>/dev/null | openssl x509 -noout -dates -subject",
            ),
            check("See whether the renewal ran", "kubectl get certificates -A"),
            check("Check the clock of the host that complains", "timedatectl"),
        ],
        evidence: ("Log of the certificate renewal", &["cert-manager, certbot or the job you use"]),
    },
    Known {
        cause: Cause::TlsHandshake,
        level: Error,
        decisive: false,
        needles: &[
            "x509:",
            "certificate verify failed",
            "unable to verify the first certificate",
            "self signed certificate",
            "self-signed certificate",
            "handshake failure",
            "tls handshake",
            "ssl handshake",
            "ssl_do_handshake",
            "sslhandshakeexception",
            "pkix path",
            "unknown authority",
        ],
        title: "TLS handshakes fail[ with {peer}]",
        because: "The two sides do not agree on certificate, name or protocol; after a change of certificates the trust store or the chain is the usual reason.",
        checks: &[
            check(
                "Read the chain, the name and the protocol that the server offers",
                "openssl s_client -connect {domain}:{tlsport} -servername {domain} -showcerts </dev/null",
            ),
            check("Compare with the CA bundle that the client uses", ""),
        ],
        evidence: ("Server log of the TLS end point", &["same minute, same time zone"]),
    },
    Known {
        cause: Cause::DnsFailure,
        level: Error,
        decisive: false,
        needles: &[
            "nxdomain",
            "servfail",
            "no such host",
            "name or service not known",
            "temporary failure in name resolution",
            "could not resolve host",
            "enotfound",
            "getaddrinfo",
            "eai_again",
            "unknownhostexception",
            "host not found",
            "could not translate host name",
            "name resolution",
        ],
        title: "DNS lookups fail[ for {domain}]",
        because: "A name could not be resolved: it is wrong or gone (NXDOMAIN, no such host), or the resolver itself is in trouble (SERVFAIL, temporary failure).",
        checks: &[
            check("Ask the resolver for the name", "dig {domain} +short; dig {domain} | grep status"),
            check(
                "Ask from inside the cluster",
                "kubectl run dns-check --rm -it --restart=Never --image=busybox{n} -- nslookup {domain}",
            ),
            check(
                "Read the resolver's own log",
                "kubectl -n kube-system logs -l k8s-app=kube-dns --since=30m --tail=200",
            ),
        ],
        evidence: (
            "Resolver log (CoreDNS, unbound, systemd-resolved)",
            &["same minutes", "with response codes"],
        ),
    },
];
