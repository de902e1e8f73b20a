"""Why someone may look, who decides it, and the proof that they did: cases, authority, the audit log."""
