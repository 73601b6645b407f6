//! Megabytes per second on a made log of mixed formats. Run with `cargo bench -p copilot-triage`.
//!
//! The log is the same in every run. Prints; judges nothing, because a machine may be busy.

#![expect(clippy::print_stdout, reason = "printing is what a benchmark does")]

use std::fmt::Write as _;
use std::time::Instant;

use copilot_triage::{Context, triage};

const MEGABYTES: usize = 10;

/// A small linear congruential generator (Knuth's MMIX constants): equal numbers on every machine.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

fn mixed_log(bytes: usize) -> String {
    let mut numbers = Numbers(42);
    let mut text = String::with_capacity(bytes + 1024);
    let mut second = 0_u64;
    while text.len() < bytes {
        second += numbers.next(3) / 2;
        let (hour, minute, sec) = (second / 3600 % 24, second / 60 % 60, second % 60);
        let (id, ms, host) = (numbers.next(1_000_000), numbers.next(900), numbers.next(250));
        // Writing to a string cannot fail.
        let _ = match numbers.next(9) {
            0 => writeln!(
                text,
                "2026-08-18T{hour:02}:{minute:02}:{sec:02}.{ms:03}Z INFO  shop::cart: cart {id} stored in {ms}ms"
            ),
            1 => writeln!(
                text,
                "{{\"time\":\"2026-08-18T{hour:02}:{minute:02}:{sec:02}.{ms:03}Z\",\"level\":\"info\",\"service\":\"checkout-api\",\"msg\":\"order placed\",\"order_id\":{id},\"took_ms\":{ms}}}"
            ),
            2 => writeln!(
                text,
                "10.0.3.{host} - - [18/Aug/2026:{hour:02}:{minute:02}:{sec:02} +0000] \"GET /items/{id} HTTP/1.1\" 200 {ms} \"-\" \"Mozilla/5.0\" 0.{ms:03}"
            ),
            3 => writeln!(
                text,
                "Aug 18 {hour:02}:{minute:02}:{sec:02} web-{host} nginx[{ms}]: upstream 10.8.14.{host}:8080 answered after {ms} ms"
            ),
            4 => writeln!(
                text,
                "time=\"2026-08-18T{hour:02}:{minute:02}:{sec:02}Z\" level=info msg=\"sent invoice\" component=billing invoice={id}"
            ),
            5 => writeln!(
                text,
                "I0818 {hour:02}:{minute:02}:{sec:02}.{ms:03}000       1 reconciler.go:224] \"Reconciled\" pod=\"shop/cart-5d8f7c6b9-abc12\" took=\"{ms}ms\""
            ),
            6 => writeln!(
                text,
                "2026-08-18 {hour:02}:{minute:02}:{sec:02}.{ms:03} UTC [{id}] shop@shop LOG:  duration: {ms}.{host} ms  statement: SELECT * FROM orders WHERE id = {id}"
            ),
            7 if numbers.next(20) == 0 => writeln!(
                text,
                "2026-08-18 {hour:02}:{minute:02}:{sec:02},{ms:03} ERROR [exec-{host}] com.example.OrderController - order {id} failed\njava.net.SocketTimeoutException: Read timed out\n\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:283)\n\tat com.example.HttpGateway.call(HttpGateway.java:41)"
            ),
            _ => writeln!(
                text,
                "2026-08-18 {hour:02}:{minute:02}:{sec:02},{ms:03} INFO [exec-{host}] com.example.OrderController - order {id} accepted from user u{host}"
            ),
        };
    }
    text
}

fn main() {
    let context = Context::default();
    for (name, text) in [
        ("mixed log", mixed_log(MEGABYTES << 20)),
        ("one line of 10 MB", "x=1 ".repeat(MEGABYTES << 18)),
        (
            "all lines different",
            (0..200_000)
                .map(|n| {
                    format!(
                        "09:00:00 {}\n",
                        (0..6)
                            .map(|k| format!("w{:x}z ", (n * 7919 + k * 104_729) % 999_983))
                            .collect::<String>()
                    )
                })
                .collect(),
        ),
    ] {
        let size = text.len() as f64 / f64::from(1 << 20);
        let best = (0..3)
            .map(|_| {
                let start = Instant::now();
                let report = triage(&text, &context);
                assert!(report.markdown.len() <= copilot_triage::MAX_MARKDOWN_BYTES);
                start.elapsed().as_secs_f64()
            })
            .fold(f64::INFINITY, f64::min);
        println!("{name}: {size:.1} MB in {:.0} ms, {:.0} MB/s", best * 1000.0, size / best);
    }
}
