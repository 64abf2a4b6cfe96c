//! SVG and MathML inside of HTML.

use html5ever::tokenizer::Tag;
use html5ever::{Attribute, LocalName, local_name, ns};

use super::names::{HTML_POINT, TEXT_POINT};
use super::{Construction, Next, no_namespace, rename};
use crate::parse::dom::{Element, find_attribute};
use crate::parse::tokens::Token;
use crate::tree::Namespace;

/// Names of SVG elements that are not in lower case, in alphabetical order.
const SVG_NAMES: &[&str] = &[
    "altGlyph",
    "altGlyphDef",
    "altGlyphItem",
    "animateColor",
    "animateMotion",
    "animateTransform",
    "clipPath",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feImage",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "foreignObject",
    "glyphRef",
    "linearGradient",
    "radialGradient",
    "textPath",
];

/// Names of SVG attributes that are not in lower case, in alphabetical order.
const SVG_ATTRIBUTES: &[&str] = &[
    "attributeName",
    "attributeType",
    "baseFrequency",
    "baseProfile",
    "calcMode",
    "clipPathUnits",
    "diffuseConstant",
    "edgeMode",
    "filterUnits",
    "glyphRef",
    "gradientTransform",
    "gradientUnits",
    "kernelMatrix",
    "kernelUnitLength",
    "keyPoints",
    "keySplines",
    "keyTimes",
    "lengthAdjust",
    "limitingConeAngle",
    "markerHeight",
    "markerUnits",
    "markerWidth",
    "maskContentUnits",
    "maskUnits",
    "numOctaves",
    "pathLength",
    "patternContentUnits",
    "patternTransform",
    "patternUnits",
    "pointsAtX",
    "pointsAtY",
    "pointsAtZ",
    "preserveAlpha",
    "preserveAspectRatio",
    "primitiveUnits",
    "refX",
    "refY",
    "repeatCount",
    "repeatDur",
    "requiredExtensions",
    "requiredFeatures",
    "specularConstant",
    "specularExponent",
    "spreadMethod",
    "startOffset",
    "stdDeviation",
    "stitchTiles",
    "surfaceScale",
    "systemLanguage",
    "tableValues",
    "targetX",
    "targetY",
    "textLength",
    "viewBox",
    "viewTarget",
    "xChannelSelector",
    "yChannelSelector",
    "zoomAndPan",
];

impl Construction {
    /// Returns whether a token is for the rules below rather than for the insertion mode.
    pub(super) fn uses_foreign_rules(&self, token: &Token) -> bool {
        let Some(element) = self.dom.element(self.adjusted_current()) else { return false };
        if element.namespace == Namespace::Html {
            return false;
        }
        match token {
            Token::Text(_) => element.traits & (TEXT_POINT | HTML_POINT) == 0,
            Token::Start(tag) => {
                let stays = matches!(tag.name, local_name!("mglyph") | local_name!("malignmark"));
                let is_svg = tag.name == local_name!("svg")
                    && element.namespace == Namespace::MathMlOrXml
                    && element.name == local_name!("annotation-xml");
                !(element.traits & HTML_POINT != 0
                    || element.traits & TEXT_POINT != 0 && !stays
                    || is_svg)
            }
            Token::EndOfFile => false,
            Token::Doctype(_) | Token::End(_) | Token::Remark(_) => true,
        }
    }

    pub(super) fn in_foreign_content(&mut self, token: Token) -> Next {
        match token {
            Token::Text(text) => {
                self.note_text(&text);
                self.insert_text(text);
                Next::Done
            }
            Token::Remark(remark) => self.insert_remark(remark),
            Token::Start(tag) if leaves_foreign_content(&tag) => {
                self.leave_foreign_content(Token::Start(tag))
            }
            Token::Start(tag) => {
                let current = self.dom.element(self.adjusted_current());
                let namespace = current.map_or(Namespace::Html, |element| element.namespace);
                self.insert_foreign(tag, namespace);
                Next::Done
            }
            Token::End(Tag { name: local_name!("br") | local_name!("p"), .. }) => {
                self.leave_foreign_content(token)
            }
            Token::End(tag) => self.end_in_foreign_content(tag),
            Token::Doctype(_) | Token::EndOfFile => Next::Done,
        }
    }

    fn leave_foreign_content(&mut self, token: Token) -> Next {
        self.pop_back_to(|element| {
            element.namespace == Namespace::Html || element.traits & (TEXT_POINT | HTML_POINT) != 0
        });
        self.step(self.mode, token)
    }

    fn end_in_foreign_content(&mut self, mut tag: Tag) -> Next {
        // With a foreign context and nothing open inside of it, Chromium goes by the HTML rules.
        let is_html = |element: &Element| element.namespace == Namespace::Html;
        if self.dom.element(self.current()).is_some_and(is_html) {
            return self.step(self.mode, Token::End(tag));
        }
        // Chromium gives the end tag its SVG spelling too, so it closes no HTML element.
        let current = self.dom.element(self.adjusted_current());
        if current.is_some_and(|element| element.namespace == Namespace::SvgOrXLink) {
            if let Some(name) = adjusted(SVG_NAMES, &tag.name) {
                tag.name = LocalName::from(name);
            }
        }
        for position in (1..self.open.len()).rev() {
            let Some(element) = self.dom.element(self.open[position]) else { break };
            let is_current = position + 1 == self.open.len();
            if !is_current && element.namespace == Namespace::Html {
                return self.step(self.mode, Token::End(tag));
            }
            if element.name.eq_ignore_ascii_case(&tag.name) {
                self.open.truncate(position);
                return Next::Done;
            }
        }
        Next::Done
    }

    /// Inserts an SVG or MathML element; one that closes itself does not stay open.
    pub(super) fn insert_foreign(&mut self, mut tag: Tag, namespace: Namespace) {
        if namespace == Namespace::SvgOrXLink {
            if let Some(name) = adjusted(SVG_NAMES, &tag.name) {
                tag.name = LocalName::from(name);
            }
        }
        for attribute in &mut tag.attrs {
            adjust_attribute(attribute, namespace);
        }
        self.insert_element(namespace, tag.name, tag.attrs);
        if tag.self_closing {
            self.pop();
        }
    }
}

fn leaves_foreign_content(tag: &Tag) -> bool {
    match &*tag.name {
        "font" => {
            ["color", "face", "size"].iter().any(|name| find_attribute(&tag.attrs, name).is_some())
        }
        name => matches!(
            name,
            "b" | "big"
                | "blockquote"
                | "body"
                | "br"
                | "center"
                | "code"
                | "dd"
                | "div"
                | "dl"
                | "dt"
                | "em"
                | "embed"
                | "h1"
                | "h2"
                | "h3"
                | "h4"
                | "h5"
                | "h6"
                | "head"
                | "hr"
                | "i"
                | "img"
                | "li"
                | "listing"
                | "menu"
                | "meta"
                | "nobr"
                | "ol"
                | "p"
                | "pre"
                | "ruby"
                | "s"
                | "small"
                | "span"
                | "strong"
                | "strike"
                | "sub"
                | "sup"
                | "table"
                | "tt"
                | "u"
                | "ul"
                | "var"
        ),
    }
}

/// Finds the spelling of a name that the tokenizer made lower case.
fn adjusted(names: &[&'static str], name: &str) -> Option<&'static str> {
    names
        .binary_search_by(|known| {
            known.bytes().map(|byte| byte.to_ascii_lowercase()).cmp(name.bytes())
        })
        .ok()
        .and_then(|position| names.get(position).copied())
}

fn adjust_attribute(attribute: &mut Attribute, namespace: Namespace) {
    let name = attribute.name.local.clone();
    match &*name {
        "definitionurl" if namespace == Namespace::MathMlOrXml => {
            rename(attribute, no_namespace(), "definitionURL");
        }
        "xlink:actuate" | "xlink:arcrole" | "xlink:href" | "xlink:role" | "xlink:show"
        | "xlink:title" | "xlink:type" => rename(attribute, ns!(xlink), &name),
        "xml:lang" | "xml:space" => rename(attribute, ns!(xml), &name),
        "xmlns" | "xmlns:xlink" => rename(attribute, ns!(xmlns), &name),
        _ if namespace == Namespace::SvgOrXLink => {
            if let Some(spelling) = adjusted(SVG_ATTRIBUTES, &name) {
                rename(attribute, no_namespace(), spelling);
            }
        }
        _ => {}
    }
}
