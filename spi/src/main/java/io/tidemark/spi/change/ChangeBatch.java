package io.tidemark.spi.change;

import io.tidemark.spi.schema.RowSchema;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Change events of one table and one schema version, in commit order, in columns. Snapshot chunks are the same thing with every operation an
 * insert.
 *
 * <p>To append a row: {@link #beginRow}, then exactly one append on each vector of {@link #columns()}. A row is complete when all vectors have
 * grown by one. Not thread-safe; one owner at a time; a batch that was handed on must not be touched by who handed it on.
 *
 * <p>Rows carry: operation; position (place of the transaction's commit in the source's change stream, unsigned); sequence (order of the event
 * inside its transaction, from 0); transaction id; commit time (microseconds since 1970-01-01T00:00:00Z).
 */
public final class ChangeBatch implements Serializable {
    private static final long serialVersionUID = 1L;

    private final RowSchema schema;
    private final List<ColumnVector> columns;
    private final ColumnVector[] sized;
    private byte[] operations;
    private long[] positions;
    private long[] sequences;
    private long[] transactions;
    private long[] commitMicros;
    private int size;

    public ChangeBatch(RowSchema schema, int capacity) {
        this.schema = schema;
        List<ColumnVector> vectors = new ArrayList<>(schema.columns().size());
        schema.columns().forEach(column -> vectors.add(ColumnVector.of(column.type(), capacity)));
        this.columns = List.copyOf(vectors);
        this.sized = sized(columns);
        this.operations = new byte[capacity];
        this.positions = new long[capacity];
        this.sequences = new long[capacity];
        this.transactions = new long[capacity];
        this.commitMicros = new long[capacity];
    }

    private ChangeBatch(ChangeBatch rows, RowSchema schema, List<ColumnVector> columns) {
        this.schema = schema;
        this.columns = List.copyOf(columns);
        this.sized = sized(columns);
        this.operations = rows.operations;
        this.positions = rows.positions;
        this.sequences = rows.sequences;
        this.transactions = rows.transactions;
        this.commitMicros = rows.commitMicros;
        this.size = rows.size;
    }

    public RowSchema schema() {
        return schema;
    }

    /**
     * The same rows under another schema, for reading while this batch stays as it is: nothing is copied.
     *
     * @param other the schema
     * @param vectors a vector of as many rows for each of its columns; they may be this batch's own
     */
    public ChangeBatch as(RowSchema other, List<ColumnVector> vectors) {
        if (vectors.size() != other.columns().size() || vectors.stream().anyMatch(vector -> vector.size() != size)) {
            throw new IllegalArgumentException(
                    "Cannot show rows under another schema: the vectors do not fit it (table=" + other.table() + ")");
        }
        return new ChangeBatch(this, other, vectors);
    }

    /** One vector per column of the schema, in its order. */
    public List<ColumnVector> columns() {
        return columns;
    }

    public ColumnVector column(int index) {
        return columns.get(index);
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public void beginRow(Operation operation, long position, long sequence, long transaction, long commitMicrosOfRow) {
        if (size == operations.length) {
            int grown = ColumnVector.grow(size);
            operations = Arrays.copyOf(operations, grown);
            positions = Arrays.copyOf(positions, grown);
            sequences = Arrays.copyOf(sequences, grown);
            transactions = Arrays.copyOf(transactions, grown);
            commitMicros = Arrays.copyOf(commitMicros, grown);
        }
        operations[size] = operation.code();
        positions[size] = position;
        sequences[size] = sequence;
        transactions[size] = transaction;
        commitMicros[size] = commitMicrosOfRow;
        size++;
    }

    /** Appends a whole row of another batch with the same column types. */
    public void appendFrom(ChangeBatch other, int row) {
        beginRow(
                other.operation(row),
                other.positions[row],
                other.sequences[row],
                other.transactions[row],
                other.commitMicros[row]);
        for (int i = 0; i < columns.size(); i++) {
            columns.get(i).appendFrom(other.columns.get(i), row);
        }
    }

    /** Completes a row that carries no column (TRUNCATE), or sets the columns not yet appended to null. */
    public void padRow() {
        for (ColumnVector column : columns) {
            if (column.size() < size) {
                column.appendNull();
            }
        }
    }

    /** Takes rows off the end, half-appended ones included, until {@code newSize} remain. */
    public void truncate(int newSize) {
        size = newSize;
        for (ColumnVector column : columns) {
            if (column.size() > newSize) {
                column.truncate(newSize);
            }
        }
    }

    /** Forgets all rows and keeps the memory, unless it is large. */
    public void clear() {
        size = 0;
        columns.forEach(ColumnVector::clear);
    }

    public Operation operation(int row) {
        return Operation.ofCode(operations[row]);
    }

    /** Place of the commit, unsigned. */
    public long position(int row) {
        return positions[row];
    }

    public long sequence(int row) {
        return sequences[row];
    }

    public long transaction(int row) {
        return transactions[row];
    }

    public long commitMicros(int row) {
        return commitMicros[row];
    }

    /** {@linkplain Operation#code() Codes} of the operations; only the first {@link #size()} count. This and its siblings serve hot loops. */
    public byte[] operationCodes() {
        return operations;
    }

    public long[] positions() {
        return positions;
    }

    public long[] sequences() {
        return sequences;
    }

    public long[] transactions() {
        return transactions;
    }

    public long[] commitMicros() {
        return commitMicros;
    }

    /** Bytes that the values of the columns take whose values differ in size: cheap enough to be asked for every row. */
    public long sizedBytes() {
        long bytes = 0;
        for (ColumnVector column : sized) {
            bytes += column.byteSize();
        }
        return bytes;
    }

    private static ColumnVector[] sized(List<ColumnVector> columns) {
        return columns.stream()
                .filter(column -> !(column instanceof BooleanVector
                        || column instanceof IntVector
                        || column instanceof LongVector
                        || column instanceof FloatVector
                        || column instanceof DoubleVector))
                .toArray(ColumnVector[]::new);
    }

    /** Bytes that the rows take. */
    public long byteSize() {
        long bytes = 33L * size;
        for (ColumnVector column : columns) {
            bytes += column.byteSize();
        }
        return bytes;
    }
}
