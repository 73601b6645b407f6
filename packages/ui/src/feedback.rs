//! What is said outside of rows: the strip above the composer, notices under the header, the toast,
//! the two hidden regions for assistive technology.

mod conflict;
mod earlier;
mod fold;
mod live;
mod notices;
mod strip;
mod toast;

pub(crate) use fold::Notices;
pub(crate) use live::LiveRegions;
pub(crate) use strip::Strip;
pub(crate) use toast::ToastView;
