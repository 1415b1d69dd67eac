//! Raw market-data frames and tapes, decoded into market events.
