//! The conversation: a windowed list of rows, and where the reader is in it.
//!
//! [`Reading`] keeps a place, not a number of pixels: either the end or a row with an offset. Every
//! change of heights is followed, before the next paint, by putting the scroller where that place
//! is now. Rows are measured in the step that draws them; what changes later is told by the renderer.
//! The arithmetic is in `windowing`, the rows are in `row`.

mod answer;
mod delivery;
mod hero;
mod meta;
mod row;
mod thinking;
mod user;
mod view;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use copilot_core::ids::MessageKey;
use dioxus::html::geometry::PixelsVector2D;
use dioxus::prelude::*;

pub use delivery::failed_row;
pub(crate) use delivery::retry_helps;
pub(crate) use hero::Hero;
pub(crate) use view::{Bookmarks, Transcript};

use crate::keys::Keys;
use crate::session::{at_once, put};
use crate::windowing::{Anchor, END_ZONE, Extents};

/// Pixels above and below the viewport in which rows are drawn ahead of being seen.
const MARGIN: f64 = 900.0;
/// Pixels that must stay drawn ahead; below that the window moves.
const RESERVE: f64 = 300.0;
/// Rows that were drawn stay in the page, for a reader at the end, until they are this many pixels above the margin:
/// taking one out with every message would keep that message from being painted.
const LEFT_OVER: f64 = 600.0;
/// What is left over goes when it is this many pixels,
const TIDIED_FROM: f64 = 300.0;
/// so many milliseconds later: nobody waits for a frame then.
const TIDIED_AFTER_MS: u32 = 250;
/// The first row must be this close, in pixels, for older ones to be loaded.
const NEAR_TOP: f64 = 700.0;
/// Viewport that is assumed before it is measured.
const ASSUMED_VIEWPORT: f64 = 900.0;
/// Further down than any list: browsers stop at the end.
const BEYOND: f64 = 1.0e9;

/// A place in a conversation.
#[derive(Debug, Clone, PartialEq)]
enum Place {
    End,
    /// A row, and pixels from its top edge to that of the viewport.
    At(MessageKey, f64),
}

/// Where the reader is, and what is drawn around that place.
pub(crate) struct Reading {
    extents: RefCell<Extents<MessageKey>>,
    place: RefCell<Place>,
    /// As last seen, in pixels.
    scroll: Cell<f64>,
    viewport: Cell<f64>,
    /// Height of all that is scrolled, as last seen.
    content: Cell<f64>,
    drawn: RefCell<Range<usize>>,
    scroller: RefCell<Option<Rc<MountedData>>>,
    /// The rows that are in the page.
    rows: RefCell<HashMap<MessageKey, Rc<MountedData>>>,
    /// Whether the page is asked for heights or only listened to.
    asks: bool,
    /// Moves when the drawn rows must be chosen again.
    pub(crate) moved: Signal<u64>,
    pub(crate) at_end: Signal<bool>,
    /// How many pixels the rows still have to go up to where they stand; see [`glide_to_end`](Self::glide_to_end).
    glide: Signal<f64>,
}

impl Reading {
    /// To be called inside a hook. Begins at a row, else at the end. `asks` is for pages that answer at once when they
    /// are asked how tall a row is.
    fn new(from: Option<(MessageKey, f64)>, asks: bool) -> Self {
        let place = from.map_or(Place::End, |(key, offset)| Place::At(key, offset));
        let at_end = place == Place::End;
        Self {
            extents: RefCell::new(Extents::new()),
            place: RefCell::new(place),
            scroll: Cell::new(0.0),
            viewport: Cell::new(ASSUMED_VIEWPORT),
            content: Cell::new(0.0),
            drawn: RefCell::new(0..0),
            scroller: RefCell::default(),
            rows: RefCell::default(),
            asks,
            moved: Signal::new(0),
            at_end: Signal::new(at_end),
            glide: Signal::new(0.0),
        }
    }

    /// Takes over the rows as they are now; which of them to draw, and the space before and after them.
    fn choose(&self, keys: &Keys<MessageKey>) -> (Range<usize>, f64, f64) {
        self.follow_scroller();
        let same = self.extents.borrow_mut().set_keys(keys);
        let extents = self.extents.borrow();
        let (mut window, left_over) = self.wanted(&extents);
        if self.asks && *self.place.borrow() == Place::End && same > window.start && left_over <= LEFT_OVER {
            window.start = window.start.min(self.drawn.borrow().start);
        }
        self.drawn.replace(window.clone());
        let (before, after) = (extents.top(window.start), extents.total() - extents.top(window.end));
        (window, before, after)
    }

    /// The rows to draw around the reader's place, and how many pixels of what is drawn are above them.
    fn wanted(&self, extents: &Extents<MessageKey>) -> (Range<usize>, f64) {
        let viewport = self.viewport.get();
        let window = extents.window(extents.scroll_of(self.anchor(extents), viewport), viewport, MARGIN);
        let left_over = extents.top(window.start) - extents.top(self.drawn.borrow().start);
        (window, left_over)
    }

    fn anchor(&self, extents: &Extents<MessageKey>) -> Anchor {
        match &*self.place.borrow() {
            Place::End => Anchor::End,
            Place::At(key, offset) => match extents.index_of(key) {
                Some(index) => Anchor::Row { index, offset: *offset },
                None => Anchor::End,
            },
        }
    }

    /// A row is in the page.
    fn entered(&self, key: &MessageKey, row: Rc<MountedData>) {
        self.rows.borrow_mut().insert(key.clone(), row);
    }

    /// A row has left the page.
    fn left(&self, key: &MessageKey) {
        self.rows.borrow_mut().remove(key);
    }

    /// Takes over how tall the drawn rows are. Waiting for the renderer to tell would leave, for a moment, rows above
    /// the reader's place whose heights are only assumed.
    fn measure_rows(&self) {
        if !self.asks {
            return;
        }
        let heights: Vec<(MessageKey, f64)> = self
            .rows
            .borrow()
            .iter()
            .filter_map(|(key, row)| {
                let row = row.clone();
                let rect = at_once(async move { row.get_client_rect().await.ok() }).flatten()?;
                Some((key.clone(), rect.height()))
            })
            .collect();
        self.extents.borrow_mut().measure(&heights);
    }

    /// Puts the scroller where the reader's place is now.
    fn settle(&self) {
        let Some(scroller) = self.scroller.borrow().clone() else { return };
        let target = {
            let extents = self.extents.borrow();
            match self.anchor(&extents) {
                Anchor::End => BEYOND,
                row @ Anchor::Row { .. } => extents.scroll_of(row, self.viewport.get()),
            }
        };
        if target == BEYOND || (target - self.scroll.get()).abs() >= 0.5 {
            at_once(scroller.scroll(PixelsVector2D::new(0.0, target), ScrollBehavior::Instant));
            self.scroll.set(self.offset_now().unwrap_or(target));
        }
        if let Some(content) = self.content_now() {
            self.content.set(content);
        }
    }

    fn content_now(&self) -> Option<f64> {
        let scroller = self.scroller.borrow().clone()?;
        at_once(async move { scroller.get_scroll_size().await.ok() }).flatten().map(|size| size.height)
    }

    fn offset_now(&self) -> Option<f64> {
        let scroller = self.scroller.borrow().clone()?;
        at_once(async move { scroller.get_scroll_offset().await.ok() }).flatten().map(|offset| offset.y)
    }

    /// The person may have scrolled since the last event told so; their place is what counts.
    fn follow_scroller(&self) {
        let Some(now) = self.offset_now() else { return };
        if (now - self.scroll.get()).abs() < 1.0 {
            return;
        }
        let content = self.content_now();
        self.moved_to(now, content.unwrap_or_else(|| self.extents.borrow().total()));
    }

    /// The scroller stands elsewhere, in content of a height. The reader's place moves by as much as the scroller
    /// did: rows that have just been drawn have heights that are not known here yet, so the place cannot be
    /// worked out from the scroller alone.
    fn moved_to(&self, scroll: f64, content: f64) {
        let moved = scroll - self.scroll.replace(scroll);
        let is_resized = (content - self.content.replace(content)).abs() >= 1.0;
        let extents = self.extents.borrow();
        let place = match extents.anchor_at(scroll, self.viewport.get(), content) {
            Anchor::End => Some(Place::End),
            Anchor::Row { index, offset } => match &*self.place.borrow() {
                // Rows have grown below a scroller that nobody moved up, or have shrunk so far that the browser moved it:
                // whoever is at the end stays there.
                Place::End if moved > -1.0 || is_resized => None,
                Place::End => extents.key(index).map(|key| Place::At(key.clone(), offset)),
                Place::At(key, offset) => {
                    let (key, offset) = extents.walk(key, offset + moved, &self.drawn.borrow());
                    Some(Place::At(key, offset))
                }
            },
        };
        drop(extents);
        if let Some(place) = place {
            put(self.at_end, place == Place::End);
            self.place.replace(place);
        }
    }

    /// The scroller was scrolled, by whomever.
    fn scrolled(&self, event: &ScrollData) {
        self.viewport.set(f64::from(event.client_height()));
        self.moved_to(event.scroll_top(), f64::from(event.scroll_height()));
        self.draw_ahead();
    }

    /// Whether rows are in the page that are so far above that they should go.
    fn is_untidy(&self) -> bool {
        *self.place.borrow() == Place::End && self.wanted(&self.extents.borrow()).1 > TIDIED_FROM
    }

    /// Lets go of rows that are far above. The space that they leave must be as high as they are: they may have another
    /// height by now that nobody has told of yet.
    fn tidy(&self) {
        self.measure_rows();
        if self.is_untidy() {
            let (window, _) = self.wanted(&self.extents.borrow());
            self.drawn.borrow_mut().start = window.start;
            self.move_on();
        }
    }

    /// The scroller has another height.
    fn resized(&self, height: f64) {
        self.viewport.set(height);
        self.settle();
        self.draw_ahead();
    }

    /// A row has another height.
    fn measured(&self, key: &MessageKey, height: f64) {
        self.follow_scroller();
        let changed = self.extents.borrow_mut().measure(&[(key.clone(), height)]);
        if changed {
            self.settle();
            self.draw_ahead();
        }
    }

    /// Rows were drawn, or drawn anew.
    fn redrawn(&self) {
        self.measure_rows();
        self.settle();
        self.notice_end();
        self.draw_ahead();
    }

    /// A row that was gone to may stand so low that the end is in view. Nothing is scrolled then that would tell.
    fn notice_end(&self) {
        let Some(scroller) = self.scroller.borrow().clone().filter(|_| self.asks) else { return };
        if *self.place.borrow() == Place::End || self.drawn.borrow().is_empty() {
            return;
        }
        let sizes = at_once(async move {
            let (content, view) =
                (scroller.get_scroll_size().await.ok()?, scroller.get_client_rect().await.ok()?);
            Some((content.height, view.height()))
        });
        let Some((content, viewport)) = sizes.flatten() else { return };
        if content - viewport - self.scroll.get() <= END_ZONE {
            self.place.replace(Place::End);
            put(self.at_end, true);
        }
    }

    /// Chooses again when what is drawn no longer reaches far enough.
    fn draw_ahead(&self) {
        let missing = {
            let extents = self.extents.borrow();
            let drawn = self.drawn.borrow();
            let target = extents.scroll_of(self.anchor(&extents), self.viewport.get());
            let needed = extents.window(target, self.viewport.get(), RESERVE);
            needed.start < drawn.start || needed.end > drawn.end
        };
        if missing {
            self.move_on();
        }
    }

    fn move_on(&self) {
        let next = *self.moved.peek() + 1;
        put(self.moved, next);
    }

    /// Whether older rows should be on their way.
    fn near_top(&self) -> bool {
        self.scroll.get() < NEAR_TOP && self.drawn.borrow().start == 0
    }

    /// Goes to the end and stays there.
    pub(crate) fn go_to_end(&self) {
        self.place.replace(Place::End);
        put(self.at_end, true);
        // Now, not when the rows are drawn: what the scroller tells meanwhile of an earlier move would count as the
        // person's, and leave the end again.
        self.settle();
        self.move_on();
    }

    /// Goes to the end with something of one's own. From elsewhere the rows are seen to go there: the scroller is at
    /// the end at once, and they come up to it from where they were, as far as they are drawn.
    pub(crate) fn glide_to_end(&self) {
        if !*self.at_end.peek() {
            let left = self.content.get() - self.viewport.get() - self.scroll.get();
            put(self.glide, left.min(self.viewport.get()).clamp(0.0, MARGIN));
        }
        self.go_to_end();
    }

    /// Goes to a row; it stands a little below the upper edge.
    pub(crate) fn go_to(&self, key: &MessageKey) {
        self.place.replace(Place::At(key.clone(), -24.0));
        put(self.at_end, false);
        self.move_on();
    }

    /// The place to come back to; `None` is the end.
    fn bookmark(&self) -> Option<(MessageKey, f64)> {
        match &*self.place.borrow() {
            Place::End => None,
            Place::At(key, offset) => Some((key.clone(), *offset)),
        }
    }
}
