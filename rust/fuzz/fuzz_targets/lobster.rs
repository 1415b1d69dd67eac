//! See [`tradecore_fuzz::lobster`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tradecore_fuzz::lobster(data));
