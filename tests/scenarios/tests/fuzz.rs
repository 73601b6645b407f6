//! Fuzz targets for what is read from a disk: a journal may hold anything after a crash or at the hands of another program.
//! As plain tests they take a second; see CONTRIBUTING for longer runs.

use copilot_core::journal::{Record, Sequence, Writer, frame};

#[test]
fn no_bytes_make_the_journal_panic_and_what_is_salvaged_lies_in_them() {
    bolero::check!().with_type::<Vec<u8>>().for_each(|bytes| {
        let salvage = frame::read(bytes);
        assert!(salvage.sound_len + salvage.torn_tail <= bytes.len());
        assert!(salvage.damaged.iter().all(|run| run.end <= bytes.len()));
        // What was cut off once stays cut off.
        let again = frame::read(bytes.get(..salvage.sound_len).unwrap_or_default());
        assert_eq!((again.records.len(), again.torn_tail), (salvage.records.len(), 0));
    });
}

#[test]
fn a_journal_that_was_changed_anywhere_loses_no_record_that_was_not_touched() {
    let records: Vec<Vec<u8>> = (1..=4_u64)
        .map(|number| {
            let mut bytes = Vec::new();
            let record = Record::Foreign(format!("{{\"r\":\"future\",\"number\":{number}}}").into());
            frame::write(&mut bytes, Sequence(number), Writer(1), None, &record).unwrap_or_default();
            bytes
        })
        .collect();
    let whole: Vec<u8> = records.concat();
    bolero::check!().with_type::<(u16, Vec<u8>)>().for_each(|(at, bytes)| {
        let mut journal = whole.clone();
        let at = usize::from(*at) % (journal.len() + 1);
        let end = (at + bytes.len()).min(journal.len());
        journal.splice(at..end, bytes.iter().copied());
        let salvage = frame::read(&journal);
        // Records that end before the change are there, in their order.
        let mut sound = 0;
        let mut length = 0;
        for record in &records {
            length += record.len();
            sound += usize::from(length <= at);
        }
        assert!(salvage.records.len() >= sound.min(records.len()), "{} of {sound}", salvage.records.len());
    });
}
