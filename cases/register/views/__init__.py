"""The pages of the register: children, suspicions, and the ways off the ledger."""
