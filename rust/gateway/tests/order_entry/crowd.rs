//! Many clients, and more than there is room for.

use std::thread;

use tradecore_gateway::{Rate, Settings};

use crate::client::{order, request};
use crate::world::{ANN, BOB, World, settings};

/// A thousand connections that say nothing are in nobody's way.
#[test]
fn a_thousand_idle_connections_are_in_nobodys_way() {
    let world = World::in_memory();
    let idle: Vec<_> = (0..1_000).map(|_| world.connect()).collect();
    let mut client = world.connect();
    for _ in 0..50 {
        assert_eq!(client.place(ANN, &order("buy", "1", "100", "")).status, 201);
    }
    assert!(world.server.statistics().connections > 1_000);
    drop(idle);
}

/// More than fits is refused as busy, and each request has its answer: what was done is there.
#[test]
fn a_flood_is_answered_to_the_last() {
    let world = World::with(&Settings {
        queue_max: 8,
        ..settings()
    });
    let address = world.server.address();
    let senders: Vec<_> = [ANN, BOB]
        .into_iter()
        .flat_map(|user| [user, user])
        .map(|user| {
            let mut client = world.connect();
            assert_eq!(client.stream.peer_addr().unwrap(), address);
            thread::spawn(move || {
                let (mut done, mut busy) = (0, 0);
                for _ in 0..10 {
                    let body = order("buy", "1", "100", "");
                    let one = || request(user, "POST", "/api/trading/orders", &body);
                    let bytes: Vec<u8> = (0..100).flat_map(|_| one()).collect();
                    client.send(&bytes);
                    for _ in 0..100 {
                        match client.answer().unwrap().status {
                            201 => done += 1,
                            503 => busy += 1,
                            other => panic!("{other}"),
                        }
                    }
                }
                (done, busy)
            })
        })
        .collect();
    let counts: Vec<(u32, u32)> = senders.into_iter().map(|one| one.join().unwrap()).collect();
    let done: u32 = counts.iter().map(|(done, _)| done).sum();
    let busy: u32 = counts.iter().map(|(_, busy)| busy).sum();
    assert_eq!(done + busy, 4_000);
    assert!(busy > 0, "the flood is larger than the queue");
    assert_eq!(world.live(), done);
    let statistics = world.server.statistics();
    assert_eq!(statistics.refused.get("BUSY"), Some(&u64::from(busy)));
    assert_eq!(statistics.latency.iter().sum::<u64>(), u64::from(done));
    world.replay();
}

/// A user's requests are limited whatever key or connection; cancels pass a little longer.
#[test]
fn a_user_sends_as_much_as_it_may() {
    let world = World::in_memory_with(&Settings {
        rate: Rate {
            burst: 16,
            per_second: 1,
        },
        ..settings()
    });
    let body = order("buy", "1", "100", "");
    let (mut first, mut second) = (world.connect(), world.connect());
    for client in [&mut first, &mut second] {
        for _ in 0..7 {
            assert_eq!(client.place(ANN, &body).status, 201);
        }
    }
    // On a slow machine a second or two may have passed, and with each a request.
    let refused = (0..100)
        .map(|_| second.place(ANN, &body))
        .find(|one| one.status != 201)
        .unwrap();
    assert_eq!(
        (refused.status, refused.json["code"].as_str()),
        (429, Some("RATE_LIMIT"))
    );
    assert!(refused.head.contains("retry-after: "), "{}", refused.head);
    assert_eq!(
        second
            .ask(ANN, "DELETE", "/api/trading/orders/1", "")
            .status,
        200
    );
    assert_eq!(first.place(BOB, &body).status, 201, "limits are a user's");
}

/// While it empties itself a server takes cancels alone, and knows when it is done.
#[test]
fn a_draining_server_takes_cancels_alone() {
    let world = World::new();
    let mut client = world.connect();
    let body = order("buy", "1", "100", "");
    assert_eq!(client.place(ANN, &body).status, 201);
    world.server.set_draining(true);
    assert_eq!(client.place(ANN, &body).json["code"], "DRAINING");
    assert_eq!(
        client
            .ask(ANN, "DELETE", "/api/trading/orders/1", "")
            .status,
        200
    );
    assert!(world.server.wait_idle(crate::world::PATIENCE));
    world.server.set_draining(false);
    assert_eq!(client.place(ANN, &body).status, 201);
}
