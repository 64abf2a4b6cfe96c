use crate::tree::Tree;

#[test]
fn a_fragment_is_what_inner_html_gives() {
    let tree = Tree::parse("<p>a<p>b").unwrap();
    assert_eq!(tree.html(), "<p>a</p><p>b</p>");
    assert_eq!(tree.count(), 5);
}
