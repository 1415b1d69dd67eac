use std::sync::Arc;
use std::time::Instant;
use tradecore_core::decimal::Decimal;
use tradecore_core::instrument::*;
use tradecore_core::matching::*;
use tradecore_core::money::Rate;
fn main() {
    let spec = InstrumentSpec {
        symbol: "X".into(),
        kind: ContractKind::Linear,
        tick_size: Decimal::ONE,
        lot_size: Decimal::ONE,
        multiplier: Decimal::ONE,
        min_notional: Decimal::ZERO,
        maker_fee: Rate(0),
        taker_fee: Rate(0),
    };
    let inst = Arc::new(Instrument::new(spec).unwrap());
    let bytes = std::fs::read(std::env::args().nth(1).unwrap()).unwrap();
    let recs: Vec<CommandRecord> = bytes
        .chunks_exact(32)
        .map(|c| {
            let q = u32::from_le_bytes(c[4..8].try_into().unwrap());
            let p = i64::from_le_bytes(c[8..16].try_into().unwrap());
            let id = u64::from_le_bytes(c[16..24].try_into().unwrap());
            let mut r = CommandRecord {
                op: [0, 0, 1, 2][c[0] as usize],
                side: c[1],
                order_type: (c[0] == 1) as u8,
                time_in_force: c[2],
                order_id: id,
                price: p,
                qty: q as i64,
                ..Default::default()
            };
            if c[0] == 3 {
                r.revision = 2;
            }
            r
        })
        .collect();
    let mut times = vec![];
    for _ in 0..std::env::args().nth(2).map_or(9, |n| n.parse().unwrap()) {
        let mut e = Engine::new(vec![inst.clone()]);
        let mut out: Vec<Report> = Vec::with_capacity(1 << 16);
        let mut h: u64 = 0;
        let mut n = 0u64;
        let mut t = 0.0;
        for chunk in recs.chunks(4096) {
            out.clear();
            let s = Instant::now();
            e.process(chunk, &mut out);
            t += s.elapsed().as_secs_f64();
            for r in &out {
                if r.liquidity == 1 {
                    h = h
                        .wrapping_mul(1000003)
                        .wrapping_add(r.order_id.wrapping_mul(31))
                        .wrapping_add(r.counter_order_id.wrapping_mul(37))
                        .wrapping_add((r.price as u64).wrapping_mul(41))
                        .wrapping_add(r.qty as u64);
                }
            }
            n += out.len() as u64;
        }
        times.push(t);
        println!(
            "{:.2} M/s reports {n} hash {h} live {}",
            recs.len() as f64 / t / 1e6,
            e.live_orders()
        );
    }
    times.sort_by(f64::total_cmp);
    println!(
        "median {:.2} M/s",
        recs.len() as f64 / times[times.len() / 2] / 1e6
    );
}
