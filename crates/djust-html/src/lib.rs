//! HTML facts that both engines share: escaping, void and raw-text elements.
