//! What `redact` promises.

use super::*;

#[test]
fn every_usual_way_to_write_a_secret_is_hidden() {
    for text in [
        "password=hunter2hunter2",
        "db.password: hunter2hunter2 next",
        "{\"password\":\"hunter2hunter2\",\"user\":\"bob\"}",
        "{\\\"api_key\\\":\\\"hunter2hunter2\\\"}",
        "PGPASSWORD='hunter2hunter2' psql",
        "--password hunter2hunter2 --user bob",
        "Authorization: Basic hunter2hunter2",
        "authorization=Bearer hunter2hunter2",
        "sent bearer hunter2hunter2 to upstream",
        "Cookie: sid=hunter2hunter2; theme=dark",
        "postgres://shop:hunter2hunter2@db-1:5432/shop",
        "amqp://shop:hunter2/hunter2@mq:5672",
        "https://hunter2hunter2@git.example/x",
        "GET /cb?code=1&access_token=hunter2hunter2&x=1",
        "ALTER USER shop WITH PASSWORD 'hunter2hunter2'",
        "CREATE USER shop IDENTIFIED BY 'hunter2hunter2'",
        "<password>hunter2hunter2</password>",
        "-----BEGIN RSA PRIVATE KEY-----\\nhunter2hunter2\\n-----END RSA PRIVATE KEY----- tail",
        "secret => hunter2hunter2",
        "token: Bearer hunter2hunter2",
    ] {
        let shown = redact(text);
        assert!(!shown.contains("hunter2"), "{text} became {shown}");
        assert!(shown.contains(REDACTED), "{text} became {shown}");
    }
}

#[test]
fn known_tokens_and_random_strings_are_hidden_without_a_name() {
    for secret in [
        "ghp_abcdefghijklmnop1234",
        "AKIAABCDEFGHIJKLMNOP",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        "wJalrXUtnFEMI7K7MDENG9bPxRfiCYEXAMPLEKEY",
    ] {
        assert_eq!(redact(&format!("got {secret} here")), format!("got {REDACTED} here"));
    }
}

#[test]
fn ordinary_words_and_ids_stay_readable() {
    for text in [
        "password authentication failed for user \"shop\"",
        "basic authentication required, bearer token missing",
        "GET http://10.8.14.7:8080/cart?mail=a@b.example 503",
        "pod checkout-api-7c9d8b6f5-x2x9q on node-14",
        "image sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "at com.example.shop.checkout.PaymentClientFactoryBean.connect(PaymentClient.java:88)",
        "secret \"db-creds\" not found",
        "user 3d5a9c1e-7b42-4f6d-a8e0-52c7f1b60d33",
    ] {
        assert_eq!(redact(text), text);
    }
}
