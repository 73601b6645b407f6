//! CRC-32C (Castagnoli), the checksum of iSCSI (RFC 3720 §12.1) and of most storage engines.

const POLYNOMIAL: u32 = 0x82f6_3b78;

const TABLE: [u32; 256] = {
    let mut table = [0u32; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "the loop ends at 256")]
        let mut value = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ POLYNOMIAL } else { value >> 1 };
            bit += 1;
        }
        #[expect(clippy::indexing_slicing, reason = "a constant: it is checked when it is compiled")]
        {
            table[byte] = value;
        }
        byte += 1;
    }
    table
};

/// The checksum of some bytes that lie apart.
pub(super) fn checksum(parts: &[&[u8]]) -> u32 {
    let mut crc = !0;
    for part in parts {
        for byte in *part {
            let slot = usize::from((crc as u8) ^ byte);
            crc = (crc >> 8) ^ TABLE.get(slot).copied().unwrap_or(0);
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_value_of_the_catalogue_holds() {
        assert_eq!(checksum(&[b"1234", b"56789"]), 0xe306_9283);
    }
}
