//! What the windows of one profile tell each other, over a `BroadcastChannel`.

use std::rc::Rc;

use copilot_core::peer::PeerMessage;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};

use super::listener::EventListener;
use crate::account::ProfileId;
use crate::peer_wire;
use crate::ports::{PeerLink, Peers};

pub(super) struct Windows;

impl Peers for Windows {
    fn join(&self, profile: &ProfileId, hear: Rc<dyn Fn(PeerMessage)>) -> Option<Box<dyn PeerLink>> {
        let channel = BroadcastChannel::new(&format!("fm:{profile}:peers")).ok()?;
        let messages = EventListener::new(&channel, "message", move |event| {
            let text = event.dyn_into::<MessageEvent>().ok().and_then(|event| event.data().as_string());
            // What is not understood is missed, and read back from the store.
            if let Some(message) = text.and_then(|text| peer_wire::decode(&text)) {
                hear(message);
            }
        });
        Some(Box::new(Window { channel, _messages: messages }))
    }
}

struct Window {
    channel: BroadcastChannel,
    _messages: EventListener,
}

impl PeerLink for Window {
    fn tell(&self, message: &PeerMessage) {
        if let Some(text) = peer_wire::encode(message) {
            let _ = self.channel.post_message(&JsValue::from_str(&text));
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.channel.close();
    }
}
