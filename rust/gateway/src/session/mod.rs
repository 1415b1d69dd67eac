//! A conversation that outlives its connection.

mod log;
mod logon;
mod request;
mod say;

use std::collections::HashMap;
use std::sync::Arc;

pub(crate) use log::Log;
pub(crate) use logon::Logon;
pub(crate) use request::{Asked, Wrong, read_binary, read_text};
pub(crate) use say::refusal;

use crate::access::Key;
use crate::numbered::Numbered;

/// Sessions a key may have.
const PER_KEY_MAX: usize = 16;
/// Sessions of all keys.
const SESSIONS_MAX: usize = 10_000;

/// What messages look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Binary,
}

/// A conversation: what was said to it is numbered, and kept for a while.
pub(crate) struct Session {
    pub(crate) id: u32,
    pub(crate) name: Box<str>,
    pub(crate) key: Arc<Key>,
    /// Slot and generation of its connection, while it has one.
    pub(crate) connection: Option<(usize, u32)>,
    pub(crate) form: Form,
    pub(crate) log: Log,
    /// How long its orders outlive its connection; `None` for as long as they like.
    pub(crate) grace_ns: Option<i64>,
    /// When its orders are taken out, unless it comes back.
    pub(crate) leaves_at_ns: Option<i64>,
    /// It hears of everything that happens to its account, and sends nothing.
    pub(crate) is_drop_copy: bool,
    pub(crate) heartbeat_ns: i64,
    /// When it was last told something, or lost its connection.
    pub(crate) last_ns: i64,
}

/// Every session there is.
pub(crate) struct Sessions {
    by_id: Numbered<u32, Session>,
    by_name: HashMap<(Box<str>, Box<str>), u32>,
    last_id: u32,
    log_bytes: usize,
}

impl Sessions {
    /// Each keeps so many bytes of what it was told.
    pub(crate) fn new(log_bytes: usize) -> Self {
        Self {
            by_id: Numbered::default(),
            by_name: HashMap::new(),
            last_id: 0,
            log_bytes,
        }
    }

    pub(crate) fn get_mut(&mut self, id: u32) -> Option<&mut Session> {
        self.by_id.get_mut(&id)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Session> {
        self.by_id.values_mut()
    }

    /// The session of that name, made where there is none; `None` where there are too many.
    pub(crate) fn join(&mut self, key: &Arc<Key>, name: &str) -> Option<&mut Session> {
        let place = (key.id.clone(), Box::from(name));
        let id = if let Some(id) = self.by_name.get(&place) {
            *id
        } else {
            self.make_room(&key.id)?;
            self.last_id += 1;
            let id = self.last_id;
            let session = Session {
                id,
                name: name.into(),
                key: Arc::clone(key),
                connection: None,
                form: Form::Json,
                log: Log::new(self.log_bytes),
                grace_ns: None,
                leaves_at_ns: None,
                is_drop_copy: false,
                heartbeat_ns: 0,
                last_ns: 0,
            };
            self.by_id.insert(id, session);
            self.by_name.insert(place, id);
            id
        };
        let session = self.by_id.get_mut(&id)?;
        session.key = Arc::clone(key);
        Some(session)
    }

    /// Forgets the session that is away longest, where one more would be too many.
    fn make_room(&mut self, key: &str) -> Option<()> {
        let of_key = |session: &&Session| *session.key.id == *key;
        let crowded = self.by_id.values().filter(of_key).count() >= PER_KEY_MAX;
        if !crowded && self.by_id.len() < SESSIONS_MAX {
            return Some(());
        }
        let away = self.by_id.values().filter(|session| {
            session.connection.is_none()
                && session.leaves_at_ns.is_none()
                && (!crowded || *session.key.id == *key)
        });
        let id = away.min_by_key(|session| session.last_ns)?.id;
        let session = self.by_id.remove(&id)?;
        self.by_name.remove(&(session.key.id.clone(), session.name));
        Some(())
    }
}
