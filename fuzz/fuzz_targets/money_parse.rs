#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| aurex_fuzz_harness::money_parse(data));
