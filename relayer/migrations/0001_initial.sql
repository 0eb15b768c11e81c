-- What this store belongs to: the exchange, and for each chain its genesis and the program or contract.
CREATE TABLE bindings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- An epoch is written before its first proof is begun. Its plan never changes.
CREATE TABLE epochs (
    epoch        INTEGER PRIMARY KEY,
    plan         TEXT    NOT NULL, -- JSON: everything the statement says
    source       BLOB    NOT NULL, -- digest of the snapshot and of what its salts are derived from
    begun_at     INTEGER NOT NULL, -- Unix seconds
    completed_at INTEGER           -- Unix seconds; when both chains were read back
) STRICT;

-- A shard is written when it is proved. Its post never changes: proofs are random, and two of one shard are two posts.
CREATE TABLE shards (
    epoch INTEGER NOT NULL REFERENCES epochs (epoch) ON DELETE CASCADE,
    shard INTEGER NOT NULL,
    post  BLOB    NOT NULL, -- the bytes of section 5 of the specification
    PRIMARY KEY (epoch, shard)
) STRICT;

-- A transaction is written, signed, before it is sent.
CREATE TABLE transactions (
    id         INTEGER PRIMARY KEY,
    chain      TEXT    NOT NULL CHECK (chain IN ('solana', 'evm')),
    purpose    TEXT    NOT NULL,
    epoch      INTEGER,
    shard      INTEGER,
    signer     TEXT    NOT NULL,
    identifier TEXT    NOT NULL UNIQUE, -- signature or hash
    raw        BLOB    NOT NULL,        -- signed bytes, as they are sent
    validity   INTEGER NOT NULL,        -- Solana: last valid block height; EVM: nonce
    state      TEXT    NOT NULL CHECK (state IN ('signed', 'confirmed', 'failed', 'expired')),
    block      INTEGER,                 -- slot or block that holds it
    units      INTEGER,                 -- compute units or gas
    fee        TEXT,                    -- lamports or wei, decimal
    error      TEXT,
    signed_at  INTEGER NOT NULL,        -- Unix seconds
    settled_at INTEGER                  -- Unix seconds
) STRICT;

CREATE INDEX transactions_in_flight ON transactions (chain, state) WHERE state = 'signed';
