//! The Django template language, compiled to a flat program and rendered.
