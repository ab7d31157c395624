package io.tidemark.source.postgres.stream;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.source.ChangeSink;

/**
 * Decodes {@code pgoutput} messages of protocol versions 1 to 4 without two-phase commit (PostgreSQL manual, "Logical Replication Message
 * Formats") and hands whole transactions to a sink in commit order: rows of transactions that the server sends at their commit at once, those
 * streamed in progress when their commit comes. For one thread; after an error it is of no more use.
 */
final class PgOutputDecoder {
    /** Microseconds from 1970-01-01 to 2000-01-01, where Postgres counts from. */
    private static final long EPOCH_MICROS = 946_684_800_000_000L;

    private final InProgressTransactions inProgress;
    private final RowMessages rows;
    private final MessageReader in = new MessageReader();
    private final MessageReader replayed = new MessageReader();
    private State state = State.BETWEEN;
    private long deliveredEnd;

    private enum State {
        BETWEEN,
        IN_TRANSACTION,
        IN_BLOCK
    }

    PgOutputDecoder(Relations relations, InProgressTransactions inProgress) {
        this.rows = new RowMessages(relations);
        this.inProgress = inProgress;
    }

    /** Rows, markers and rejected rows handed on so far. */
    long events() {
        return rows.events();
    }

    /** Whether a transaction has begun to be handed on and has not ended. */
    boolean isInTransaction() {
        return state == State.IN_TRANSACTION;
    }

    /** Whether the messages so far end in the middle: of a transaction, or of a block of one that is in progress. */
    boolean isInside() {
        return state != State.BETWEEN;
    }

    /** End of the newest commit record handed on; 0 when there is none. */
    long deliveredEnd() {
        return deliveredEnd;
    }

    /**
     * Decodes a message.
     *
     * @param lsn where the message says it is in the log, for errors
     * @throws io.tidemark.spi.error.TidemarkException {@code SOURCE_PROTOCOL} for anything that is no message or comes out of order
     */
    void decode(byte[] buffer, int offset, int length, long lsn, ChangeSink sink) {
        in.reset(buffer, offset, length, lsn);
        int type = in.int8();
        if (RowMessages.takes(type)) {
            decodeInside(type, buffer, offset, length, sink);
            return;
        }
        switch (type) {
            case 'B' -> begin();
            case 'C' -> commit(sink);
            case 'S' -> startBlock();
            case 'E' -> endBlock();
            case 'c' -> commitStreamed(sink);
            case 'A' -> abortStreamed();
            case 'O' -> skipOrigin();
            case 'b', 'P', 'K', 'r', 'p' -> throw in.malformed("two-phase commit was not asked for");
            default -> throw in.malformed("unknown type");
        }
    }

    private void decodeInside(int type, byte[] buffer, int offset, int length, ChangeSink sink) {
        if (state == State.IN_BLOCK) {
            inProgress.keep(in.int32(), buffer, offset, length);
        } else if (state == State.IN_TRANSACTION || type == 'R' || type == 'Y' || type == 'M') {
            // A logical message that is not transactional comes between transactions, and so may a description.
            rows.apply(type, in, sink);
        } else {
            throw in.malformed("a row outside of a transaction");
        }
    }

    private void begin() {
        expect(State.BETWEEN);
        long position = in.int64();
        long commitMicros = in.int64() + EPOCH_MICROS;
        int xid = in.int32();
        in.end();
        rows.transaction().begin(position, xid, commitMicros);
        state = State.IN_TRANSACTION;
    }

    private void commit(ChangeSink sink) {
        expect(State.IN_TRANSACTION);
        in.int8();
        long position = in.int64();
        long end = in.int64();
        long commitMicros = in.int64() + EPOCH_MICROS;
        in.end();
        TransactionContext transaction = rows.transaction();
        if (position != transaction.position() || commitMicros != transaction.commitMicros()) {
            throw in.malformed("a commit differs from its begin (begin=" + new Position(transaction.position())
                    + ", commit=" + new Position(position) + ")");
        }
        state = State.BETWEEN;
        delivered(position, end, commitMicros, sink);
    }

    private void startBlock() {
        expect(State.BETWEEN);
        int xid = in.int32();
        in.int8();
        in.end();
        inProgress.startBlock(xid);
        state = State.IN_BLOCK;
    }

    private void endBlock() {
        expect(State.IN_BLOCK);
        in.end();
        inProgress.endBlock();
        state = State.BETWEEN;
    }

    private void commitStreamed(ChangeSink sink) {
        expect(State.BETWEEN);
        int xid = in.int32();
        in.int8();
        long position = in.int64();
        long end = in.int64();
        long commitMicros = in.int64() + EPOCH_MICROS;
        in.end();
        if (!inProgress.isKnown(xid)) {
            throw in.malformed(
                    "a commit of a transaction that was not streamed (xid=" + Integer.toUnsignedString(xid) + ")");
        }
        rows.transaction().begin(position, xid, commitMicros);
        state = State.IN_TRANSACTION;
        inProgress.replay(xid, (buffer, offset, length) -> {
            replayed.reset(buffer, offset, length, position);
            int type = replayed.int8();
            replayed.int32();
            rows.apply(type, replayed, sink);
        });
        state = State.BETWEEN;
        delivered(position, end, commitMicros, sink);
    }

    private void abortStreamed() {
        expect(State.BETWEEN);
        int xid = in.int32();
        int subXid = in.int32();
        // Version 4 tells where and when when it streams in parallel; nothing depends on that.
        inProgress.abort(xid, subXid);
    }

    private void skipOrigin() {
        in.int64();
        in.string();
        in.end();
    }

    private void delivered(long position, long end, long commitMicros, ChangeSink sink) {
        if (Long.compareUnsigned(end, position) <= 0 || Long.compareUnsigned(end, deliveredEnd) <= 0) {
            throw in.malformed("commits are out of order (end=" + new Position(end) + ", before="
                    + new Position(deliveredEnd) + ")");
        }
        deliveredEnd = end;
        sink.commit(new Position(position), commitMicros, new Position(end).toString());
    }

    private void expect(State expected) {
        if (state != expected) {
            throw in.malformed("it comes out of order (state=" + state + ")");
        }
    }
}
