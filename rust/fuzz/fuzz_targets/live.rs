//! See [`tradecore_fuzz::live`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tradecore_fuzz::live(data));
