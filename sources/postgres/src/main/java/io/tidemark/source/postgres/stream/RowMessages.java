package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.type.RowDecoder;
import io.tidemark.source.postgres.type.RowLimit;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.source.ChangeSink;
import io.tidemark.spi.source.UndecodableRow;
import java.nio.charset.StandardCharsets;

/** Decodes the messages inside a transaction: relations, rows, truncations, logical messages. */
final class RowMessages {
    /** Prefix of the logical messages that are markers; others are of no concern. */
    static final String MARKER_PREFIX = "tidemark";

    private static final int TRANSACTIONAL_FLAG = 1;

    private final Relations relations;
    private final TransactionContext transaction = new TransactionContext();
    private final ScopedRows scoped = new ScopedRows(transaction);
    private long events;

    RowMessages(Relations relations) {
        this.relations = relations;
    }

    TransactionContext transaction() {
        return transaction;
    }

    /** Rows delivered, and markers. */
    long events() {
        return events + scoped.events();
    }

    /** Whether messages of this type are for {@link #apply}. */
    static boolean takes(int type) {
        return switch (type) {
            case 'R', 'Y', 'I', 'U', 'D', 'T', 'M' -> true;
            default -> false;
        };
    }

    /** Decodes a message whose type, and transaction id if it has one, have been read. */
    void apply(int type, MessageReader in, ChangeSink sink) {
        switch (type) {
            case 'R' -> relations.describe(in, transaction.xid());
            case 'Y' -> skipType(in);
            case 'I', 'U', 'D' -> change(type, in, sink);
            case 'T' -> truncate(in, sink);
            case 'M' -> message(in, sink);
            default -> throw in.malformed("unknown type");
        }
    }

    /** A composite value may show that its type has changed: then the row is read again, with such values as text. */
    private void change(int type, MessageReader in, ChangeSink sink) {
        int start = in.skip(0);
        long sequence = transaction.sequence();
        try {
            changeOnce(type, in, sink);
        } catch (TidemarkException e) {
            if (e.code() != ErrorCode.SOURCE_SCHEMA_CHANGED) {
                throw e;
            }
            transaction.rewind(sequence);
            in.back(start);
            relations.describeAsText(in.int32());
            in.back(start);
            changeOnce(type, in, sink);
        }
    }

    private void changeOnce(int type, MessageReader in, ChangeSink sink) {
        switch (type) {
            case 'I' -> insert(in, sink);
            case 'U' -> update(in, sink);
            default -> delete(in, sink);
        }
    }

    private static void skipType(MessageReader in) {
        in.int32();
        in.string();
        in.string();
        in.end();
    }

    private void insert(MessageReader in, ChangeSink sink) {
        int start = in.skip(0);
        StreamRelation relation = relations.load(in.int32(), in);
        if (!relation.isWhole()) {
            scoped.apply('I', relation, in, sink);
            return;
        }
        expect(in, 'N');
        long sequence = transaction.takeSequence();
        ChangeBatch batch = sink.batch(relation.schema());
        int size = batch.size();
        try {
            append(batch, Operation.INSERT, sequence, relation, in);
            in.end();
            events++;
        } catch (TidemarkException e) {
            batch.truncate(size);
            reject(e, Operation.INSERT, relation, sequence, start, in, sink);
        }
    }

    private void update(MessageReader in, ChangeSink sink) {
        int start = in.skip(0);
        StreamRelation relation = relations.load(in.int32(), in);
        if (!relation.isWhole()) {
            scoped.apply('U', relation, in, sink);
            return;
        }
        int kind = in.int8();
        boolean hasOld = kind == 'K' || kind == 'O';
        checkBeforeImage(relation, kind);
        long oldSequence = hasOld ? transaction.takeSequence() : 0;
        long sequence = transaction.takeSequence();
        // Both rows go to one batch, so that the pair stays together and is taken back together.
        ChangeBatch batch = sink.batch(relation.schema());
        int size = batch.size();
        try {
            if (hasOld) {
                append(batch, Operation.BEFORE, oldSequence, relation, in);
                kind = in.int8();
            }
            if (kind != 'N') {
                throw in.malformed("expected a new row (kind=" + kind + ")");
            }
            append(batch, Operation.UPDATE, sequence, relation, in);
            in.end();
            events += batch.size() - size;
        } catch (TidemarkException e) {
            batch.truncate(size);
            reject(e, Operation.UPDATE, relation, sequence, start, in, sink);
        }
    }

    private void delete(MessageReader in, ChangeSink sink) {
        int start = in.skip(0);
        StreamRelation relation = relations.load(in.int32(), in);
        if (!relation.isWhole()) {
            scoped.apply('D', relation, in, sink);
            return;
        }
        int kind = in.int8();
        if (kind != 'K' && kind != 'O') {
            throw in.malformed("expected an old row (kind=" + kind + ")");
        }
        checkBeforeImage(relation, kind);
        long sequence = transaction.takeSequence();
        ChangeBatch batch = sink.batch(relation.schema());
        int size = batch.size();
        try {
            append(batch, Operation.DELETE, sequence, relation, in);
            in.end();
            events++;
        } catch (TidemarkException e) {
            batch.truncate(size);
            reject(e, Operation.DELETE, relation, sequence, start, in, sink);
        }
    }

    /** Partitions can differ in what they log; a schema that promises whole old rows must not meet one that has only its key. */
    private static void checkBeforeImage(StreamRelation relation, int kind) {
        if (kind == 'K' && relation.schema().beforeImage() == io.tidemark.spi.schema.BeforeImage.FULL) {
            relation.lowerBeforeImage();
        }
    }

    private void truncate(MessageReader in, ChangeSink sink) {
        int count = in.int32();
        in.int8();
        if (count < 0 || count != in.remaining() / 4) {
            throw in.malformed("impossible count of relations (count=" + count + ")");
        }
        for (int i = 0; i < count; i++) {
            StreamRelation relation = relations.load(in.int32(), in);
            ChangeBatch batch = sink.batch(relation.schema());
            begin(batch, Operation.TRUNCATE, transaction.takeSequence());
            batch.padRow();
            events++;
        }
        in.end();
    }

    private void message(MessageReader in, ChangeSink sink) {
        boolean isTransactional = (in.int8() & TRANSACTIONAL_FLAG) != 0;
        in.int64();
        String prefix = in.string();
        int length = in.int32();
        int start = in.skip(length);
        in.end();
        if (isTransactional && prefix.equals(MARKER_PREFIX)) {
            sink.marker(new String(in.buffer(), start, length, StandardCharsets.UTF_8));
            events++;
        }
    }

    private void begin(ChangeBatch batch, Operation operation, long sequence) {
        batch.beginRow(operation, transaction.position(), sequence, transaction.xid(), transaction.commitMicros());
    }

    private void append(
            ChangeBatch batch, Operation operation, long sequence, StreamRelation relation, MessageReader in) {
        begin(batch, operation, sequence);
        RowDecoder decoder = relation.decoder();
        decoder.beginRow();
        int columns = in.int16();
        if (columns != decoder.columnCount()) {
            throw in.malformed(
                    "unexpected count of columns (columns=" + columns + ", expected=" + decoder.columnCount() + ")");
        }
        for (int i = 0; i < columns; i++) {
            int kind = in.int8();
            switch (kind) {
                case 'b' -> {
                    int length = in.int32();
                    appendValue(decoder, batch, i, in, in.skip(length), length);
                }
                case 'n' -> batch.column(i).appendNull();
                case 'u' -> appendUnchanged(batch, operation, i, in);
                case 't' -> throw noBinaryForm(relation.schema(), i);
                default -> throw in.malformed("unknown kind of value (kind=" + kind + ")");
            }
        }
    }

    private static void appendValue(
            RowDecoder decoder, ChangeBatch batch, int column, MessageReader in, int offset, int length) {
        try {
            decoder.append(batch, column, in.buffer(), offset, length);
        } catch (TidemarkException e) {
            throw isOfValue(e) ? e : in.malformed(e.reason(), e);
        }
    }

    /** The row before an update with identity FULL holds what the update left as it was. */
    private static void appendUnchanged(ChangeBatch batch, Operation operation, int column, MessageReader in) {
        if (operation != Operation.UPDATE) {
            throw in.malformed("only an update leaves values unchanged");
        }
        int before = batch.size() - 2;
        boolean hasWholeBefore = before >= 0
                && batch.operationCodes()[before] == Operation.BEFORE.code()
                && batch.sequences()[before] == batch.sequences()[before + 1] - 1
                && batch.positions()[before] == batch.positions()[before + 1]
                && batch.column(column).isPresent(before);
        if (hasWholeBefore) {
            batch.column(column).appendFrom(batch.column(column), before);
        } else {
            batch.column(column).appendUnchanged();
        }
    }

    /** A value that cannot be represented concerns its row only; anything else ends the stream. */
    private void reject(
            TidemarkException reason,
            Operation operation,
            StreamRelation relation,
            long sequence,
            int start,
            MessageReader in,
            ChangeSink sink) {
        if (!concernsRow(reason)) {
            throw reason;
        }
        events++;
        byte[] message = in.message(RowLimit.ofHeap().bytesMax());
        sink.undecodable(new UndecodableRow(
                relation.schema().table(),
                operation,
                new Position(transaction.position()),
                sequence,
                RejectedKeys.of(relation, in.rest(start)),
                relation.decoder().columnOf(reason),
                reason,
                message));
    }

    static TidemarkException noBinaryForm(RowSchema schema, int column) {
        return new TidemarkException(
                ErrorCode.SOURCE_TYPE,
                "Cannot decode value: its type has no binary form (table=" + schema.table() + ", column="
                        + schema.columns().get(column).name() + ")");
    }

    /** Whether the value is sound: it cannot be represented, or is of a later version of its type. */
    static boolean isOfValue(TidemarkException e) {
        return concernsRow(e) || e.code() == ErrorCode.SOURCE_SCHEMA_CHANGED;
    }

    /** Whether a value cannot be represented, which concerns its row only. */
    static boolean concernsRow(TidemarkException e) {
        return e.code() == ErrorCode.SOURCE_VALUE || e.code() == ErrorCode.SOURCE_TYPE;
    }

    private static void expect(MessageReader in, char expected) {
        int kind = in.int8();
        if (kind != expected) {
            throw in.malformed("unexpected kind of row (kind=" + kind + ", expected=" + expected + ")");
        }
    }
}
