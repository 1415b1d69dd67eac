//! The core as `tradecore._core`. Nothing here decides: each file wraps one module of the core,
//! turns Python numbers into integers on the way in, and integers into Python objects on the way
//! out.

use pyo3::prelude::*;

mod arguments;
mod bracket;
mod collected;
mod convert;
mod eip712;
mod engine_book;
mod engine_session;
mod engine_state;
mod errors;
mod feed;
mod flow;
mod flow_traders;
mod frame;
mod history;
mod history_facts;
mod instrument;
mod journal;
mod levels;
mod listing;
mod live_feed;
mod live_order;
mod lock;
mod machine;
mod makers;
mod market_update;
mod matching;
mod met;
mod mirror;
mod native_floor;
mod native_server;
mod native_statistics;
mod oms;
mod oms_args;
mod oms_event;
mod oms_find;
mod oms_order;
mod oms_position;
mod oms_terms;
mod order_args;
mod order_entry;
mod order_recording;
mod plain_orders;
mod pre_trade;
mod pre_trade_told;
mod queue_model;
mod rate_limit;
mod rebuild;
mod records;
mod reject;
mod report;
mod request;
mod risk;
mod risk_account;
mod risk_terms;
mod shadow;
mod sign;
mod sim;
mod sim_assumed;
mod sim_callbacks;
mod sim_columns;
mod sim_delay;
mod sim_rules;
mod sim_totals;
mod sim_view;
mod tape;
mod tape_file;
mod tape_import;
mod tape_merge;
mod tape_told;
mod tape_writer;
mod venue;
mod websocket;
mod whole;
mod wire_book;

#[pymodule]
mod _core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::eip712::{
        Eip712Key, Eip712Signature, eip712_order, eip712_recover, eip712_transfer,
        eip712_wallet_login,
    };
    #[pymodule_export]
    use crate::engine_book::EngineBook;
    #[pymodule_export]
    use crate::engine_session::EngineSession;
    #[pymodule_export]
    use crate::errors::{
        BookGapError, BusyError, DataError, InputError, InstrumentSpecError, JournalError,
        PriceError, QuantityError, SigningError, SimulationError, StorageReserveError,
        TradecoreError, UnknownSymbolError,
    };
    #[pymodule_export]
    use crate::feed::{BinanceFrames, LobsterReplay};
    #[pymodule_export]
    use crate::flow::generate_tape;
    #[pymodule_export]
    use crate::flow_traders::FlowTraders;
    #[pymodule_export]
    use crate::history::{History, HistoryEntry};
    #[pymodule_export]
    use crate::instrument::Instrument;
    #[pymodule_export]
    use crate::journal::{JournalReader, JournalWriter, journal_inspect};
    #[pymodule_export]
    use crate::live_feed::BinanceFeed;
    #[pymodule_export]
    use crate::live_order::LiveOrder;
    #[pymodule_export]
    use crate::makers::{Maker, MakerGroup};
    #[pymodule_export]
    use crate::market_update::MarketUpdate;
    #[pymodule_export]
    use crate::matching::MatchingEngine;
    #[pymodule_export]
    use crate::mirror::{BookView, OrderBook};
    #[pymodule_export]
    use crate::native_server::OrderEntryServer;
    #[pymodule_export]
    use crate::native_statistics::OrderEntryStatistics;
    #[pymodule_export]
    use crate::oms::Trader;
    #[pymodule_export]
    use crate::oms_event::{Fill, OrderEvent};
    #[pymodule_export]
    use crate::oms_order::{Order, order_transitions};
    #[pymodule_export]
    use crate::oms_position::Position;
    #[pymodule_export]
    use crate::order_entry::OrderEntry;
    #[pymodule_export]
    use crate::order_recording::OrderRecording;
    #[pymodule_export]
    use crate::plain_orders::PlainOrders;
    #[pymodule_export]
    use crate::pre_trade::PreTrade;
    #[pymodule_export]
    use crate::rate_limit::RateLimiter;
    #[pymodule_export]
    use crate::rebuild::BookReplay;
    #[pymodule_export]
    use crate::records::{command_dtype, report_dtype, special_command_dtype};
    #[pymodule_export]
    use crate::reject::reject_codes;
    #[pymodule_export]
    use crate::report::ExecutionReport;
    #[pymodule_export]
    use crate::request::RequestWriter;
    #[pymodule_export]
    use crate::risk::Risk;
    #[pymodule_export]
    use crate::risk_account::{AccountBalance, AccountPosition};
    #[pymodule_export]
    use crate::risk_terms::{Limits, SymbolTerms};
    #[pymodule_export]
    use crate::shadow::{shadow_study, shadow_study_lobster};
    #[pymodule_export]
    use crate::sign::{Ed25519Key, HmacKey, ed25519, ed25519_verify, hmac_sha256, hmac_sha512};
    #[pymodule_export]
    use crate::sim::Simulation;
    #[pymodule_export]
    use crate::sim_delay::Delay;
    #[pymodule_export]
    use crate::sim_rules::SimulationRules;
    #[pymodule_export]
    use crate::tape::TapeReader;
    #[pymodule_export]
    use crate::tape_import::{TapeImport, TapeSurvey};
    #[pymodule_export]
    use crate::tape_merge::TapeMerge;
    #[pymodule_export]
    use crate::tape_writer::TapeWriter;
    #[pymodule_export]
    use crate::venue::VenueEngine;
    #[pymodule_export]
    use crate::websocket::{FrameReader, text_frame};
    #[pymodule_export]
    use crate::wire_book::WireBook;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("OrderState", crate::oms_order::state_class(module.py())?)
    }

    /// How the core was built: `release`, or `debug` where assertions cost time.
    #[pymodule_export]
    const BUILD_PROFILE: &str = if cfg!(debug_assertions) {
        "debug"
    } else {
        "release"
    };
    /// Version of the package.
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "Python's name")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
