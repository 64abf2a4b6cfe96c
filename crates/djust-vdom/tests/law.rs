//! Applying `diff(a, b)` to `a` gives `b`, whatever the pages are.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod support;

use djust_vdom::{Document, ErrorKind, Replica, Tree, apply, diff};
use proptest::collection::vec;
use proptest::prelude::*;
use support::{change, edit, html, page};

/// Follows a page through its versions as a browser does, and compares after each.
fn follow(versions: &[String]) -> Result<(), TestCaseError> {
    let mut document = Document::new(&versions[0]).unwrap();
    let mut replica = Replica::new(&versions[0]).unwrap();
    for version in &versions[1..] {
        let ops = match document.update(version) {
            Ok(ops) => ops,
            Err(error) if error.kind() == ErrorKind::RootChanged => return Ok(()),
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        if ops == b"[[0]]" {
            replica = Replica::new(&document.html()).unwrap();
            document.renumber();
            continue;
        }
        let shown = String::from_utf8_lossy(&ops).into_owned();
        if let Err(error) = replica.apply(&ops) {
            return Err(TestCaseError::fail(format!("{error} in {shown}")));
        }
        prop_assert!(
            replica.tree().same_page(document.tree()),
            "{shown}\n{}\n{}",
            replica.tree().html(),
            document.html()
        );
        prop_assert_eq!(replica.count(), document.node_count(), "{}", &shown);
        prop_assert_eq!(replica.tree().structure_hash(), document.structure_hash());
        if !accumulates(version) {
            let fresh = Document::new(version).unwrap();
            prop_assert!(fresh.tree().same_page(document.tree()));
            prop_assert_eq!(fresh.node_count(), document.node_count());
            prop_assert_eq!(fresh.structure_hash(), document.structure_hash());
        }
    }
    Ok(())
}

fn accumulates(html: &str) -> bool {
    html.contains("append") || html.contains("prepend")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_chain_of_changes_arrives(first in page(), edits in vec(vec(edit(), 1..4), 1..5)) {
        let mut nodes = first;
        let mut versions = vec![html(&nodes)];
        for step in &edits {
            step.iter().for_each(|edit| change(&mut nodes, edit));
            versions.push(html(&nodes));
        }
        follow(&versions)?;
    }

    #[test]
    fn unrelated_pages_lead_to_each_other(old in page(), new in page()) {
        let versions = [html(&old), html(&new), html(&old)];
        follow(&versions)?;
    }

    #[test]
    fn documents_lead_to_each_other(old in page(), new in page(), titles in ("[ab]{0,2}", "[ab]{0,2}")) {
        let whole = |title: &str, body: &str| {
            format!("<!doctype html><html><head><title>{title}</title></head><body><div dj-root>{body}</div><p>after</p></body></html>")
        };
        let versions = [whole(&titles.0, &html(&old)), whole(&titles.1, &html(&new))];
        follow(&versions)?;
    }

    #[test]
    fn the_same_page_needs_no_ops(page in page()) {
        let text = html(&page);
        if !accumulates(&text) {
            prop_assert_eq!(diff(&text, &text).unwrap(), b"[]");
        }
    }

    #[test]
    fn decoding_never_panics(bytes in vec(any::<u8>(), 0..64), text in "[\\[\\],0-9\"a-z\\\\<>/ -]{0,64}") {
        let _ = djust_vdom::decode(&bytes);
        let _ = djust_vdom::decode(text.as_bytes());
    }

    #[test]
    fn hostile_ops_are_refused_not_obeyed(page in page(), ops in hostile_ops()) {
        let text = html(&page);
        if let Ok(after) = apply(&text, ops.as_bytes()) {
            // Whatever was obeyed left a page that can be walked and written.
            prop_assert!(Tree::parse(&after).is_ok());
        }
    }
}

fn cases() -> u32 {
    std::env::var("DJUST_PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(400)
}

fn hostile_ops() -> impl Strategy<Value = String> {
    let number = || 0u32..24;
    let content = prop_oneof![
        Just("\"<b>x</b>y\"".to_owned()),
        Just("[[\"p\",[[\"id\",\"x\"]],[\"t\",[0,\"c\"]]]]".to_owned()),
    ];
    let op = prop_oneof![
        (number(), "[a-z]{0,3}").prop_map(|(n, text)| format!("[1,{n},\"{text}\"]")),
        (number(), "[a-z]{1,3}").prop_map(|(n, text)| format!("[2,{n},\"{text}\",\"v\"]")),
        (4u32..6, number(), content.clone())
            .prop_map(|(code, n, content)| format!("[{code},{n},{content}]")),
        (number(), 0u32..9).prop_map(|(n, d)| format!("[6,{n},{d}]")),
        (7u32..9, number(), number(), 0u32..9)
            .prop_map(|(code, n, m, d)| format!("[{code},{n},{m},{d}]")),
        (9u32..11, number(), content)
            .prop_map(|(code, n, content)| format!("[{code},{n},{content}]")),
        (number(), vec(0u32..6, 0..6)).prop_map(|(n, ranks)| format!("[12,{n},{ranks:?}]")),
        Just("[13]".to_owned()),
    ];
    vec(op, 1..8).prop_map(|ops| format!("[{}]", ops.join(",")))
}
