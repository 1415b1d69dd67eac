//! The one look at a frame against the two that any frame can have.

use proptest::prelude::*;

use super::live_tests::Feed;
use crate::units::Side;

/// Pieces of frames: some make a frame of ours, most orders of them make none.
fn pieces() -> impl Strategy<Value = String> {
    let members = prop::sample::select(vec![
        r#""e":"depthUpdate""#,
        r#""\u0065":"depthUpdate""#,
        r#""E":8"#,
        r#""T":7"#,
        r#""s":"BTCUSDT""#,
        r#""s":"ethusdt""#,
        r#""s":"XRPUSDT""#,
        r#""s":"BTC\u0055SDT""#,
        r#""ps":"BTCUSDT""#,
        r#""U":101"#,
        r#""u":102"#,
        r#""u":99999999999999999999"#,
        r#""pu":100"#,
        r#""b":[["1.1","2"],["0.90","0.0000"]]"#,
        r#""b":[["1.1","2"] , ["0.9",3,[]]]"#,
        r#""b":[["1.1","2"],["0.95","1"]]"#,
        r#""a":[]"#,
        r#""a":[["1234567.1","12345678.123"],["12345678.1","0.0005"]]"#,
        r#""a":[["2.0","1""#,
        r#""x":{"s":"BTCUSDT"}"#,
        "\n",
        " ",
    ]);
    let members =
        prop::collection::vec((any::<prop::sample::Index>(), members), 0..4).prop_map(|changes| {
            let all = [
                r#""e":"depthUpdate""#,
                r#""E":8"#,
                r#""T":7"#,
                r#""s":"BTCUSDT""#,
                r#""U":101"#,
                r#""u":102"#,
                r#""pu":100"#,
                r#""b":[["1.1","2"],["0.90","0.0000"]]"#,
                r#""a":[]"#,
            ];
            let mut all = all.map(str::to_owned).to_vec();
            for (at, member) in changes {
                let at = at.index(all.len());
                if member.len() % 2 == 0 {
                    all[at] = member.to_owned();
                } else {
                    all.insert(at, member.to_owned());
                }
            }
            all.join(",")
        });
    (members, any::<bool>(), any::<bool>()).prop_map(|(members, is_wrapped, is_first)| {
        let stream = r#""stream":"btcusdt@depth""#;
        match (is_wrapped, is_first) {
            (false, _) => format!("{{{members}}}"),
            (true, true) => format!(r#"{{{stream},"data":{{{members}}}}}"#),
            (true, false) => format!(r#"{{"data":{{{members}}},{stream}}}"#),
        }
    })
}

proptest! {
    /// A frame that is read once says what it says when it is looked at again, as one is that a
    /// newline follows.
    #[test]
    fn a_frame_read_once_is_a_frame_read_twice(frames in prop::collection::vec(pieces(), 1..4)) {
        let (mut once, mut twice) = (Feed::joined(), Feed::joined());
        for frame in &frames {
            let received = twice.receive(&format!("{frame}\n"));
            prop_assert_eq!(once.receive(frame), received, "{}", frame);
            prop_assert_eq!(once.live.error(), twice.live.error());
            prop_assert_eq!(once.live.place(), twice.live.place());
            prop_assert_eq!(once.live.tally(), twice.live.tally());
            for place in 0..2 {
                for side in [Side::Buy, Side::Sell] {
                    let levels = once.books[place].depth(side, 99);
                    prop_assert!(levels.eq(twice.books[place].depth(side, 99)));
                }
            }
        }
    }
}
