//! A load at a fixed rate, from one thread that pauses between two looks.

use std::collections::VecDeque;
use std::error::Error;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use super::place;
use super::speech::{self, Answered, Speech, Writer};
use super::target::Target;

/// How long nothing may be answered before what is outstanding counts as lost.
const PATIENCE: Duration = Duration::from_secs(20);

/// Between two looks at what is due and what came: the core is left to the journal's writer and the
/// disk's threads meanwhile.
const PAUSE: Duration = Duration::from_micros(50);

/// A client's connection.
struct Line {
    stream: TcpStream,
    side: usize,
    output: Vec<u8>,
    input: Vec<u8>,
    /// When the requests without an answer were due.
    due: VecDeque<Instant>,
    /// How many of the last of them the socket did not wholly take.
    ungiven: usize,
    busy: u64,
}

/// Clients and what they wait for.
pub(super) struct Load {
    speech: Speech,
    writer: Writer,
    lines: Vec<Line>,
}

/// What came back.
pub(super) struct Answers {
    /// Nanoseconds from when each request was due to its answer.
    pub(super) spans: Vec<u64>,
    /// Nanoseconds from when each request was due to when the socket had taken it: how late the
    /// load itself was, or the server in reading.
    pub(super) late: Vec<u64>,
    /// Requests that were refused as too many.
    pub(super) busy: u64,
    /// From the first request due to the last answer.
    pub(super) seconds: f64,
}

impl Load {
    pub(super) fn new(
        target: &Target,
        speech: Speech,
        count: usize,
    ) -> Result<Self, Box<dyn Error>> {
        let mut writer = Writer::new(target)?;
        writer.set_time();
        let mut lines = Vec::new();
        for at in 0..count {
            let stream = TcpStream::connect(target.address)?;
            stream.set_nodelay(true)?;
            let mut line = Line {
                stream,
                side: at % 2,
                output: Vec::new(),
                input: Vec::new(),
                due: VecDeque::new(),
                ungiven: 0,
                busy: 0,
            };
            if speech != Speech::Http {
                line.greet(&writer.logon(speech, at % 2, at / 2))?;
            }
            line.stream.set_nonblocking(true)?;
            lines.push(line);
        }
        Ok(Self {
            speech,
            writer,
            lines,
        })
    }

    /// Sends so many a second for so long, each when it is due, and waits for the last answer,
    /// however late: an answer is lost only where none came at all for a long time.
    ///
    /// Of sessions, one in turn sends what is due at a look; of connections without one, each in
    /// turn sends a request.
    pub(super) fn run(mut self, rate: u64, span: Duration) -> Result<Answers, Box<dyn Error>> {
        let total = rate * span.as_secs();
        let mut spans = Vec::with_capacity(usize::try_from(total)?);
        let mut late = Vec::with_capacity(usize::try_from(total)?);
        let mut room = vec![0; 1 << 16];
        place::sleep_exactly();
        let begin = Instant::now();
        let (mut sent, mut looks, mut busy, mut heard) = (0, 0_u64, 0, (0, begin));
        while spans.len() as u64 + busy < total {
            let now = Instant::now();
            let passed = now - begin;
            let answered = spans.len() as u64 + busy;
            if answered > heard.0 {
                heard = (answered, now);
            } else if now - heard.1 > PATIENCE {
                return Err(self.lost(total, spans.len(), busy).into());
            }
            let due = u64::try_from(passed.as_nanos())? * rate / 1_000_000_000;
            self.writer.set_time();
            while sent < due.min(total) {
                let count = self.lines.len();
                let turn = if self.speech == Speech::Http {
                    sent
                } else {
                    looks
                };
                let line = &mut self.lines[usize::try_from(turn)? % count];
                self.writer
                    .order(&mut line.output, self.speech, line.side, sent + 1);
                line.due
                    .push_back(begin + Duration::from_nanos(sent * 1_000_000_000 / rate));
                line.ungiven += 1;
                sent += 1;
            }
            looks += 1;
            for line in &mut self.lines {
                line.flush(&mut late)?;
                line.hear(self.speech, &mut room, &mut spans)?;
                busy += std::mem::take(&mut line.busy);
            }
            thread::sleep(PAUSE);
        }
        let seconds = begin.elapsed().as_secs_f64();
        Ok(Answers {
            spans,
            late,
            busy,
            seconds,
        })
    }

    /// What became of every order of a run that never ended.
    fn lost(&self, total: u64, answered: usize, busy: u64) -> String {
        let ungiven: usize = self.lines.iter().map(|line| line.ungiven).sum();
        let outstanding: usize = self.lines.iter().map(|line| line.due.len()).sum();
        format!(
            "nothing was answered for {PATIENCE:?}: of {total} orders {answered} were answered, \
             {busy} refused as BUSY, {} given to the server and lost, {ungiven} not taken by it",
            outstanding.saturating_sub(ungiven)
        )
    }
}

impl Line {
    /// Opens a session and waits for its greeting.
    fn greet(&mut self, logon: &[u8]) -> Result<(), Box<dyn Error>> {
        self.stream.write_all(logon)?;
        let mut room = [0; 4_096];
        while !self.input.windows(9).any(|text| text == b"\"symbols\"") {
            match self.stream.read(&mut room)? {
                0 => return Err("the session was not opened".into()),
                count => self.input.extend_from_slice(&room[..count]),
            }
        }
        self.input.clear();
        Ok(())
    }

    fn flush(&mut self, late: &mut Vec<u64>) -> Result<(), Box<dyn Error>> {
        if self.output.is_empty() {
            return Ok(());
        }
        match self.stream.write(&self.output) {
            Ok(count) => {
                self.output.drain(..count);
                if self.output.is_empty() {
                    let now = Instant::now();
                    let given = std::mem::take(&mut self.ungiven);
                    for due in self.due.range(self.due.len().saturating_sub(given)..) {
                        late.push(u64::try_from((now - *due).as_nanos())?);
                    }
                }
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn hear(
        &mut self,
        speech: Speech,
        room: &mut [u8],
        spans: &mut Vec<u64>,
    ) -> Result<(), Box<dyn Error>> {
        if self.due.is_empty() {
            return Ok(());
        }
        match self.stream.read(room) {
            Ok(0) => return Err("the server ended a connection".into()),
            Ok(count) => self.input.extend_from_slice(&room[..count]),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let now = Instant::now();
        let mut at = 0;
        while let Some((length, answered)) = speech::next(speech, &self.input[at..]) {
            match answered {
                Answered::Other => {}
                Answered::Done => {
                    let due = self.due.pop_front().ok_or("an answer nobody asked for")?;
                    spans.push(u64::try_from((now - due).as_nanos())?);
                }
                Answered::Refused => {
                    let text = String::from_utf8_lossy(&self.input[at..at + length]);
                    if !text.contains("BUSY") {
                        return Err(format!("an order was refused: {text}").into());
                    }
                    self.due.pop_front().ok_or("an answer nobody asked for")?;
                    self.busy += 1;
                }
            }
            at += length;
        }
        self.input.drain(..at);
        Ok(())
    }
}
