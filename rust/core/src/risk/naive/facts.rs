//! What is to be seen of the accounts from outside.

use super::NaiveRisk;
use crate::instrument::ContractKind;
use crate::units::Side;

impl NaiveRisk {
    /// The group whose orders do not trade with each other.
    pub fn group(&self, account: u32) -> u32 {
        self.seats.get(&account).map_or(account, |seat| seat.1)
    }

    /// Lots an order of `side` may trade without taking the position beyond zero.
    pub fn reducible(&self, account: u32, symbol: u32, side: Side) -> i64 {
        let position = self.position(account, symbol).qty;
        (-side.sign() * position).max(0)
    }

    /// Whether an order's turn has not come.
    pub fn waits(&self, number: usize) -> bool {
        self.orders[number].waits
    }

    /// Open orders of an account.
    pub fn open_orders(&self, account: u32) -> usize {
        let open = |order: &&super::Order| order.account == account && order.is_open;
        self.orders.iter().filter(open).count()
    }

    /// Whether some symbol trades the asset.
    pub fn is_traded(&self, asset: u32) -> bool {
        let mut terms = self.terms.iter();
        terms.any(|terms| terms.base == asset || terms.quote == asset)
    }

    /// Whether the account ever had to do with the asset.
    pub fn knows(&self, account: u32, asset: u32) -> bool {
        let moves = |symbol: u32| {
            let spot = self.kind(symbol) == ContractKind::Spot;
            self.settle(symbol) == asset || spot && self.terms[symbol as usize].base == asset
        };
        let mut orders = self.orders.iter();
        self.deposits.contains_key(&(account, asset))
            || orders.any(|order| order.account == account && moves(order.symbol))
    }
}
