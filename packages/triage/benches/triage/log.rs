//! A made log of mixed formats, the same in every run and on every machine.

use std::fmt::Write as _;

/// A small linear congruential generator (Knuth's MMIX constants): equal numbers on every machine.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// So many bytes of it, up to the end of a line.
pub(crate) fn mixed_log(bytes: usize) -> String {
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
