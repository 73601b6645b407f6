//! The hidden file picker: pressed by a button that looks like the panel's own, and ready again after each choice.

use dioxus::html::FileData;
use dioxus::prelude::*;

use crate::host::Host;

/// The element behind a picker, for the button that presses it.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Picker(Signal<Option<std::rc::Rc<MountedData>>>);

/// To be called inside a component, which also draws [`FilePicker`].
pub(crate) fn use_picker() -> Picker {
    use_hook(Picker::new)
}

impl Picker {
    /// To be called inside a hook.
    pub(crate) fn new() -> Self {
        Self(Signal::new(None))
    }

    /// Opens it, from inside a press of the person.
    pub(crate) fn press(self, host: &dyn Host) {
        if let Some(element) = self.0.peek().clone() {
            host.press(&element);
        }
    }
}

/// See the module. `onpick` gets the files of one choice.
#[component]
pub(crate) fn FilePicker(
    picker: Picker,
    accept: String,
    #[props(default)] multiple: bool,
    onpick: EventHandler<Vec<FileData>>,
) -> Element {
    let mut round = use_signal(|| 0_u64);
    let mut element = picker.0;
    rsx! {
        // A picker that has done its work is replaced, so that the same file can be chosen again.
        for number in [round()] {
            input {
                key: "{number}",
                class: "hidden",
                r#type: "file",
                multiple,
                accept: "{accept}",
                tabindex: "-1",
                aria_hidden: "true",
                onmounted: move |event: MountedEvent| element.set(Some(event.data())),
                onchange: move |event: FormEvent| {
                    onpick.call(event.files());
                    round += 1;
                },
            }
        }
    }
}
