package io.tidemark.source.postgres.slot;

/** Which servers a slot is on. */
public enum SlotKind {
    /** The server that it was made on. */
    LOCAL,
    /** Also its standbys that synchronize slots, from PostgreSQL 17 on; older servers take it for a local one. */
    FAILOVER
}
