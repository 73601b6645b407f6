//! Command line of the simulator.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::Parser;
use copilot_sim::marks::Mark;
use copilot_sim::run::{Setup, Total, record, replay, run_seed, tell};
use copilot_sim::shrink::shrink;
use copilot_sim::trace::Trace;

/// Runs real sync cores in made worlds and checks that nothing is lost, doubled or reordered.
#[derive(Debug, Parser)]
struct Options {
    /// Seeds to run, the last one not included.
    #[arg(long, default_value = "1..201", value_parser = seeds)]
    seeds: std::ops::Range<u64>,
    /// Events per seed before the calm phase.
    #[arg(long, default_value_t = 500)]
    events: u64,
    /// Threads.
    #[arg(long, default_value_t = 2)]
    threads: u64,
    /// Run one seed and tell what happened.
    #[arg(long)]
    seed: Option<u64>,
    /// Shorten the trace of a seed or file that fails.
    #[arg(long)]
    shrink: bool,
    /// Write the trace to this file.
    #[arg(long)]
    trace: Option<PathBuf>,
    /// Run a trace file.
    #[arg(long)]
    replay: Option<PathBuf>,
    /// Tell every step of the one run in words.
    #[arg(long)]
    story: bool,
    /// Do not look at this rule, to see what else does not hold. Can be given several times.
    #[arg(long, value_name = "RULE")]
    ignore: Vec<String>,
    /// Name every seed that fails, not only the first one of each kind.
    #[arg(long)]
    list: bool,
    /// Print a digest over all seeds.
    #[arg(long)]
    digest: bool,
}

impl Options {
    fn setup(&self) -> Setup {
        Setup { ignored: self.ignore.clone(), ..Setup::default() }
    }
}

fn seeds(text: &str) -> Result<std::ops::Range<u64>, String> {
    let range = text.split_once("..").and_then(|(from, to)| Some(from.parse().ok()?..to.parse().ok()?));
    range
        .filter(|range| !range.is_empty())
        .ok_or_else(|| "seeds are given as FROM..TO, such as 1..201".to_owned())
}

fn main() -> ExitCode {
    // A panic of a core is a finding; its words are in the report.
    std::panic::set_hook(Box::new(|_| {}));
    let options = Options::parse();
    let mut out = std::io::stdout().lock();
    let result = match (&options.replay, options.seed) {
        (Some(file), _) => Trace::read(file).map(|trace| one(&options, trace, &mut out)),
        (None, Some(seed)) => Ok(one(&options, record(seed, options.events, &options.setup()).0, &mut out)),
        (None, None) => Ok(many(&options, &mut out)),
    };
    match result {
        Ok(Ok(true)) => ExitCode::SUCCESS,
        Ok(Ok(false)) => ExitCode::from(1),
        Ok(Err(error)) => problem(&error),
        Err(error) => problem(&error),
    }
}

fn problem(error: &dyn std::error::Error) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "copilot-sim: {error}");
    ExitCode::from(2)
}

/// One run, told in full.
fn one(options: &Options, trace: Trace, out: &mut impl Write) -> std::io::Result<bool> {
    let trace = if options.shrink { shrink(&trace, &options.setup()) } else { trace };
    let report = replay(&trace, &options.setup());
    if options.shrink || options.replay.is_some() {
        for happening in &trace.happenings {
            writeln!(out, "{:>9} ms  #{:<4} {:?}", happening.at, happening.n, happening.what)?;
        }
        for fate in &trace.fates {
            writeln!(out, "      fate  {}: {:?}", fate.of, fate.fate)?;
        }
    }
    if options.story {
        for line in tell(&trace, &options.setup()) {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out, "seed {}: {} entries, {} events", trace.seed, trace.len(), report.steps)?;
    if options.digest {
        writeln!(out, "digest {:016x}", report.digest)?;
    }
    match &report.violation {
        Some(violation) => writeln!(out, "{violation}")?,
        None => writeln!(out, "everything holds")?,
    }
    if let Some(file) = &options.trace
        && let Err(error) = trace.write(file)
    {
        return Err(std::io::Error::other(error.to_string()));
    }
    Ok(report.violation.is_none())
}

/// Many seeds, added up.
fn many(options: &Options, out: &mut impl Write) -> std::io::Result<bool> {
    let started = Instant::now();
    let next = AtomicU64::new(options.seeds.start);
    let mut total = Total::default();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..options.threads.max(1))
            .map(|worker| {
                let next = &next;
                scope.spawn(move || {
                    let mut total = Total::default();
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= options.seeds.end {
                            return total;
                        }
                        total.add(seed, run_seed(seed, options.events, &options.setup()));
                        if worker == 0 && total.seeds % 64 == 0 {
                            progress(options, seed, started);
                        }
                    }
                })
            })
            .collect();
        for worker in workers {
            if let Ok(found) = worker.join() {
                total.merge(found);
            }
        }
    });
    summary(options, &mut total, started, out)
}

fn progress(options: &Options, seed: u64, started: Instant) {
    let done = seed - options.seeds.start;
    let all = options.seeds.end - options.seeds.start;
    let _ = write!(std::io::stderr(), "\r{done} of {all} seeds, {} s ", started.elapsed().as_secs());
}

fn summary(
    options: &Options,
    total: &mut Total,
    started: Instant,
    out: &mut impl Write,
) -> std::io::Result<bool> {
    let seconds = started.elapsed().as_secs_f64();
    let _ = writeln!(std::io::stderr());
    total.failed.sort_by_key(|(seed, _)| *seed);
    let mut rules: std::collections::BTreeMap<String, (u64, u64, String)> = std::collections::BTreeMap::new();
    for (seed, violation) in &total.failed {
        let rule = rules
            .entry(format!("{} {}", violation.invariant, violation.rule))
            .or_insert_with(|| (0, *seed, violation.detail.clone()));
        rule.0 += 1;
    }
    if options.list {
        for (seed, violation) in &total.failed {
            writeln!(out, "seed {seed}: {} {}", violation.invariant, violation.rule)?;
        }
    }
    for (rule, (count, seed, detail)) in &rules {
        let detail: String = detail.chars().take(300).collect();
        writeln!(out, "{count:>6} × {rule}, first in seed {seed}: {detail}")?;
    }
    for mark in Mark::ALL {
        writeln!(out, "{:>10}  {mark:?}", total.marks.count(*mark))?;
    }
    let rate = total.steps as f64 / seconds.max(0.001);
    writeln!(
        out,
        "{} seeds, {} events in {seconds:.1} s ({rate:.0} a second), {} violations, {} of {} marks",
        total.seeds,
        total.steps,
        total.failed.len(),
        Mark::ALL.len() - total.marks.missing().len(),
        Mark::ALL.len()
    )?;
    if options.digest {
        writeln!(out, "digest {:016x}", total.digest())?;
    }
    Ok(total.failed.is_empty() && total.marks.missing().is_empty())
}
