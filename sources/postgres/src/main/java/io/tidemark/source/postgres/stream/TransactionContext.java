package io.tidemark.source.postgres.stream;

/** What all rows of the transaction that is being delivered have in common, and the order of the next one. Reused. */
final class TransactionContext {
    private long position;
    private long xid;
    private long commitMicros;
    private long nextSequence;

    void begin(long newPosition, int newXid, long newCommitMicros) {
        position = newPosition;
        xid = newXid & 0xFFFFFFFFL;
        commitMicros = newCommitMicros;
        nextSequence = 0;
    }

    /** Start of the commit record. */
    long position() {
        return position;
    }

    long xid() {
        return xid;
    }

    /** Microseconds since 1970. */
    long commitMicros() {
        return commitMicros;
    }

    /** The order that the next event gets. */
    long sequence() {
        return nextSequence;
    }

    /** Takes orders back whose events were not delivered. */
    void rewind(long sequence) {
        nextSequence = sequence;
    }

    long takeSequence() {
        return nextSequence++;
    }
}
