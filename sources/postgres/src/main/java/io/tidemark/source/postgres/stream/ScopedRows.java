package io.tidemark.source.postgres.stream;

import io.tidemark.source.postgres.stream.RelationPart.Membership;
import io.tidemark.source.postgres.type.RowDecoder;
import io.tidemark.source.postgres.type.RowLimit;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.source.ChangeSink;
import io.tidemark.spi.source.UndecodableRow;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of tables of which only a part is taken. What happened to a row of the table becomes what happened to the row of the part: an update can bring
 * a row into it or take it out.
 *
 * <p>With the whole old row (replica identity FULL), or with conditions on the key alone, both are known, and so is which of these it was. Else only
 * the new row is: one that is out then goes, whether it ever was in or not. Values are looked at where the conditions need them, before any column is decoded.
 */
final class ScopedRows {
    private final TransactionContext transaction;
    private final RowValues old = new RowValues();
    private final RowValues now = new RowValues();
    private long events;

    ScopedRows(TransactionContext transaction) {
        this.transaction = transaction;
    }

    /** Rows delivered, and those that could not be. */
    long events() {
        return events;
    }

    /** Takes an insert, update or delete from behind the relation's oid. */
    void apply(int type, StreamRelation relation, MessageReader in, ChangeSink sink) {
        RelationPart part = relation.loadPart();
        int headEnd = in.skip(0);
        int image = in.int8();
        boolean hasOld = type != 'I' && (image == 'K' || image == 'O');
        boolean isWhole = image == 'O';
        if (hasOld) {
            old.read(in, part.described());
        }
        if (type != 'D') {
            int expected = hasOld ? in.int8() : image;
            if (expected != 'N') {
                throw in.malformed("expected a new row (kind=" + expected + ")");
            }
            now.read(in, part.described());
        } else if (!hasOld) {
            throw in.malformed("expected an old row (kind=" + image + ")");
        }
        in.end();
        if (hasOld && !isWhole && relation.schema().beforeImage() == io.tidemark.spi.schema.BeforeImage.FULL) {
            relation.lowerBeforeImage();
        }
        Event event = new Event(relation, part, headEnd, in, sink);
        TidemarkException obstacle = part.obstacle();
        if (obstacle != null) {
            event.reject(operation(type), hasOld ? old : null, image, type == 'D' ? null : now, obstacle);
            return;
        }
        switch (type) {
            case 'I' -> insert(event);
            case 'U' -> update(event, hasOld ? old : null, isWhole);
            default -> delete(event, isWhole);
        }
    }

    private static Operation operation(int type) {
        return switch (type) {
            case 'I' -> Operation.INSERT;
            case 'U' -> Operation.UPDATE;
            default -> Operation.DELETE;
        };
    }

    private void insert(Event event) {
        switch (event.membership(now, null)) {
            case IN -> event.deliver(Operation.INSERT, null, 'N', now, null);
            case OUT -> {
                // Of no concern.
            }
            case UNDECIDED -> event.reject(Operation.INSERT, null, 'N', now, event.part.undecided(now, null));
        }
    }

    private void delete(Event event, boolean isWhole) {
        if (!event.isSurelyOut(old, isWhole)) {
            event.deliver(Operation.DELETE, old, isWhole ? 'O' : 'K', null, null);
        }
    }

    private void update(Event event, @Nullable RowValues before, boolean isWhole) {
        RowValues whole = isWhole ? before : null;
        int image = isWhole ? 'O' : 'K';
        // Without an old row the key stayed as it is.
        boolean wasOut = event.isSurelyOut(before == null ? now : before, isWhole);
        switch (event.membership(now, whole)) {
            case IN -> {
                if (wasOut) {
                    boolean isComplete = event.part.isComplete(now, whole);
                    event.deliver(isComplete ? Operation.INSERT : Operation.UPDATE, null, 'N', now, whole);
                } else {
                    event.deliver(Operation.UPDATE, before, image, now, whole);
                }
            }
            case OUT -> {
                if (!wasOut) {
                    takeOut(event, before, image);
                }
            }
            case UNDECIDED -> event.reject(Operation.UPDATE, before, image, now, event.part.undecided(now, whole));
        }
    }

    /** The row goes by its key: the old one when that was sent, because it was another; else it still has it. */
    private void takeOut(Event event, @Nullable RowValues before, int image) {
        if (before != null) {
            event.deliver(Operation.DELETE, before, image, null, null);
        } else if (event.relation.schema().hasKey()) {
            event.deliverKeyDelete(now);
        } else {
            event.reject(
                    Operation.UPDATE,
                    null,
                    'K',
                    now,
                    new TidemarkException(
                            ErrorCode.SOURCE_SCHEMA_CHANGED,
                            "Cannot take a row out of the mirror: its table has no key, and the old row was not sent (table="
                                    + event.relation.schema().table() + ")"));
        }
    }

    /** One message on its way to the sink. */
    private final class Event {
        private final StreamRelation relation;
        private final RelationPart part;
        private final int headEnd;
        private final MessageReader in;
        private final ChangeSink sink;

        Event(StreamRelation relation, RelationPart part, int headEnd, MessageReader in, ChangeSink sink) {
            this.relation = relation;
            this.part = part;
            this.headEnd = headEnd;
            this.in = in;
            this.sink = sink;
        }

        Membership membership(RowValues row, @Nullable RowValues whole) {
            try {
                return part.membership(row, whole);
            } catch (TidemarkException e) {
                throw in.malformed(e.reason(), e);
            }
        }

        /** Whether the row with these values was out before; a key alone mostly does not tell. */
        boolean isSurelyOut(RowValues row, boolean isWhole) {
            return (isWhole || part.isDecidedByKey()) && membership(row, null) == Membership.OUT;
        }

        /**
         * Delivers a row, or with an update two.
         *
         * @param before the old row of a delete or update; null when there is none
         * @param after the new row; null with a delete
         * @param whole the whole old row, for values that the new one lacks
         */
        void deliver(
                Operation operation,
                @Nullable RowValues before,
                int image,
                @Nullable RowValues after,
                @Nullable RowValues whole) {
            boolean isPair = before != null && after != null;
            long beforeSequence = isPair ? transaction.takeSequence() : 0;
            long sequence = transaction.takeSequence();
            ChangeBatch batch = sink.batch(relation.schema());
            int size = batch.size();
            try {
                if (before != null) {
                    begin(batch, isPair ? Operation.BEFORE : operation, isPair ? beforeSequence : sequence);
                    append(batch, isPair ? Operation.BEFORE : operation, before, null);
                }
                if (after != null) {
                    begin(batch, operation, sequence);
                    append(batch, operation, after, whole);
                }
                events += batch.size() - size;
            } catch (TidemarkException e) {
                batch.truncate(size);
                reject(operation, sequence, before, image, after, ofRow(e));
            }
        }

        /** The new row's key, as that of a row that is gone. */
        void deliverKeyDelete(RowValues row) {
            long sequence = transaction.takeSequence();
            ChangeBatch batch = sink.batch(relation.schema());
            int size = batch.size();
            begin(batch, Operation.DELETE, sequence);
            try {
                for (int column : relation.schema().keyIndexes()) {
                    append(batch, Operation.DELETE, column, row, null);
                }
                batch.padRow();
                events++;
            } catch (TidemarkException e) {
                batch.truncate(size);
                reject(Operation.DELETE, sequence, null, 'K', row, ofRow(e));
            }
        }

        /** What concerns more than the row ends the stream. */
        private TidemarkException ofRow(TidemarkException e) {
            if (!RowMessages.concernsRow(e)) {
                throw e;
            }
            return e;
        }

        private void begin(ChangeBatch batch, Operation operation, long sequence) {
            batch.beginRow(operation, transaction.position(), sequence, transaction.xid(), transaction.commitMicros());
        }

        private void append(ChangeBatch batch, Operation operation, RowValues row, @Nullable RowValues whole) {
            relation.decoder().beginRow();
            for (int column = 0; column < part.columnCount(); column++) {
                append(batch, operation, column, row, whole);
            }
        }

        private void append(
                ChangeBatch batch, Operation operation, int column, RowValues row, @Nullable RowValues whole) {
            int place = part.place(column);
            RowValues from = row.kind(place) == 'u' && whole != null ? whole : row;
            switch (from.kind(place)) {
                case 'b' -> appendValue(batch, column, from, place);
                case 'n' -> batch.column(column).appendNull();
                case 'u' -> {
                    if (operation != Operation.UPDATE) {
                        throw in.malformed("only an update leaves values unchanged");
                    }
                    batch.column(column).appendUnchanged();
                }
                default -> throw RowMessages.noBinaryForm(relation.schema(), column);
            }
        }

        private void appendValue(ChangeBatch batch, int column, RowValues row, int place) {
            try {
                relation.decoder().append(batch, column, row.buffer(), row.offset(place), row.length(place));
            } catch (TidemarkException e) {
                throw RowMessages.isOfValue(e) ? e : in.malformed(e.reason(), e);
            }
        }

        /** A row that is known before decoding not to be deliverable. The sink is asked for a batch for every row, also for one that it does not get. */
        void reject(
                Operation operation,
                @Nullable RowValues before,
                int image,
                @Nullable RowValues after,
                TidemarkException reason) {
            long sequence = transaction.takeSequence();
            sink.batch(relation.schema());
            reject(operation, sequence, before, image, after, reason);
        }

        private void reject(
                Operation operation,
                long sequence,
                @Nullable RowValues before,
                int image,
                @Nullable RowValues after,
                TidemarkException reason) {
            events++;
            sink.undecodable(new UndecodableRow(
                    relation.schema().table(),
                    operation,
                    new Position(transaction.position()),
                    sequence,
                    keys(before, after),
                    relation.decoder().columnOf(reason),
                    reason,
                    raw(before, image, after)));
        }

        /** The new row's key first; none when one of them cannot be read. */
        private List<List<String>> keys(@Nullable RowValues before, @Nullable RowValues after) {
            RowDecoder decoder = relation.decoder();
            List<List<String>> keys = new ArrayList<>();
            for (RowValues row : new RowValues[] {after, before}) {
                if (row != null) {
                    List<String> key = decoder.key(row.buffer(), part.offsets(row), part.lengths(row));
                    if (key.isEmpty()) {
                        return List.of();
                    }
                    if (!keys.contains(key)) {
                        keys.add(key);
                    }
                }
            }
            return keys;
        }

        /** The message with null for what the scope leaves out, since it is kept where the mirror's readers can see it. */
        private byte[] raw(@Nullable RowValues before, int image, @Nullable RowValues after) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(in.head(headEnd));
            if (in.length() > RowLimit.ofHeap().bytesMax()) {
                return out.toByteArray();
            }
            if (before != null) {
                before.write(out, image, part::isOmitted);
            }
            if (after != null) {
                after.write(out, 'N', part::isOmitted);
            }
            return out.toByteArray();
        }
    }
}
