//! See [`tradecore_fuzz::binance`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| tradecore_fuzz::binance(data));
