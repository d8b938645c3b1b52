"""Signing in with an office's own account (OpenID Connect), where `DIR/oidc.toml` says so."""
