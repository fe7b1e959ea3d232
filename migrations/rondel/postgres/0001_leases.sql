-- Leadership leases. `epoch` rises with every change of holder: a write guarded by an old epoch is refused.
CREATE TABLE rondel.leases (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
