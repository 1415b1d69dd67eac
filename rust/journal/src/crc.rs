//! CRC-32C (Castagnoli), eight bytes at a time.

/// The polynomial of RFC 3720, bits reversed.
const POLYNOMIAL: u32 = 0x82F6_3B78;

/// `TABLES[k][b]` is what byte `b` adds when `k` bytes follow it in the same eight.
const TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0_u8;
    loop {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ POLYNOMIAL
            } else {
                crc >> 1
            };
            bit += 1;
        }
        tables[0][byte as usize] = crc;
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    let mut byte = 0;
    while byte < 256 {
        let mut behind = 1;
        while behind < 8 {
            let before = tables[behind - 1][byte];
            tables[behind][byte] = before >> 8 ^ tables[0][(before & 0xFF) as usize];
            behind += 1;
        }
        byte += 1;
    }
    tables
}

/// The checksum of `bytes`.
///
/// Finds every change of at most 32 bits in a row, and one in 2³² of the others not.
pub fn crc32c(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    let (eights, rest) = bytes.as_chunks();
    for eight in eights {
        let word = (u64::from_le_bytes(*eight) ^ u64::from(crc)).to_le_bytes();
        crc = 0;
        for (byte, table) in word.iter().zip(TABLES.iter().rev()) {
            crc ^= table[usize::from(*byte)];
        }
    }
    for byte in rest {
        crc = crc >> 8 ^ TABLES[0][usize::from(crc.to_le_bytes()[0] ^ byte)];
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: RFC 3720, appendix B.4, and the check value of the CRC catalogue.
    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(crc32c(b"123456789"), 0xE306_9283);
        assert_eq!(crc32c(&[0; 32]), 0x8A91_36AA);
        assert_eq!(crc32c(&[0xFF; 32]), 0x62A8_AB43);
        let rising: Vec<u8> = (0..32).collect();
        assert_eq!(crc32c(&rising), 0x46DD_794E);
        assert_eq!(crc32c(&[]), 0);
    }
}
