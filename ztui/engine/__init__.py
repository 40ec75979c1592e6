"""What ztui does, without a terminal: open, propose, check, plan, send, recover, explain, mend."""
