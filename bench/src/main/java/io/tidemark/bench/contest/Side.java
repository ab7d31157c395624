package io.tidemark.bench.contest;

/** What a contender is. */
public enum Side {
    /** The least that the work can take: bytes are read and thrown away. */
    LIMIT,
    TIDEMARK,
    /** What a user would otherwise run. */
    PEER
}
