//! The reference pages that are drawn from the core: `UPDATE_GOLDEN=1 cargo test --test reference`
//! writes them, the plain test compares.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use tradecore_core::reject::RejectCode;

/// Compares `drawn` with the committed page, or writes it when asked to.
fn compare(page: &str, drawn: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs/reference")
        .join(page);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        assert!(
            fs::write(&path, drawn).is_ok(),
            "cannot write {}",
            path.display()
        );
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == drawn,
        "docs/reference/{page} is not what the core says: run `make docs`"
    );
}

/// What the thousands of a code mean.
fn band(number: u16) -> &'static str {
    match number / 1000 {
        1 => "1xxx: the input makes no sense",
        2 => "2xxx: risk",
        3 => "3xxx: matching rules",
        4 => "4xxx: a venue said so",
        _ => unreachable!("Invariant: codes are banded 1xxx to 4xxx"),
    }
}

#[test]
fn reject_codes_are_documented() {
    let mut page = String::from(
        "# Reject codes\n\n\
         A refusal is a value, not an exception: the order's report carries one of these codes,\n\
         nothing has changed, and the same command would be refused again.\n\
         This page is drawn from `rust/core/src/reject.rs` by `make docs`.\n",
    );
    let mut last = "";
    for code in RejectCode::ALL {
        let number = *code as u16;
        if band(number) != last {
            last = band(number);
            let _ = write!(
                page,
                "\n## {last}\n\n| number | code | meaning |\n|--:|---|---|\n"
            );
        }
        let _ = writeln!(page, "| {number} | `{}` | {} |", code.as_str(), code.text());
    }
    compare("reject_codes.md", &page);
}
