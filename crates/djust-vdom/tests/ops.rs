//! Each op says what its reader reads, and a change takes the ops that are written here.

#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use djust_vdom::{
    Content, ContentAttribute, Document, Insertion, Namespace, Op, OpWriter, Replica, decode, diff,
};

fn html(text: &str) -> Content {
    Content::Html(text.to_owned())
}

#[test]
fn what_is_written_is_read() {
    let mut out = OpWriter::new();
    assert!(out.is_empty());
    out.resync();
    assert!(!out.is_empty());
    out.set_text(1, "a\"\u{1}é");
    out.set_attribute(2, "id", "x", Namespace::Html);
    out.set_attribute(3, "xlink:href", "#", Namespace::SvgOrXLink);
    out.remove_attribute(4, "id", Namespace::Html);
    out.remove_attribute(5, "xlink:href", Namespace::SvgOrXLink);
    out.insert(6, Insertion::Html("<b>"));
    out.append(7, Insertion::Html(""));
    out.remove(8, 8);
    out.remove(9, 12);
    out.move_before(10, 3, 10);
    out.move_before(11, 3, 4);
    out.move_to_end(12, 3, 12);
    out.move_to_end(13, 3, 15);
    out.replace(14, Insertion::Html("x"));
    out.clear(15, None);
    out.clear(16, Some(Insertion::Html("y")));
    out.set_raw_text(17, "");
    out.permute(18, &[2, 0, 1]);
    out.permute(19, &[]);
    out.renumber();
    out.set_title("t");
    let attribute = |name: &str, value: &str, namespace| ContentAttribute {
        name: name.to_owned(),
        value: value.to_owned(),
        namespace,
    };
    let href = "xlink:href".to_owned();
    let wanted = vec![
        Op::Resync,
        Op::SetText { node: 1, text: "a\"\u{1}é".to_owned() },
        Op::SetAttribute { node: 2, attribute: attribute("id", "x", Namespace::Html) },
        Op::SetAttribute {
            node: 3,
            attribute: attribute("xlink:href", "#", Namespace::SvgOrXLink),
        },
        Op::RemoveAttribute { node: 4, name: "id".to_owned(), namespace: Namespace::Html },
        Op::RemoveAttribute { node: 5, name: href, namespace: Namespace::SvgOrXLink },
        Op::Insert { reference: 6, content: html("<b>") },
        Op::Append { parent: 7, content: html("") },
        Op::Remove { node: 8, last: 8 },
        Op::Remove { node: 9, last: 12 },
        Op::MoveBefore { node: 10, reference: 3, last: 10 },
        Op::MoveBefore { node: 11, reference: 3, last: 4 },
        Op::MoveToEnd { node: 12, parent: 3, last: 12 },
        Op::MoveToEnd { node: 13, parent: 3, last: 15 },
        Op::Replace { node: 14, content: html("x") },
        Op::Clear { node: 15, content: None },
        Op::Clear { node: 16, content: Some(html("y")) },
        Op::SetRawText { node: 17, text: String::new() },
        Op::Permute { node: 18, ranks: vec![2, 0, 1] },
        Op::Permute { node: 19, ranks: Vec::new() },
        Op::Renumber,
        Op::SetTitle { text: "t".to_owned() },
    ];
    assert_eq!(decode(&out.finish()).unwrap(), wanted);
}

fn assert_ops(old: &str, new: &str, wanted: &str) {
    assert_eq!(String::from_utf8(diff(old, new).unwrap()).unwrap(), wanted, "{old}\n{new}");
}

/// A list with a keyed row for each letter, and what stands behind each row.
fn rows(letters: &str, behind: &str) -> String {
    let row = |letter| format!("<li id={letter}>{letter}</li>{behind}");
    format!("<ul>{behind}{}</ul>", letters.chars().map(row).collect::<String>())
}

/// Rows before and after, the ops when they stand close, and when each has a line of its own.
const ROWS: &[(&str, &str, &str, &str)] = &[
    ("abcde", "edcba", r#"[[12,1,[4,3,2,1,0]]]"#, r#"[[12,1,[4,3,2,1,0]]]"#),
    ("abcde", "eabcd", r#"[[7,10,2]]"#, r#"[[7,15,3,2]]"#),
    ("abcde", "bcdea", r#"[[8,2,1]]"#, r#"[[8,3,1,2]]"#),
    ("abcde", "deabc", r#"[[7,8,2,2]]"#, r#"[[7,12,3,5]]"#),
    ("abcd", "abd", r#"[[6,6]]"#, r#"[[6,9,2]]"#),
    ("abc", "abxc", r#"[[4,6,"<li id=x>x</li>"]]"#, r#"[[4,9,"<li id=x>x</li>\n"]]"#),
    (
        "abc",
        "xyz",
        r#"[[10,1,"<li id=x>x</li><li id=y>y</li><li id=z>z</li>"]]"#,
        r#"[[9,9,"<li id=z>z</li>"],[9,6,"<li id=y>y</li>"],[9,3,"<li id=x>x</li>"]]"#,
    ),
    ("abc", "", r#"[[10,1]]"#, r#"[[6,3,8]]"#),
    (
        "",
        "ab",
        r#"[[5,1,"<li id=a>a</li><li id=b>b</li>"]]"#,
        r#"[[5,1,"<li id=a>a</li>\n<li id=b>b</li>\n"]]"#,
    ),
    ("abcdef", "af", r#"[[6,4,6]]"#, r#"[[6,6,11]]"#),
    ("abcdefgh", "hcbedgfa", r#"[[12,1,[7,2,1,4,3,6,5,0]]]"#, r#"[[12,1,[7,2,1,4,3,6,5,0]]]"#),
    (
        "abcdef",
        "bxdaf",
        r#"[[6,10],[7,2,12],[9,6,"<li id=x>x</li>"]]"#,
        r#"[[6,15,2],[7,3,18,2],[9,9,"<li id=x>x</li>"]]"#,
    ),
];

#[test]
fn rows_take_these_ops() {
    for (old, new, close, spaced) in ROWS {
        assert_ops(&rows(old, ""), &rows(new, ""), close);
        assert_ops(&rows(old, "\n"), &rows(new, "\n"), spaced);
    }
}

const PAGES: &[(&str, &str, &str)] = &[
    (r#"<p>a<b>1</b>c<i>2</i>e</p>"#, r#"<p>a<i>2</i>c<b>1</b>e</p>"#, r#"[[7,5,3],[7,6,5]]"#),
    (
        r#"<div><p>one</p><p>two</p><p>three</p></div>"#,
        r#"<div><p>zero</p><p>one</p><p>two</p><p>three</p></div>"#,
        r#"[[4,2,"<p>zero</p>"]]"#,
    ),
    (
        r#"<div><p>one</p><p>one</p><p>two</p></div>"#,
        r#"<div><p>two</p><p>one</p><p>one</p></div>"#,
        r#"[[7,6,2]]"#,
    ),
    (r#"<div>a<hr>b</div>"#, r#"<div>x<hr>y</div>"#, r#"[[1,2,"x"],[1,4,"y"]]"#),
    (
        r#"<div><b>x</b> <i>y</i></div>"#,
        r#"<div><i>y</i> <b>x</b></div>"#,
        r#"[[6,4],[4,2," "],[7,5,7]]"#,
    ),
    (
        r#"<ul><li id=a>a<li>x</ul>"#,
        r#"<ul><li>x<li id=b>b</ul>"#,
        r#"[[6,2],[5,1,"<li id=b>b</li>"]]"#,
    ),
    (r#"<div><p id=a>x</p></div>"#, r#"<div><p>x</p></div>"#, r#"[[3,2,"id"]]"#),
    (
        r#"<div><p class=a>x</p><!--c--></div>"#,
        r#"<div><p class=b title=t>x</p><!--d--></div>"#,
        r#"[[1,4,"d"],[2,2,"class","b"],[2,2,"title","t"]]"#,
    ),
    (r#"<textarea>a</textarea>"#, r#"<textarea>b</textarea>"#, r#"[[11,1,"b"]]"#),
    (r#"<p>a</p>"#, r#"<p></p>"#, r#"[[10,1]]"#),
    (r#"<p></p>"#, r#"<p>a</p>"#, r#"[[5,1,"a"]]"#),
    (r#"<p><b>x</b></p>"#, r#"<p><i>x</i></p>"#, r#"[[9,2,"<i>x</i>"]]"#),
    (
        r#"<div>a<b>1</b>b<b>2</b>c<b>3</b>d</div>"#,
        r#"<div>a<b>3</b>x<b>2</b>c<b>1</b></div>"#,
        r#"[[6,5],[8,3,1],[7,9,6,2],[1,11,"x"]]"#,
    ),
];

#[test]
fn pages_take_these_ops() {
    for (old, new, ops) in PAGES {
        assert_ops(old, new, ops);
    }
}

#[test]
fn what_is_inserted_is_parsed_as_in_the_page_that_the_browser_loaded() {
    for (doctype, old) in [("", "<body><p>x"), ("<!doctype html>", "<body><p>x")] {
        let (old, new) = (format!("{doctype}{old}"), format!("{doctype}<body><p>a<table></table>"));
        let (mut document, mut replica) =
            (Document::new(&old).unwrap(), Replica::new(&old).unwrap());
        replica.apply(&document.update(&new).unwrap()).unwrap();
        assert!(replica.tree().same_page(document.tree()), "{doctype}");
    }
}
