//! What a day-long session takes: resident bytes of the heap and bytes of journal, after every thousandth
//! operation. `cargo run --release -p copilot-sim --example day -- [OPERATIONS] [CASES]`.

use std::alloc::System;
use std::io::Write;
use std::time::Instant;

use cap::Cap;
use copilot_sim::day::Day;

#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

fn main() -> std::io::Result<()> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let operations = numbers.next().and_then(Result::ok).unwrap_or(10_000);
    let cases = numbers.next().and_then(Result::ok).unwrap_or(40);
    let mut out = std::io::stdout().lock();
    let (before, started) = (HEAP.allocated(), Instant::now());
    let mut day = Day::new(usize::try_from(cases).unwrap_or(1));
    writeln!(out, "operations   heap KiB   journal KiB   steps   seconds")?;
    let part = (operations / 10).max(1);
    for done in 1..=10 {
        day.work(part);
        writeln!(
            out,
            "{:>10} {:>10} {:>13} {:>7} {:>9.2}",
            done * part,
            HEAP.allocated().saturating_sub(before) / 1024,
            day.written / 1024,
            day.steps,
            started.elapsed().as_secs_f64()
        )?;
    }
    writeln!(out, "{} operations are unfinished, the server has {} turns", day.unfinished(), day.stored())
}
