//! See [`tradecore_fuzz::matching`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tradecore_fuzz::matching(data));
