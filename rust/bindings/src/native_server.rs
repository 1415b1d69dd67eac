//! `tradecore._core.OrderEntryServer`: native order entry before a `VenueEngine`.

#![expect(
    clippy::too_many_arguments,
    reason = "the arguments are those of the contract"
)]

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pyo3::prelude::*;
use tradecore_core::sign::Secret;
use tradecore_gateway::{KeyRow, OrderTerms, Rate, Server, Settings};

use crate::arguments::{Whole, Word};
use crate::errors::InputError;
use crate::lock::lock;
use crate::native_floor::SharedFloor;
use crate::native_statistics::OrderEntryStatistics;
use crate::venue::VenueEngine;

const MILLISECOND: i64 = 1_000_000;

/// A key as the identity's table has it, by its attributes.
#[derive(FromPyObject)]
struct Row {
    id: String,
    secret: Vec<u8>,
    user: String,
    account: u32,
    scopes: u32,
    networks: Vec<String>,
    expires_ns: i64,
}

#[pyclass(frozen, module = "tradecore._core")]
pub(crate) struct OrderEntryServer {
    floor: Arc<SharedFloor>,
    address: SocketAddr,
    settings: Settings,
    server: Mutex<Option<Server>>,
}

#[pymethods]
impl OrderEntryServer {
    #[new]
    #[pyo3(signature = (engine, *, host = Word("127.0.0.1"), port = Whole(0), order_rate = None,
                        high_order_rate = None, queue = None, connections = None,
                        signature_window_ms = None, resend_bytes = None, keep_reports = false,
                        behind_max = Whole(0)),
           text_signature = "(engine, *, host='127.0.0.1', port=0, order_rate=(400, 200), \
                             high_order_rate=(20000, 10000), queue=16384, connections=4096, \
                             signature_window_ms=5000, resend_bytes=1048576, keep_reports=False, \
                             behind_max=0)")]
    fn new(
        engine: &Bound<'_, VenueEngine>,
        host: Word<'_>,
        port: Whole<u32>,
        order_rate: Option<(u64, u64)>,
        high_order_rate: Option<(u64, u64)>,
        queue: Option<Whole<u32>>,
        connections: Option<Whole<u32>>,
        signature_window_ms: Option<Whole<u32>>,
        resend_bytes: Option<Whole<u32>>,
        keep_reports: bool,
        behind_max: Whole<u64>,
    ) -> PyResult<Self> {
        let usual = Settings::default();
        let size = |given: Option<Whole<u32>>, usual| given.map_or(usual, |size| size.0 as usize);
        let window_ns = signature_window_ms.map(|ms| i64::from(ms.0) * MILLISECOND);
        Ok(Self {
            floor: Arc::new(SharedFloor {
                state: Arc::clone(&engine.get().0),
                keeps_reports: keep_reports,
                behind_max: behind_max.0,
            }),
            address: address(host.0, port.0)?,
            settings: Settings {
                queue_max: size(queue, usual.queue_max),
                connections_max: size(connections, usual.connections_max),
                rate: order_rate.map_or(usual.rate, rate),
                high_rate: high_order_rate.map_or(usual.high_rate, rate),
                window_ns: window_ns.unwrap_or(usual.window_ns),
                resend_bytes: size(resend_bytes, usual.resend_bytes),
                ..usual
            },
            server: Mutex::new(None),
        })
    }

    fn start(&self, py: Python<'_>) -> PyResult<()> {
        let mut server = lock(&self.server);
        if server.is_some() {
            return Err(InputError::new_err(
                "a server that runs is not started again",
            ));
        }
        let started = py.detach(|| Server::start(&self.floor, self.address, &self.settings));
        *server =
            Some(started.map_err(|error| {
                InputError::new_err(format!("{error}, address={}", self.address))
            })?);
        Ok(())
    }

    fn stop(&self, py: Python<'_>) {
        let server = lock(&self.server).take();
        py.detach(|| drop(server));
    }

    #[pyo3(signature = (*, timeout_ms = Whole(5_000)),
           text_signature = "($self, *, timeout_ms=5000)")]
    fn drain(&self, py: Python<'_>, timeout_ms: Whole<u32>) -> bool {
        let server = lock(&self.server);
        let Some(server) = server.as_ref() else {
            return true;
        };
        server.set_draining(true);
        let patience = Duration::from_millis(timeout_ms.0.into());
        py.detach(|| server.wait_idle(patience))
    }

    fn resume(&self) {
        if let Some(server) = lock(&self.server).as_ref() {
            server.set_draining(false);
        }
    }

    fn set_keys(&self, py: Python<'_>, keys: Vec<Row>) -> PyResult<()> {
        let rows = keys.into_iter().map(|row| KeyRow {
            id: row.id,
            secret: Secret::take(row.secret),
            user: row.user,
            account: row.account,
            scopes: row.scopes,
            networks: row.networks,
            expires_ns: row.expires_ns,
        });
        let rows = rows.collect();
        let server = lock(&self.server);
        let Some(server) = server.as_ref() else {
            return Err(InputError::new_err("keys are handed to a server that runs"));
        };
        let set = py.detach(|| server.set_keys(rows));
        set.map_err(|error| InputError::new_err(error.to_string()))
    }

    #[pyo3(signature = (terms, /))]
    fn know_instruments(&self, py: Python<'_>, terms: Vec<(Whole<i64>, bool)>) {
        let terms = terms.into_iter().map(|(least, is_trading)| OrderTerms {
            least: least.0,
            is_delisted: !is_trading,
        });
        let terms = terms.collect();
        py.detach(|| {
            lock(&self.floor.state).order_terms = terms;
            if let Some(server) = lock(&self.server).as_ref() {
                server.know_instruments(self.floor.as_ref());
            }
        });
    }

    #[getter]
    fn is_running(&self) -> bool {
        lock(&self.server).is_some()
    }

    #[getter]
    fn port(&self) -> u16 {
        let server = lock(&self.server);
        let bound = server.as_ref().map(Server::address);
        bound.unwrap_or(self.address).port()
    }

    #[getter]
    fn host(&self) -> String {
        self.address.ip().to_string()
    }

    fn statistics(&self) -> OrderEntryStatistics {
        let server = lock(&self.server);
        OrderEntryStatistics(server.as_ref().map(Server::statistics).unwrap_or_default())
    }
}

fn rate((burst, per_second): (u64, u64)) -> Rate {
    Rate { burst, per_second }
}

fn address(host: &str, port: u32) -> PyResult<SocketAddr> {
    let host_of = |text: &str| -> Option<IpAddr> {
        if text == "localhost" {
            return Some(IpAddr::from([127, 0, 0, 1]));
        }
        text.parse().ok()
    };
    match (host_of(host), u16::try_from(port)) {
        (Some(host), Ok(port)) => Ok(SocketAddr::new(host, port)),
        _ => Err(InputError::new_err(format!(
            "a server listens at an IP address and a port up to 65535: host={host:?}, port={port}"
        ))),
    }
}
