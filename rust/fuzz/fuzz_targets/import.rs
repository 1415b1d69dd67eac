//! See [`tradecore_fuzz::import`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tradecore_fuzz::import(data));
