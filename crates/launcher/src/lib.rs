//! Run launchers: starting, resuming, stopping and checking run workers.
