//! Where ops apply: the root of a page, and the blocks and elements around it.

use djust_html::is_html_space;
use djust_templates::live::Templates;
use djust_templates::live::plan::{Attributes, Block, Children, Element, Item, Piece, Plan, Span};
use djust_templates::program::{BodyId, NodeKind};

use crate::Unsayable;
use crate::compile::{Compiler, Draft, has_attribute, is_island};
use crate::hash::Hasher;
use crate::shape::{FlowKind, KeyShape, Place, Root, Shape};
use crate::tape::{Marks, NodeMark};

/// The blocks and the elements around the root.
#[derive(Default)]
struct Way<'p> {
    blocks: Vec<&'p Block>,
    path: Vec<Box<str>>,
}

impl Shape {
    /// Compiles the plan of template number 0.
    ///
    /// # Errors
    ///
    /// [`Unsayable`] when no element can be the root of a live page.
    pub fn of<T: Templates>(templates: &T, plan: &Plan) -> Result<Self, Unsayable> {
        let Children::Items(items) = &plan.top else {
            return Err(Unsayable("the page as a whole has no plan"));
        };
        let root = templates.program(0).and_then(|program| program.root);
        let id = root.ok_or(Unsayable("the template is empty"))?;
        let shape = Self {
            marks: Marks::default(),
            units: Vec::new(),
            flows: Vec::new(),
            bodies: Vec::new(),
            loops: Vec::new(),
            root: Root::Fragment { flow: 0 },
            way: [].into(),
            path: [].into(),
            statics: 0,
        };
        let mut compiler = Compiler { templates, shape, path: Vec::new(), depth: 0 };
        compiler.page(id, items)?;
        Ok(compiler.shape)
    }
}

fn is_blank_text(item: &Item) -> bool {
    let blank = |piece: &Piece| match piece {
        Piece::Text(text) => is_html_space(text),
        Piece::Node(_) => false,
    };
    matches!(item, Item::Text(pieces) if pieces.iter().all(blank))
}

impl<T: Templates> Compiler<'_, T> {
    fn page(&mut self, id: BodyId, items: &[Item]) -> Result<(), Unsayable> {
        self.shape.statics = self.statics();
        let first = items.iter().find(|item| !is_blank_text(item));
        let has_doctype = match first {
            Some(Item::Doctype(span)) => {
                let text = self.literal(0, id, *span);
                if !text.is_some_and(|text| text.eq_ignore_ascii_case("<!doctype html>")) {
                    return Err(Unsayable("the page is in quirks mode"));
                }
                true
            }
            _ => false,
        };
        let is_page = |item: &Item| matches!(item, Item::Element(element) if matches!(&*element.name, "html" | "head" | "body"));
        if !has_doctype && items.iter().any(is_page) {
            return Err(Unsayable("the page is in quirks mode"));
        }
        if self.occurrences("dj-update") > self.occurrences("dj-update=\"ignore\"") {
            return Err(Unsayable("an element keeps the children it had"));
        }
        let marked = self.occurrences("dj-root");
        if marked > 1 {
            return Err(Unsayable("more than one element may be the root"));
        }
        if marked == 1 {
            let mut way = Way::default();
            let element = self.find_marked(items, &mut way);
            let element = element.ok_or(Unsayable("the root is not always there"))?;
            return self.root_element(id, way, element, "");
        }
        if has_doctype {
            let (body, tail) = self.find_body(id, items)?;
            let way = Way { blocks: Vec::new(), path: vec!["html".into()] };
            return self.root_element(id, way, body, &tail);
        }
        self.root_fragment(id, items)
    }

    /// All literal text as one number.
    fn statics(&self) -> u64 {
        let hasher = Hasher::new(0);
        let mut hash = 0;
        for template in 0.. {
            let Some(program) = self.templates.program(template) else { return hash };
            for node in program.bodies.iter().flatten() {
                if let NodeKind::Text(text) = &node.kind {
                    hash = hasher.join(hash, hasher.text(text.as_bytes()));
                }
            }
        }
        hash
    }

    /// How often `word` stands in the literal text of all templates.
    fn occurrences(&self, word: &str) -> usize {
        let mut count = 0;
        for template in 0.. {
            let Some(program) = self.templates.program(template) else { break };
            for node in program.bodies.iter().flatten() {
                if let NodeKind::Text(text) = &node.kind {
                    count += text.matches(word).count();
                }
            }
        }
        count
    }

    /// Is the block's only body shown exactly once?
    fn is_once(&self, block: &Block) -> bool {
        block.bodies.len() == 1
            && matches!(
                self.node(block.node),
                Some(
                    NodeKind::Block(_)
                        | NodeKind::Include(_)
                        | NodeKind::With(..)
                        | NodeKind::Autoescape(..)
                        | NodeKind::Custom(_)
                )
            )
    }

    fn find_marked<'p>(&self, items: &'p [Item], way: &mut Way<'p>) -> Option<&'p Element> {
        for item in items {
            match item {
                Item::Element(element) => {
                    if matches!(element.attributes, Attributes::Known(_))
                        && has_attribute(element, "dj-root")
                    {
                        return Some(element);
                    }
                    if let Children::Items(inner) = &element.children {
                        way.path.push(element.name.clone());
                        if let Some(found) = self.find_marked(inner, way) {
                            return Some(found);
                        }
                        way.path.pop();
                    }
                }
                Item::Block(block) if self.is_once(block) => {
                    way.blocks.push(block);
                    let inner = block.bodies.first();
                    if let Some(found) = inner.and_then(|inner| self.find_marked(inner, way)) {
                        return Some(found);
                    }
                    way.blocks.pop();
                }
                _ => {}
            }
        }
        None
    }

    /// The body of a document, and the white space that the parser moves into it.
    fn find_body<'p>(
        &self,
        id: BodyId,
        items: &'p [Item],
    ) -> Result<(&'p Element, String), Unsayable> {
        let named = |items: &'p [Item], name: &str| {
            let found = items.iter().position(
                |item| matches!(item, Item::Element(element) if &*element.name == name),
            )?;
            match items.get(found)? {
                Item::Element(element) => Some((found, element)),
                _ => None,
            }
        };
        let (at, html) = named(items, "html").ok_or(Unsayable("there is no html element"))?;
        let Children::Items(inner) = &html.children else {
            return Err(Unsayable("the html element has no plan"));
        };
        let (place, body) = named(inner, "body").ok_or(Unsayable("there is no body element"))?;
        let mut tail = String::new();
        let after = inner.get(place + 1..).unwrap_or_default();
        for item in after.iter().chain(items.get(at + 1..).unwrap_or_default()) {
            if !is_blank_text(item) {
                return Err(Unsayable("something follows the body"));
            }
            if let Item::Text(pieces) = item {
                for piece in pieces {
                    if let Piece::Text(text) = piece {
                        tail.push_str(text);
                    }
                }
            }
        }
        if self.literal(0, id, Span { start: body.inside.end, end: usize::MAX }).is_none() {
            return Err(Unsayable("something follows the body"));
        }
        Ok((body, tail))
    }

    fn root_element(
        &mut self,
        id: BodyId,
        way: Way<'_>,
        element: &Element,
        tail: &str,
    ) -> Result<(), Unsayable> {
        let Way { blocks, path } = way;
        self.shape.path = path.iter().chain([&element.name]).cloned().collect();
        self.path = path;
        let (mut template, mut id) = (0, id);
        let mut words = Vec::new();
        for block in blocks {
            let body = self.begin(template, id, &[block]);
            let nodes = self.shape.marks.bodies.get(body.marks as usize).map(|marks| &marks.nodes);
            let word = nodes.into_iter().flatten().find_map(|mark| match mark {
                NodeMark::Block { word, .. } => Some(*word),
                _ => None,
            });
            words.push(word.ok_or(Unsayable("the way to the root is lost"))?);
            let next =
                block.shown.first().copied().ok_or(Unsayable("the way to the root is lost"))?;
            // The next round lays out this body.
            let number = self.shape.marks.bodies.len() as u32;
            self.show(body, block, vec![number].into());
            (template, id) = next;
        }
        if is_island(element) {
            return Err(Unsayable("the root has no plan"));
        }
        let mut found = Vec::new();
        self.collect(std::slice::from_ref(element), &mut found);
        let body = self.begin(template, id, &found);
        self.blocks(body, &found);
        let mut draft = Draft::default();
        self.element(body, element, &mut draft, tail)?;
        let unit = self.add(body, element, draft, KeyShape::None, None);
        self.shape.root = Root::Element { unit };
        self.shape.way = words.into();
        Ok(())
    }

    fn root_fragment(&mut self, id: BodyId, items: &[Item]) -> Result<(), Unsayable> {
        let mut found = Vec::new();
        self.collect_items(items, &mut found);
        let body = self.begin(0, id, &found);
        self.blocks(body, &found);
        let flow = self.flow(body, Place::WHOLE, items, FlowKind::Content, "")?;
        self.shape.root = Root::Fragment { flow };
        Ok(())
    }
}
