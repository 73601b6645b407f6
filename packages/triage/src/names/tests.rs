//! What `names` promises.

use super::*;

fn read(line: &str) -> Names {
    let mut names = Names::default();
    names.read(line, false);
    names
}

#[test]
fn a_pod_gives_its_deployment_and_a_service_name_its_namespace() {
    let names = read(
        "pod=shop/checkout-api-7c9d8b6f5-x2x9q dial tcp: lookup payments.billing.svc.cluster.local: no such host",
    );
    assert_eq!(names.pod.as_deref(), Some("checkout-api-7c9d8b6f5-x2x9q"));
    assert_eq!(names.deployment.as_deref(), Some("checkout-api"));
    assert_eq!(names.namespace.as_deref(), Some("shop"));
    assert_eq!(names.domain.as_deref(), Some("payments.billing.svc.cluster.local"));
}

#[test]
fn clients_and_source_files_are_not_peers() {
    let names =
        read("main.go:42 connect() failed, client: 10.1.2.3, upstream: \"http://10.8.14.7:8080/cart\"");
    assert_eq!(
        (names.ip.as_deref(), names.port.as_deref(), names.host.as_deref()),
        (Some("10.8.14.7"), Some("8080"), None)
    );
}

#[test]
fn a_name_that_is_no_name_is_not_taken() {
    let names = read("pod=$(reboot) namespace=`id` node=;rm");
    assert!(names.pod.is_none() && names.namespace.is_none() && names.node.is_none());
}
