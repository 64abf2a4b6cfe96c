"""Live views for Django: server-side state, WebSocket events, minimal patches."""
