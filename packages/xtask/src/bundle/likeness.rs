//! The order of a module's functions in which it compresses best: those that resemble each other stand together.
//!
//! gzip looks back 32 KB, a hundred functions. Two functions are alike by the pieces of code that both hold; each place
//! goes to the function that shares most with what was placed just before it. Nothing here reads code: a function is
//! its bytes. Equal input gives an equal order on every machine: all arithmetic is in whole numbers.

use std::collections::VecDeque;

/// The bytes of a piece: gzip needs three alike, and what is shorter than seven is alike nearly everywhere (tried: 4 to 12).
const PIECE: usize = 7;

/// What stands in so many functions says nothing about which belong together (tried: 50 to 7,000).
const COMMON: usize = 200;

/// gzip looks back 32,768 bytes; the function that is placed takes some of them itself.
const WINDOW: usize = 30_000;

/// The numbers of `bodies`, each once, in the order in which to write them.
pub(super) fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let shared = Shared::of(bodies);
    let mut waiting: Vec<usize> = (0..bodies.len()).collect();
    let mut placed = Vec::with_capacity(bodies.len());
    let mut window = Window::new(&shared, bodies);
    while let Some(index) = window.most_alike(&waiting) {
        let next = waiting.remove(index);
        window.push(next);
        placed.push(next);
    }
    placed
}

/// A piece that several functions hold.
struct Piece {
    /// In which functions, in ascending order.
    held_by: Vec<u32>,
    /// The rarer, the more it counts: the bits that it takes to name one of the functions that hold it among all.
    weight: u64,
}

/// Which pieces are in more functions than one.
struct Shared {
    pieces: Vec<Piece>,
    /// By function: indices into `pieces`.
    of: Vec<Vec<usize>>,
}

impl Shared {
    fn of(bodies: &[&[u8]]) -> Self {
        let mut found: Vec<(u64, u32)> = Vec::with_capacity(bodies.iter().map(|body| body.len()).sum());
        for (number, body) in (0_u32..).zip(bodies) {
            found.extend(body.windows(PIECE).map(|bytes| (number_of(bytes), number)));
        }
        found.sort_unstable();
        found.dedup();
        let mut shared = Self { pieces: Vec::new(), of: vec![Vec::new(); bodies.len()] };
        for same in found.chunk_by(|one, other| one.0 == other.0) {
            if !(2..=COMMON).contains(&same.len()) {
                continue;
            }
            for &(_, function) in same {
                shared.of[function as usize].push(shared.pieces.len());
            }
            shared.pieces.push(Piece {
                held_by: same.iter().map(|&(_, function)| function).collect(),
                weight: u64::from((bodies.len() / same.len()).ilog2()) + 1,
            });
        }
        shared
    }
}

/// A piece as one number.
fn number_of(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, &byte| (number << 8) | u64::from(byte))
}

/// What was placed last, as far as gzip looks back, and how much every function has in common with it.
struct Window<'a> {
    shared: &'a Shared,
    bodies: &'a [&'a [u8]],
    functions: VecDeque<usize>,
    bytes: usize,
    /// By piece: how many functions in the window hold it.
    seen: Vec<u32>,
    /// By function: the weight of its pieces that are in the window.
    common: Vec<u64>,
}

impl<'a> Window<'a> {
    fn new(shared: &'a Shared, bodies: &'a [&'a [u8]]) -> Self {
        let seen = vec![0; shared.pieces.len()];
        Self { shared, bodies, functions: VecDeque::new(), bytes: 0, seen, common: vec![0; bodies.len()] }
    }

    /// The index in `waiting` of the function that has most in common with the window for its length. Its root, so
    /// that a long function is taken while half of it is here, and does not wait for whatever nobody else shares.
    fn most_alike(&self, waiting: &[usize]) -> Option<usize> {
        let squared = |function: usize| u128::from(self.common[function]).pow(2);
        let length = |function: usize| self.bodies[function].len() as u128;
        let (index, _) = waiting.iter().copied().enumerate().reduce(|best, other| {
            let more = squared(other.1) * length(best.1) > squared(best.1) * length(other.1);
            if more { other } else { best }
        })?;
        Some(index)
    }

    fn push(&mut self, function: usize) {
        for &piece in &self.shared.of[function] {
            self.seen[piece] += 1;
            if self.seen[piece] == 1 {
                let Piece { held_by, weight } = &self.shared.pieces[piece];
                for &other in held_by {
                    self.common[other as usize] += weight;
                }
            }
        }
        self.functions.push_back(function);
        self.bytes += self.bodies[function].len();
        while self.bytes > WINDOW
            && let Some(oldest) = self.functions.pop_front()
        {
            self.bytes -= self.bodies[oldest].len();
            self.forget(oldest);
        }
    }

    fn forget(&mut self, function: usize) {
        for &piece in &self.shared.of[function] {
            self.seen[piece] -= 1;
            if self.seen[piece] == 0 {
                let Piece { held_by, weight } = &self.shared.pieces[piece];
                for &other in held_by {
                    self.common[other as usize] -= weight;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that look like nothing else, the same for the same seed.
    fn noise(seed: u64, length: usize) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        (0..length)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                (state >> 32) as u8
            })
            .collect()
    }

    fn ordered(bodies: &[Vec<u8>]) -> Vec<usize> {
        order(&bodies.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    /// `families` with `members` each, dealt like cards: neighbours are never related.
    fn dealt(families: u64, members: u64) -> Vec<Vec<u8>> {
        let member =
            |family, member| [noise(family, 300), noise(1_000 + family * members + member, 40)].concat();
        (0..members).flat_map(|one| (0..families).map(move |family| member(family, one))).collect()
    }

    #[test]
    fn every_function_is_placed_once() {
        let mut order = ordered(&dealt(20, 5));
        order.sort_unstable();
        assert_eq!(order, (0..100).collect::<Vec<_>>());
        assert!(ordered(&[]).is_empty());
        assert_eq!(ordered(&[Vec::new(), vec![1]]).len(), 2);
    }

    #[test]
    fn functions_that_resemble_each_other_become_neighbours() {
        let families = 20;
        let order = ordered(&dealt(families, 5));
        for family in order.chunks(5) {
            let of = |function: usize| function as u64 % families;
            assert!(family.iter().all(|&one| of(one) == of(family[0])), "{order:?}");
        }
    }

    #[test]
    fn what_gzip_no_longer_sees_does_not_count() {
        let relatives = noise(1, 500);
        let bodies = [relatives.as_slice(), &relatives, &noise(2, WINDOW)];
        let shared = Shared::of(&bodies);
        let mut window = Window::new(&shared, &bodies);
        window.push(0);
        assert!(window.common[1] > 0);
        window.push(2);
        assert_eq!(window.functions, [2]);
        assert_eq!(window.common[1], 0);
    }

    #[test]
    fn the_order_is_worth_bytes_and_is_the_same_each_time() {
        let bodies = dealt(150, 4);
        let order = ordered(&bodies);
        assert_eq!(ordered(&bodies), order);
        let packed = |order: &[usize]| {
            use std::io::Write as _;
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            for &one in order {
                gzip.write_all(&bodies[one]).unwrap();
            }
            gzip.finish().unwrap().len()
        };
        let dealt: Vec<usize> = (0..bodies.len()).collect();
        assert!(packed(&order) * 2 < packed(&dealt), "{} of {}", packed(&order), packed(&dealt));
    }
}
