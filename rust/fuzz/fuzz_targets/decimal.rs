//! See [`tradecore_fuzz::decimal`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tradecore_fuzz::decimal(data));
