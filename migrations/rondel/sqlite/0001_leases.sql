-- Leadership leases. `epoch` rises with every change of holder: a write guarded by an old epoch is refused.
CREATE TABLE rondel_leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
