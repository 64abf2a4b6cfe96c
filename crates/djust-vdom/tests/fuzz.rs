//! Parser, differ and op decoder on text that means harm, for as long as they are told to run.
//!
//! `DJUST_FUZZ_SECONDS=600 cargo test --release -p djust-vdom --test fuzz -- --ignored`

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed unwrap is a failed test")]

use std::time::{Duration, Instant};

use djust_vdom::{Context, Document, ErrorKind, Namespace, Replica, Tree, decode};

const PIECES: &[&str] = &[
    "<",
    ">",
    "</",
    "/>",
    "<!--",
    "-->",
    "--!>",
    "<!",
    "<!doctype html>",
    "<?",
    "?>",
    "<![CDATA[",
    "]]>",
    "&",
    "&#",
    "&#x",
    ";",
    "&amp;",
    "&lt",
    "&NotEqualTilde;",
    "\0",
    "\r",
    "\r\n",
    "\n",
    "\u{c}",
    "\t",
    " ",
    "\"",
    "'",
    "=",
    "é",
    "😀",
    "\u{feff}",
    "\u{fffd}",
    "a",
    "b",
    "0",
    "dj-key",
    "id",
    "class",
    "dj-ignore",
    "dj-update=append",
    "dj-update=ignore",
    "dj-root",
    "dj-ignore-attrs=*",
    "xlink:href",
    "encoding=text/html",
    "shadowrootmode=open",
    "type=hidden",
    "color=red",
];

const NAMES: &[&str] = &[
    "a",
    "b",
    "p",
    "div",
    "table",
    "tbody",
    "tr",
    "td",
    "caption",
    "colgroup",
    "col",
    "select",
    "option",
    "button",
    "form",
    "input",
    "textarea",
    "title",
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "foreignObject",
    "desc",
    "math",
    "mi",
    "annotation-xml",
    "mglyph",
    "html",
    "head",
    "body",
    "frameset",
    "frame",
    "li",
    "ul",
    "dd",
    "nobr",
    "applet",
    "plaintext",
    "iframe",
    "pre",
    "ruby",
    "rt",
    "h1",
    "br",
    "image",
    "isindex",
    "selectedcontent",
    "x-y",
];

const OPS: &[&str] = &[
    "[",
    "]",
    ",",
    "\"",
    "\\",
    "\\u",
    "d800",
    "0",
    "1",
    "2",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    "10",
    "11",
    "12",
    "13",
    "14",
    "-",
    "99999999999",
    "null",
    "{",
    "}",
    "\"a\"",
    "\"<p>x\"",
    "[0]",
    "[13]",
    "[[\"p\",[],[]]]",
    "[6,1]",
    "[1,2,\"x\"]",
    "[12,0,[1,0]]",
    "[7,1,2,3]",
    " ",
    "\n",
    "é",
];

/// xorshift: the same numbers for the same seed, and no dependency.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    fn html(&mut self) -> String {
        let mut out = String::new();
        for _ in 0..self.below(60) {
            match self.below(10) {
                0..4 => out.push_str(&format!("<{}>", self.pick(NAMES))),
                4..6 => out.push_str(&format!("</{}>", self.pick(NAMES))),
                6 => out.push_str(&format!("<{} {}>", self.pick(NAMES), self.pick(PIECES))),
                _ => out.push_str(self.pick(PIECES)),
            }
        }
        out
    }

    /// Cuts, doubles and swaps parts of a text.
    fn mutate(&mut self, text: &str) -> String {
        let characters: Vec<char> = text.chars().collect();
        let mut out = String::new();
        let cut = |numbers: &mut Self| numbers.below(characters.len() + 1);
        for _ in 0..self.below(4) {
            let (from, to) = (cut(self), cut(self));
            out.extend(&characters[from.min(to)..from.max(to)]);
            if self.below(2) == 0 {
                out.push_str(self.pick(PIECES));
            }
        }
        out
    }

    fn ops(&mut self) -> String {
        let mut out = String::from("[");
        for _ in 0..self.below(24) {
            out.push_str(self.pick(OPS));
        }
        if self.below(2) == 0 {
            out.push(']');
        }
        out
    }
}

fn until(seconds: u64, mut round: impl FnMut(&mut Numbers)) {
    let end = Instant::now() + Duration::from_secs(seconds);
    let seed = std::env::var("DJUST_FUZZ_SEED").ok().and_then(|text| text.parse().ok());
    let mut numbers = Numbers(seed.unwrap_or(0x9e37_79b9_7f4a_7c15));
    while Instant::now() < end {
        for _ in 0..64 {
            round(&mut numbers);
        }
    }
}

fn seconds() -> u64 {
    std::env::var("DJUST_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

fn parser_round(numbers: &mut Numbers) {
    let html = numbers.html();
    let tree = Tree::parse(&html).unwrap();
    assert!(tree.count() >= 1);
    let name = numbers.pick(NAMES);
    let namespace =
        [Namespace::Html, Namespace::SvgOrXLink, Namespace::MathMlOrXml][numbers.below(3)];
    let context = Context { namespace, name, quirks: numbers.below(2) == 0 };
    Tree::parse_fragment(&html, context).unwrap();
}

fn differ_round(numbers: &mut Numbers) {
    let mut page = numbers.html();
    let mut document = Document::new(&page).unwrap();
    let mut replica = Replica::new(&page).unwrap();
    for _ in 0..3 {
        page = if numbers.below(3) == 0 { numbers.html() } else { numbers.mutate(&page) };
        match document.update(&page) {
            Ok(ops) if ops == b"[[0]]" => return,
            Ok(ops) => {
                let shown = String::from_utf8_lossy(&ops).into_owned();
                if let Err(error) = replica.apply(&ops) {
                    panic!("{error}: {page:?} by {shown}");
                }
            }
            Err(error) if error.kind() == ErrorKind::RootChanged => return,
            Err(error) => panic!("{error}: {page:?}"),
        }
        // What another script may have changed meanwhile is not ours to compare.
        if !page.contains("dj-ignore-attrs") && !document.html().contains("dj-ignore-attrs") {
            assert_eq!(replica.count(), document.node_count(), "{page:?}");
            assert_eq!(replica.tree().structure_hash(), document.structure_hash(), "{page:?}");
        }
    }
}

fn decoder_round(numbers: &mut Numbers) {
    let ops = numbers.ops();
    let _ = decode(ops.as_bytes());
    let mut replica =
        Replica::new("<ul><li id=a>1</li> <li id=b>2</li></ul><p>x<!--y--></p>").unwrap();
    let _ = replica.apply(ops.as_bytes());
    assert!(replica.tree().count() >= 1);
}

#[test]
fn a_second_of_everything() {
    until(1, parser_round);
    until(1, differ_round);
    until(1, decoder_round);
}

#[test]
#[ignore = "runs for DJUST_FUZZ_SECONDS"]
fn fuzz_parser() {
    until(seconds(), parser_round);
}

#[test]
#[ignore = "runs for DJUST_FUZZ_SECONDS"]
fn fuzz_differ() {
    until(seconds(), differ_round);
}

#[test]
#[ignore = "runs for DJUST_FUZZ_SECONDS"]
fn fuzz_decoder() {
    until(seconds(), decoder_round);
}
