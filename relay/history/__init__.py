"""What happened, provable: the audit list, the chain's verification, an alarm's whole life, the nightly counts."""
