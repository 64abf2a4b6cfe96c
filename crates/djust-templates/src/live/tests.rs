//! Plans of small templates, written as outlines.

use super::plan::{Attributes, Children, Item, NodeRef, Piece};
use super::{Custom, Plan, Templates, outline, plan_of};
use crate::parser::testing::compile;
use crate::program::{BodyId, CustomId, ExprId, Node, NodeKind, Program};
use proptest::prelude::*;

struct One(Program);

impl Templates for One {
    fn program(&self, _template: u32) -> Option<&Program> {
        Some(&self.0)
    }

    fn block(&self, template: u32, block: u32) -> Option<(u32, BodyId)> {
        Some((template, self.0.blocks.get(block as usize)?.body))
    }

    fn include(&self, _template: u32, _name: ExprId) -> Option<u32> {
        None
    }

    fn custom(&self, _template: u32, _tag: CustomId) -> Custom {
        Custom::Prints
    }
}

fn lines(source: &str) -> Vec<String> {
    let templates = One(compile(source).unwrap());
    let plan = plan_of(&templates);
    outline(&plan)
        .into_iter()
        .map(|line| {
            let reason = line.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            format!("{}{} {}{reason}", "  ".repeat(line.depth), line.kind.name(), line.place)
        })
        .collect()
}

#[test]
fn every_hole_knows_its_place() {
    let source = "<p class=\"a {{ b }}\" title='{{ c }}'>Hello {{ d }}<!-- {{ e }} --></p>\
                  <textarea>{% if x %}{{ f }}{% endif %} </textarea>";
    assert_eq!(
        lines(&source.replace("{% if x %}{{ f }}", " {% if x %}{{ f }}")),
        ["attribute p@class", "attribute p@title", "text p", "comment p", "raw text textarea"]
    );
}

#[test]
fn a_loop_of_whole_rows_is_a_block() {
    let source = "<table><tbody>\n{% for r in rows %}\n<tr dj-key=\"{{ r.id }}\"><td>{{ r.name }}\
                  </td></tr>\n{% empty %}<tr><td>none</td></tr>{% endfor %}</tbody></table>";
    assert_eq!(lines(source), ["block tbody", "  attribute tr@dj-key", "  text td"]);
}

#[test]
fn a_block_of_text_is_part_of_the_text() {
    assert_eq!(lines("<p>{% if a %}b{{ c }}{% else %}d{% endif %}</p>"), ["text p"]);
}

#[test]
fn a_tag_among_attributes_decides_which_there_are() {
    assert_eq!(
        lines("<input {% if a %}checked{% endif %}><a href={{ b }}>c</a>"),
        ["attributes input", "attributes a"]
    );
}

#[test]
fn a_tag_that_prints_whole_attributes_is_harmless() {
    assert_eq!(
        lines("<form {% if u %}action=\"{{ u }}\" {% endif %}method=\"post\">{{ a }}</form>"),
        ["attributes form", "text form"]
    );
}

#[test]
fn a_tag_inside_a_value_stays_in_the_value() {
    assert_eq!(lines("<p class=\"a{% if b %} c{% endif %}\">d</p>"), ["attribute p@class"]);
}

#[test]
fn half_open_tags_make_the_element_around_them_textual() {
    let source =
        "<main><div>{% if a %}<b>{% endif %}c{% if a %}</b>{% endif %}</div>{{ d }}</main>";
    assert_eq!(lines(source), ["textual div: a branch leaves <b> open", "text main"]);
}

#[test]
fn branches_that_open_the_same_element_keep_the_damage_small() {
    let source = "<main><section>{% if a %}<div class=\"x\">{% else %}<div>{% endif %}{{ b }}</div>\
                  </section><p>{{ c }}</p></main>";
    assert_eq!(lines(source), ["textual section: a branch leaves <div> open", "text p"]);
}

#[test]
fn what_the_browser_would_move_is_textual() {
    assert_eq!(
        lines("<div><table><tr><td>{{ a }}</td></tr></table>{{ b }}</div>"),
        ["textual table: the browser does not keep <tr> inside <table>", "text div"]
    );
    assert_eq!(
        lines("<main><div><p>{{ a }}<div>b</div></p></div>{{ c }}</main>"),
        ["textual div: the browser does not keep <div> inside <p>", "text main"]
    );
    assert_eq!(
        lines("<main><table><tbody>{{ a }}</tbody></table></main>"),
        ["textual main: the browser moves text out of <tbody>"]
    );
}

#[test]
fn omitted_end_tags_are_textual() {
    assert_eq!(
        lines("<ul><li>{{ a }}<li>b</ul>"),
        ["textual ul: the browser does not keep <li> inside <li>"]
    );
    assert_eq!(
        lines("<ul><li>{{ a }}</ul>"),
        ["textual ul: </ul> closes elements that are still open"]
    );
}

#[test]
fn a_dynamic_name_makes_its_parent_textual() {
    assert_eq!(
        lines("<div><h{{ n }}>a</h{{ n }}></div><p>{{ b }}</p>"),
        ["textual div: a value decides the name of an element", "text p"]
    );
}

#[test]
fn a_body_that_ends_inside_a_tag_makes_everything_textual() {
    let source = "<div>{% if a %}<p class=\"b\"{% else %}<p{% endif %}>c</p></div>";
    assert_eq!(lines(source), ["textual : a tag starts or ends in the middle of markup"]);
}

#[test]
fn foreign_elements_close_themselves() {
    assert_eq!(
        lines("<svg><path d=\"{{ a }}\"/><g><circle r=\"{{ b }}\"/></g></svg>{{ c }}"),
        ["attribute path@d", "attribute circle@r", "text "]
    );
    assert_eq!(
        lines("<main><svg><g><div>{{ a }}</div></g></svg></main>"),
        ["textual main: the browser does not keep <div> inside <svg>"]
    );
}

#[test]
fn a_whole_page_is_planned() {
    let source = "<!doctype html>\n<html lang=\"{{ l }}\">\n<head>\n<title>{{ t }}</title>\n</head>\n\
                  <body class=\"{{ c }}\">\n<p>{{ a }}</p>\n</body>\n</html>\n";
    assert_eq!(
        lines(source),
        ["attribute html@lang", "raw text title", "attribute body@class", "text p"]
    );
}

#[test]
fn a_head_that_prints_tags_is_textual_and_the_body_is_not() {
    let source = "<html><head>{{ scripts }}<title>a</title></head><body>{{ b }}</body></html>";
    assert_eq!(lines(source), ["textual head: the browser moves text out of <head>", "text body"]);
}

#[test]
fn script_text_holds_holes_and_ends_where_it_ends() {
    assert_eq!(
        lines("<script>if (a < b) { x = '{{ c }}' }</script><p>{{ d }}</p>"),
        ["raw text script", "text p"]
    );
}

/// The nodes that a plan mentions.
fn mentioned(plan: &Plan) -> Vec<NodeRef> {
    fn pieces(pieces: &[Piece], found: &mut Vec<NodeRef>) {
        for piece in pieces {
            if let Piece::Node(node) = piece {
                found.push(*node);
            }
        }
    }
    fn children(inside: &Children, found: &mut Vec<NodeRef>) {
        match inside {
            Children::Items(items) => items.iter().for_each(|item| add(item, found)),
            Children::Textual(region) => pieces(&region.pieces, found),
        }
    }
    fn add(item: &Item, found: &mut Vec<NodeRef>) {
        match item {
            Item::Text(text) | Item::Comment(text, _) => pieces(text, found),
            Item::Doctype(_) => {}
            Item::Silent(node) => found.push(*node),
            Item::Block(block) => {
                found.push(block.node);
                block.bodies.iter().flatten().for_each(|item| add(item, found));
            }
            Item::Element(element) => {
                match &element.attributes {
                    Attributes::Known(known) => {
                        known.iter().for_each(|attribute| pieces(&attribute.value, found));
                    }
                    Attributes::Textual(text) => pieces(text, found),
                }
                children(&element.children, found);
            }
        }
    }
    let mut found = Vec::new();
    children(&plan.top, &mut found);
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]
    #[test]
    fn every_node_at_the_top_is_in_the_plan_once(
        source in r#"(<|>|/|"|'|=| |\n|!--|-->|<p>|</p>|<table>|<tr>|</table>|<li|div|a|b|<script>|</script>|<svg>|<i x="|\{\{ h \}\}|\{% if c %\}|\{% else %\}|\{% endif %\}){0,40}"#
    ) {
        if let Ok(program) = compile(&source) {
            let nodes = program.body(program.root.unwrap());
            let texts = |node: &&Node| !matches!(node.kind, NodeKind::Text(_));
            let expected = nodes.iter().filter(texts).count();
            let root = program.root.unwrap();
            let templates = One(program);
            let found = mentioned(&plan_of(&templates));
            let mut top: Vec<_> = found.iter().filter(|n| n.body == root).map(|n| n.index).collect();
            top.sort_unstable();
            prop_assert_eq!(top.len(), expected, "{:?}", top);
            top.dedup();
            prop_assert_eq!(top.len(), expected);
        }
    }
}
