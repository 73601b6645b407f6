//! Both ways for every content, and nothing but base64 is taken for base64.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn every_content_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let text = encode(&bytes);
        prop_assert_eq!(text.len(), bytes.len().div_ceil(3) * 4);
        prop_assert_eq!(decode(&text), Some(bytes));
    }

    #[test]
    fn noise_is_refused_or_has_the_length_that_it_says(text in "[A-Za-z0-9+/=\\-_ ]{0,24}") {
        if let Some(bytes) = decode(&text) {
            let padding = text.bytes().filter(|byte| *byte == b'=').count();
            prop_assert_eq!(bytes.len(), text.len() / 4 * 3 - padding);
        }
    }
}

#[test]
fn the_whole_alphabet_has_its_places() {
    let bytes: Vec<u8> = (0..=255).collect();
    let text = encode(&bytes);
    assert!(ALPHABET.iter().all(|symbol| text.as_bytes().contains(symbol)));
    assert_eq!(encode(&[0xfb, 0xff, 0xbf]), "+/+/");
    assert_eq!(decode("+/+/"), Some(vec![0xfb, 0xff, 0xbf]));
}
