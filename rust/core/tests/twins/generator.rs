//! Commands that often do something: few ids, few prices, few accounts, much of everything rare.

use tradecore_core::matching::command::{
    Bands, Change, Command, Filter, Link, NewOrder, Phase, PostOnly, Revision, Terms,
};
use tradecore_core::order::{OrderType, SelfTradePrevention, TimeInForce};
use tradecore_core::units::Side;

use crate::controls::control;
use crate::dice::Dice;

const DAY_NS: i64 = 86_400_000_000_000;
const REMEMBERED: usize = 24;
const NAMES: [&str; 4] = ["a", "ab", "a name of some length", "ü"];

/// A command, or an order under the caller's own name.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Told {
    /// As it is.
    Plain(Command),
    /// A new order with a name.
    Named(NewOrder, Terms, &'static str),
}

/// What is generated, how often: differs from session to session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mood {
    /// Of a thousand commands, how many bear a number that makes little sense.
    pub(crate) nonsense: u64,
    /// Of a thousand commands, how many lead a symbol into another state.
    pub(crate) phases: u64,
    /// Of a thousand commands, how many set bands.
    pub(crate) bands: u64,
    /// Of a hundred new orders, how many are stops.
    pub(crate) stops: u64,
    /// Of a hundred new orders, how many are linked.
    pub(crate) links: u64,
    /// Accounts that trade.
    pub(crate) accounts: u64,
    /// Of a thousand commands, how many set something about accounts.
    pub(crate) controls: u64,
    /// Of a hundred new orders, how many only reduce.
    pub(crate) reducers: u64,
}

impl Mood {
    /// A mood for a session.
    pub(crate) fn new(dice: &mut Dice) -> Self {
        Self {
            nonsense: *dice.pick(&[0, 0, 5, 30]),
            phases: *dice.pick(&[0, 10, 30]),
            bands: *dice.pick(&[0, 0, 5, 20]),
            stops: *dice.pick(&[5, 25, 50]),
            links: *dice.pick(&[0, 15, 45]),
            accounts: *dice.pick(&[1, 3, 8]),
            controls: 0,
            reducers: 1,
        }
    }

    /// The same where accounts are kept: the slow accounts cannot count what makes no sense.
    pub(crate) fn with_accounts(self) -> Self {
        Self {
            nonsense: 0,
            controls: 40,
            reducers: 25,
            ..self
        }
    }

    /// Some of everything.
    pub(crate) const MIXED: Self = Self {
        nonsense: 10,
        phases: 20,
        bands: 10,
        stops: 25,
        links: 25,
        accounts: 3,
        controls: 0,
        reducers: 1,
    };
}

/// Makes commands. Remembers a few orders it asked for, so that it can speak of them again.
#[derive(Debug)]
pub(crate) struct Generator {
    mood: Mood,
    now_ns: i64,
    recent: Vec<NewOrder>,
    held: Vec<NewOrder>,
}

impl Generator {
    /// A generator in a mood, at the beginning of time.
    pub(crate) fn new(mood: Mood) -> Self {
        Self {
            mood,
            now_ns: 0,
            recent: Vec::new(),
            held: Vec::new(),
        }
    }

    /// The next command.
    pub(crate) fn next(&mut self, dice: &mut Dice) -> Told {
        let (symbol, order_id) = self.known(dice);
        let rare = dice.below(1000);
        if rare < self.mood.phases {
            let phases = [0, 0, 0, 0, 0, 1, 1, 2, 3].map(|at| Phase::ALL[at]);
            let phase = *dice.pick(&phases);
            return Told::Plain(Command::SetPhase { symbol, phase });
        }
        if rare < self.mood.phases + self.mood.bands {
            let bands = bands(dice);
            return Told::Plain(Command::SetBands { symbol, bands });
        }
        if dice.below(1000) < self.mood.controls {
            return Told::Plain(Command::Control(control(dice)));
        }
        Told::Plain(match dice.below(100) {
            0..=5 => Command::AdvanceTime {
                now_ns: self.later(dice),
            },
            6..=13 => Command::Cancel { symbol, order_id },
            14..=25 => Command::Modify {
                symbol,
                order_id,
                change: self.change(dice),
            },
            26 => Command::CancelAll(Filter {
                account: dice.sometimes(50).then(|| self.account(dice)),
                symbol: dice.sometimes(60).then_some(symbol),
                side: dice.sometimes(40).then(|| side(dice)),
                // Without dice, so that sessions stay what they were.
                strategy: match order_id % 5 {
                    3 => Some(0),
                    4 => Some(1),
                    _ => None,
                },
            }),
            27 => Command::SetReference {
                symbol,
                price: self.price(dice),
            },
            _ => return self.new_order(dice),
        })
    }

    fn new_order(&mut self, dice: &mut Dice) -> Told {
        if self.mood.controls > 0
            && dice.sometimes(4)
            && let Some(last) = self.recent.last()
        {
            let order_id = id(dice);
            return Told::Plain(Command::New(NewOrder { order_id, ..*last }));
        }
        let mut order = NewOrder {
            symbol: symbol(dice),
            account: self.account(dice),
            order_id: if dice.sometimes(15) { 0 } else { id(dice) },
            side: side(dice),
            qty: 1 + dice.below(20).cast_signed(),
            self_trade_prevention: *dice.pick(&SelfTradePrevention::ALL),
            reduce_only: dice.sometimes(self.mood.reducers),
            ..NewOrder::default()
        };
        let mut terms = Terms {
            strategy: u32::from(dice.sometimes(10)),
            ..Terms::default()
        };
        if order.reduce_only && dice.sometimes(80) {
            // More would often be refused.
            order.qty = 1 + order.qty % 4;
        }
        self.dress(&mut order, &mut terms, dice);
        if dice.sometimes(self.mood.links) {
            self.link(&mut order, &mut terms, dice);
        }
        if dice.below(1000) < self.mood.nonsense {
            spoil(&mut order, &mut terms, dice);
        }
        self.remember(order, &terms);
        if dice.sometimes(5) {
            return Told::Named(order, terms, dice.pick::<&str>(&NAMES));
        }
        Told::Plain(if terms == Terms::default() {
            Command::New(order)
        } else {
            Command::NewWith(order, terms)
        })
    }

    /// Gives an order a type and what belongs to it.
    fn dress(&self, order: &mut NewOrder, terms: &mut Terms, dice: &mut Dice) {
        use TimeInForce::{Day, Fok, Gtc, Gtd, Ioc};
        let stops = [
            OrderType::Stop,
            OrderType::StopLimit,
            OrderType::TrailingStop,
        ];
        order.order_type = match dice.below(100) {
            at if at < self.mood.stops => *dice.pick(&stops),
            at if at < self.mood.stops + 8 => OrderType::Market,
            at if at < self.mood.stops + 14 => OrderType::MarketToLimit,
            _ => OrderType::Limit,
        };
        let lives: &[TimeInForce] = match order.order_type {
            OrderType::Market => &[Gtc, Ioc, Fok],
            OrderType::MarketToLimit => &[Gtc, Gtd, Day],
            OrderType::Limit | OrderType::Stop | OrderType::StopLimit | OrderType::TrailingStop => {
                &[Gtc, Gtc, Gtc, Gtc, Gtc, Ioc, Fok, Gtd, Day]
            }
        };
        order.time_in_force = *dice.pick(lives);
        if order.order_type.has_limit() || dice.sometimes(25) {
            order.price = self.price(dice);
        }
        if order.order_type.is_stop() {
            terms.stop_price = self.price(dice);
        }
        if order.order_type == OrderType::TrailingStop {
            terms.trailing_distance = 1 + dice.below(6).cast_signed();
            terms.stop_price *= i64::from(dice.sometimes(30));
        }
        if order.time_in_force == Gtd {
            terms.expire_time_ns = self.now_ns + dice.below(60).cast_signed();
        }
        if order.order_type == OrderType::Limit && order.time_in_force.rests() {
            if dice.sometimes(20) {
                terms.display_qty = 1 + dice.below(4).cast_signed();
                order.qty += dice.below(20).cast_signed();
            }
            if dice.sometimes(12) {
                order.post_only = *dice.pick(&[PostOnly::Reject, PostOnly::Reprice]);
            }
        }
    }

    /// Links an order with one asked for before, mostly with one that fits.
    fn link(&self, order: &mut NewOrder, terms: &mut Terms, dice: &mut Dice) {
        let kinds = [Link::Oco, Link::Oco, Link::Held, Link::Releases];
        terms.link = *dice.pick(&kinds);
        let among = match terms.link {
            Link::None | Link::Held => return,
            Link::Oco if dice.sometimes(70) => &self.recent,
            Link::Oco | Link::Releases => &self.held,
        };
        terms.linked_id = match among.last() {
            Some(_) if dice.sometimes(95) => {
                let other = dice.pick(among);
                (order.account, order.symbol) = (other.account, other.symbol);
                other.order_id
            }
            _ => id(dice),
        };
    }

    fn remember(&mut self, order: NewOrder, terms: &Terms) {
        if order.order_id == 0 {
            return;
        }
        let list = if terms.link == Link::Held {
            &mut self.held
        } else {
            &mut self.recent
        };
        list.push(order);
        let most = if terms.link == Link::Held {
            4
        } else {
            REMEMBERED
        };
        if list.len() > most {
            list.remove(0);
        }
    }

    /// Symbol and id of an order that may be live.
    fn known(&self, dice: &mut Dice) -> (u32, u64) {
        if self.recent.is_empty() || dice.sometimes(20) {
            return (symbol(dice), id(dice));
        }
        let lists = [&self.recent, &self.recent, &self.held];
        let list = dice.pick(&lists);
        let list = if list.is_empty() { &self.recent } else { *list };
        let order = dice.pick(list);
        (order.symbol, order.order_id)
    }

    fn change(&self, dice: &mut Dice) -> Change {
        let revisions = [Revision::Total, Revision::Open, Revision::Reinsert];
        let mut change = Change {
            price: dice.sometimes(50).then(|| self.price(dice)),
            qty: dice.sometimes(60).then(|| 1 + dice.below(25).cast_signed()),
            stop_price: dice.sometimes(15).then(|| self.price(dice)),
            revision: *dice.pick(&revisions),
        };
        if dice.below(1000) < self.mood.nonsense {
            let field = match dice.below(3) {
                0 => &mut change.price,
                1 => &mut change.qty,
                _ => &mut change.stop_price,
            };
            *field = Some(nonsense(dice));
        }
        change
    }

    fn later(&mut self, dice: &mut Dice) -> i64 {
        let step = match dice.below(100) {
            0 => DAY_NS,
            1..=4 => 0,
            _ => 1 + dice.below(25).cast_signed(),
        };
        if dice.below(1000) < self.mood.nonsense {
            // Backwards; forwards to the end of time nothing would be left to expire.
            return *dice.pick(&[i64::MIN, -1, 0, self.now_ns / 2]);
        }
        self.now_ns += step;
        self.now_ns
    }

    fn account(&self, dice: &mut Dice) -> u32 {
        u32::try_from(dice.below(self.mood.accounts)).unwrap()
    }

    fn price(&self, dice: &mut Dice) -> i64 {
        if dice.below(1000) < self.mood.nonsense {
            return nonsense(dice);
        }
        match dice.below(100) {
            0..=1 => 1 + dice.below(300).cast_signed(),
            2..=21 => 90 + dice.below(21).cast_signed(),
            _ => 96 + dice.below(9).cast_signed(),
        }
    }
}

fn side(dice: &mut Dice) -> Side {
    *dice.pick(&[Side::Buy, Side::Sell])
}

fn symbol(dice: &mut Dice) -> u32 {
    match dice.below(100) {
        0 => 2,
        1..=15 => 1,
        _ => 0,
    }
}

fn id(dice: &mut Dice) -> u64 {
    match dice.below(1000) {
        0 => *dice.pick(&[(1 << 63) - 1, 1 << 63, u64::MAX]),
        1..=50 => 41 + dice.below(40),
        _ => 1 + dice.below(40),
    }
}

/// The ends of ranges and what lies beyond.
fn nonsense(dice: &mut Dice) -> i64 {
    let ends = [i64::MIN, -1, 0, 1, (1 << 62) - 1, 1 << 62, i64::MAX];
    *dice.pick(&ends)
}

/// Replaces one number of an order by one that makes little sense.
fn spoil(order: &mut NewOrder, terms: &mut Terms, dice: &mut Dice) {
    match dice.below(10) {
        0 => order.price = nonsense(dice),
        1..=2 => order.qty = nonsense(dice),
        3 => terms.stop_price = nonsense(dice),
        4 => terms.trailing_distance = nonsense(dice),
        5 => terms.display_qty = nonsense(dice),
        6 => terms.expire_time_ns = nonsense(dice),
        7 => terms.linked_id = *dice.pick(&[0, 7, u64::MAX]),
        8 => order.time_in_force = *dice.pick(&TimeInForce::ALL),
        _ => order.post_only = PostOnly::Reprice,
    }
}

fn bands(dice: &mut Dice) -> Bands {
    let mut bands = Bands::default();
    if dice.sometimes(30) {
        bands.low = 90 + dice.below(8).cast_signed();
        bands.high = 103 + dice.below(8).cast_signed();
    }
    if dice.sometimes(50) {
        bands.dynamic_bps = u32::try_from(50 + dice.below(500)).unwrap();
        bands.halt_ns = *dice.pick(&[0, 1, 20, 60]);
    }
    if dice.sometimes(10) {
        match dice.below(4) {
            0 => bands.low = nonsense(dice),
            1 => bands.high = nonsense(dice),
            2 => bands.dynamic_bps = *dice.pick(&[9_999, 10_000, u32::MAX]),
            _ => bands.halt_ns = nonsense(dice),
        }
    }
    bands
}
