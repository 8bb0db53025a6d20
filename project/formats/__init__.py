"""How dates are written, where a language of ours wants it otherwise than Django."""
