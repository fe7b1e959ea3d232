//! Code servers: processes, connections, snapshots, reload.
