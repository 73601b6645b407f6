//! Swarm configurations: each seed switches a random subset of the faults on, with random
//! intensities, because a world in which everything goes wrong at once never gets anywhere.

use crate::rng::Rng;

/// How much of what goes wrong. Numbers are chances in a thousand where nothing else is said.
#[derive(Debug, Clone)]
pub struct Faults {
    /// A request is lost on its way.
    pub lost_request: u16,
    /// A request runs and its answer is lost, cut or foreign.
    pub lost_answer: u16,
    /// A request runs and its answer is cut off in the middle.
    pub cut: u16,
    /// A gateway answers in place of the server; whether the request ran nobody says.
    pub gateway: u16,
    /// A request arrives after the client has given it up, up to hours later.
    pub late: u16,
    /// No answer until the client's own time-out.
    pub hang: u16,
    /// The network delivers a request twice.
    pub duplicate: u16,
    /// Answers take seconds.
    pub slow: u16,
    /// 429 and 503.
    pub busy: u16,
    /// 500, 502, 504, 408.
    pub server_problem: u16,
    /// The final 4xx.
    pub refused: u16,
    /// A login page of the network answers.
    pub portal: u16,
    /// Turns are accepted with 202.
    pub job: u16,
    /// A job ends without an answer.
    pub job_fails: u16,
    /// A replay finds its answer gone.
    pub replay_gone: u16,
    /// A turn takes up to two minutes of work.
    pub long_work: u16,
    /// An append finds no room.
    pub append_full: u16,
    /// An append fails with an I/O error.
    pub append_io: u16,
    /// An append takes long.
    pub append_slow: u16,
    /// A message between windows is lost.
    pub peer_lost: u16,
    /// A message between windows comes late.
    pub peer_slow: u16,
    /// A list has a row twice.
    pub doubled: u16,
    /// A creation is answered with a case that is another's.
    pub collision: u16,
    /// A timer rings late, or a little early.
    pub timer_off: u16,
    /// A cache write is lost.
    pub cache_lost: u16,
    /// Rows stay out of lists for so many milliseconds.
    pub hide_rows_ms: u64,
    /// `/messages` leaves assistant rows out (the known defect of 2025).
    pub omission: Omission,
    /// The server keeps no idempotency keys (2025): what comes twice runs twice.
    pub keyless: bool,
    /// The server looks for texts.
    pub search: bool,
    /// The platform is a browser: it cannot tell a refused connection from a lost answer.
    pub browser: bool,
    /// The person and other clients keep giving the same cases other titles.
    pub quarrel: bool,
    /// Most rows that the server puts into one page.
    pub page_cap: u32,
    /// Rows per page that the client asks for.
    pub page: u32,
    /// The journal is old, so that compaction is near.
    pub aged: bool,
    /// Weights of what happens in the world, see [`Weights`].
    pub weights: Weights,
    /// Windows that are open at the start.
    pub windows: u8,
    /// Spread of the gaps between happenings, see `happening`.
    pub pace: u8,
}

/// Whether `/messages` leaves assistant rows out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Omission {
    /// It lists them.
    Never,
    /// Until everything is calm.
    ForAWhile,
    /// It never lists one.
    ForEver,
}

/// How often each kind of happening comes, relative to the others.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    /// The person does something.
    pub act: u16,
    /// A window dies, all of them die, one dies in the middle of a step.
    pub crash: u16,
    /// Windows are opened and closed.
    pub windows: u16,
    /// A window stands still.
    pub freeze: u16,
    /// The device sleeps.
    pub sleep: u16,
    /// The person signs out, and in again.
    pub sign_out: u16,
    /// The wall clock jumps.
    pub clock: u16,
    /// The route goes away.
    pub link: u16,
    /// The disk is full or broken for a while.
    pub disk: u16,
    /// Token, session or refresh token die.
    pub account: u16,
    /// The server is away for a while, or the network shows its login page.
    pub server: u16,
    /// Another client works on the same cases.
    pub other: u16,
    /// A newer program writes to the journal.
    pub newer: u16,
    /// A stored record is damaged.
    pub damage: u16,
    /// The store is gone.
    pub store_gone: u16,
    /// A row that no client can have made comes into a list.
    pub foul: u16,
}

impl Faults {
    /// The configuration of a seed.
    #[must_use]
    pub fn of_seed(seed: u64) -> Self {
        let mut rng = Rng::of(&[seed, 0xfa17]);
        // One seed in sixteen is fair weather: what fails there fails for everyone.
        let fair = rng.chance(60);
        let mut some = |high: u64| -> u16 {
            let (on, level) = (rng.chance(400), rng.below(3));
            let intensity = [high / 8, high / 3, high];
            let at = usize::try_from(level).unwrap_or(0);
            if on && !fair {
                intensity.get(at).map_or(0, |value| u16::try_from(*value).unwrap_or(0))
            } else {
                0
            }
        };
        let weights = Weights {
            act: 100,
            crash: some(30),
            windows: some(20),
            freeze: some(20),
            sleep: some(6),
            sign_out: some(8),
            clock: some(15),
            link: some(30),
            disk: some(15),
            account: some(20),
            server: some(20),
            other: some(30),
            newer: some(10),
            damage: 0,
            store_gone: 0,
            foul: some(10),
        };
        let mut faults = Self {
            lost_request: some(300),
            lost_answer: some(400),
            cut: some(200),
            gateway: some(200),
            late: some(150),
            hang: some(100),
            duplicate: some(200),
            slow: some(400),
            busy: some(300),
            server_problem: some(300),
            refused: some(150),
            portal: some(100),
            job: some(700),
            job_fails: some(400),
            replay_gone: some(500),
            long_work: some(500),
            append_full: some(60),
            append_io: some(60),
            append_slow: some(400),
            peer_lost: some(400),
            peer_slow: some(400),
            doubled: some(150),
            collision: some(100),
            timer_off: some(300),
            cache_lost: some(300),
            hide_rows_ms: 0,
            omission: Omission::Never,
            keyless: false,
            search: false,
            browser: false,
            quarrel: false,
            page_cap: 100,
            page: 100,
            aged: false,
            weights,
            windows: 1,
            pace: 0,
        };
        if !fair {
            faults.hide_rows_ms = [0, 0, 1500, 40_000][index(&mut rng, 4)];
            faults.omission = match rng.below(20) {
                0 => Omission::ForEver,
                1 | 2 => Omission::ForAWhile,
                _ => Omission::Never,
            };
            faults.keyless = rng.chance(120);
            faults.browser = rng.chance(400);
            faults.quarrel = rng.chance(150);
            faults.page_cap = [100, 100, 7, 3][index(&mut rng, 4)];
            faults.page = [100, 100, 10, 12][index(&mut rng, 4)];
            faults.aged = rng.chance(25);
            faults.weights.damage = if rng.chance(60) { 15 } else { 0 };
            faults.weights.store_gone = if rng.chance(30) { 8 } else { 0 };
        }
        faults.search = rng.chance(400);
        if faults.keyless {
            // Nothing but its list tells what ran: it lists at once, and nobody doubles requests on the way.
            faults.hide_rows_ms = 0;
            faults.duplicate = 0;
        }
        faults.windows = [1, 1, 2, 2, 3, 5][index(&mut rng, 6)];
        faults.pace = u8::try_from(rng.below(4)).unwrap_or(0);
        faults
    }

    /// No fault at all, for the calm phase.
    #[must_use]
    pub fn none(&self) -> Self {
        Self {
            lost_request: 0,
            lost_answer: 0,
            cut: 0,
            gateway: 0,
            late: 0,
            hang: 0,
            duplicate: 0,
            slow: 0,
            busy: 0,
            server_problem: 0,
            refused: 0,
            portal: 0,
            job: 0,
            job_fails: 0,
            replay_gone: 0,
            long_work: 0,
            append_full: 0,
            append_io: 0,
            append_slow: 0,
            peer_lost: 0,
            peer_slow: 0,
            doubled: 0,
            collision: 0,
            timer_off: 0,
            cache_lost: 0,
            hide_rows_ms: 0,
            omission: match self.omission {
                Omission::ForAWhile => Omission::Never,
                constant => constant,
            },
            quarrel: false,
            page_cap: 100,
            weights: Weights::default(),
            ..self.clone()
        }
    }
}

fn index(rng: &mut Rng, limit: u64) -> usize {
    usize::try_from(rng.below(limit)).unwrap_or(0)
}
