//! The tags of the language, one function each.

mod arguments;
mod blocks;
mod values;

pub use arguments::take_bindings;

use crate::error::Error;
use crate::parser::{Host, Parser};
use crate::program::NodeKind;

macro_rules! builtins {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// A tag that the compiler knows itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Builtin {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Builtin {
            /// Every tag, with the name that the language gives it.
            pub const ALL: &'static [(&'static str, Builtin)] = &[$(($name, Builtin::$variant)),*];
        }
    };
}

builtins! {
    Autoescape = "autoescape", Block = "block", Comment = "comment", CsrfToken = "csrf_token",
    Cycle = "cycle", Extends = "extends", Filter = "filter", FirstOf = "firstof", For = "for",
    If = "if", IfChanged = "ifchanged", Include = "include", Now = "now", Regroup = "regroup",
    ResetCycle = "resetcycle", Spaceless = "spaceless", TemplateTag = "templatetag", Url = "url",
    Verbatim = "verbatim", WidthRatio = "widthratio", With = "with",
}

impl Builtin {
    /// The tag with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, builtin)| *builtin)
    }
}

/// Compiles the tag whose token was just taken. `None` means that it shows nothing.
///
/// # Errors
///
/// The tag or what is inside it is wrong.
pub(crate) fn compile<H: Host>(
    builtin: Builtin,
    parser: &mut Parser,
    token: u32,
    host: &mut H,
) -> Result<Option<NodeKind>, Error> {
    let contents = parser.contents(token).to_owned();
    match builtin {
        Builtin::Autoescape => blocks::autoescape(parser, &contents, host).map(Some),
        Builtin::Block => blocks::block(parser, &contents, host).map(Some),
        Builtin::Comment => parser.skip_past("endcomment").map(|()| None),
        Builtin::CsrfToken => Ok(Some(NodeKind::CsrfToken)),
        Builtin::Cycle => values::cycle(parser, &contents, host).map(Some),
        Builtin::Extends => blocks::extends(parser, &contents, host).map(Some),
        Builtin::Filter => blocks::filter(parser, &contents, host).map(Some),
        Builtin::FirstOf => values::first_of(parser, &contents, host).map(Some),
        Builtin::For => blocks::for_loop(parser, &contents, host).map(Some),
        Builtin::If => blocks::if_else(parser, &contents, host).map(Some),
        Builtin::IfChanged => blocks::if_changed(parser, &contents, host).map(Some),
        Builtin::Include => values::include(parser, &contents, host).map(Some),
        Builtin::Now => values::now(parser, &contents).map(Some),
        Builtin::Regroup => values::regroup(parser, &contents, host).map(Some),
        Builtin::ResetCycle => values::reset_cycle(parser, &contents).map(Some),
        Builtin::Spaceless => blocks::spaceless(parser, host).map(Some),
        Builtin::TemplateTag => values::template_tag(&contents).map(Some),
        Builtin::Url => values::url(parser, &contents, host).map(Some),
        Builtin::Verbatim => blocks::verbatim(parser, host).map(Some),
        Builtin::WidthRatio => values::width_ratio(parser, &contents, host).map(Some),
        Builtin::With => blocks::with(parser, &contents, host).map(Some),
    }
}
