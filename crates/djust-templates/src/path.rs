//! Template names that are relative to the template that mentions them.

use crate::error::Error;

fn dirname(path: &str) -> &str {
    path.rfind('/').map_or("", |at| &path[..at])
}

/// `posixpath.normpath` of Python.
fn normalize(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// The full name that `name` (perhaps quoted) means in the template `current`.
///
/// # Errors
///
/// The name leads out of the templates, to itself where `recursion` is not allowed, or is
/// relative in a template without a name.
pub fn resolve(current: Option<&str>, name: &str, recursion: bool) -> Result<String, Error> {
    let bare = name.trim_matches(['\'', '"']);
    if !(bare.starts_with("./") || bare.starts_with("../")) {
        return Ok(name.to_owned());
    }
    let current = current
        .ok_or_else(|| Error::syntax("A relative path in a template without a name."))?
        .trim_start_matches('/');
    let directory = dirname(current);
    let joined = if directory.is_empty() { bare.to_owned() } else { format!("{directory}/{bare}") };
    let full = normalize(&joined);
    if full.starts_with("../") {
        return Err(Error::syntax(format!(
            "The relative path '{name}' points outside the file hierarchy that template '{current}' is in."
        )));
    }
    if !recursion && current == full {
        return Err(Error::syntax(format!(
            "The relative path '{name}' was translated to template name '{full}', the same template in which the tag appears."
        )));
    }
    let quoted = name.len() > 1
        && name.starts_with(['"', '\''])
        && name.chars().next() == name.chars().next_back();
    Ok(if quoted { format!("\"{full}\"") } else { full })
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn relative_names_start_at_the_template() {
        assert_eq!(resolve(Some("a/b.html"), "\"./c.html\"", false).as_deref(), Ok("\"a/c.html\""));
        assert_eq!(resolve(Some("a/b.html"), "'../c.html'", false).as_deref(), Ok("\"c.html\""));
        assert_eq!(resolve(Some("a/b.html"), "'c.html'", false).as_deref(), Ok("'c.html'"));
    }

    #[test]
    fn names_outside_or_to_itself_are_refused() {
        assert!(resolve(Some("b.html"), "'../c.html'", false).is_err());
        assert!(resolve(Some("a/b.html"), "'./b.html'", false).is_err());
        assert!(resolve(Some("a/b.html"), "'./b.html'", true).is_ok());
        assert!(resolve(None, "'./b.html'", true).is_err());
    }
}
