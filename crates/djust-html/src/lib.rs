//! HTML facts that both engines share: escaping, void and raw-text elements, white space.
//!
//! The template engine and the differ must agree on these to the byte, so they live here once.

mod elements;
mod escape;

pub use elements::{is_html_space, is_raw_text_element, is_rcdata_element, is_void_element};
pub use escape::{escape_attribute, escape_django, escape_text};
