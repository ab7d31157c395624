package io.tidemark.lake.delta.read;

import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.data.Row;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.LakeTableSpec.DeleteMode;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.schema.ColumnType;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads a version through Delta Kernel's own Parquet reader, which shares no code with our writing and reading. */
public final class KernelRows {
    private static final int BATCH_ROWS = 4096;
    private static final long BATCH_BYTES = 8L << 20;

    private final LakeTableSpec spec;
    private final Consumer<ChangeBatch> consumer;
    private ChangeBatch batch;

    private KernelRows(LakeTableSpec spec, Consumer<ChangeBatch> consumer) {
        this.spec = spec;
        this.consumer = consumer;
        this.batch = new ChangeBatch(spec.schema(), BATCH_ROWS);
    }

    /** Hands on every living row of the version; soft-deleted ones are not among them. */
    public static void read(Engine engine, Snapshot snapshot, LakeTableSpec spec, Consumer<ChangeBatch> consumer) {
        KernelRows rows = new KernelRows(spec, consumer);
        try {
            rows.read(engine, snapshot.getScanBuilder().build());
        } catch (IOException | RuntimeException e) {
            throw TidemarkException.ofStorage("Cannot read " + spec.schema().table(), e);
        }
    }

    private void read(Engine engine, Scan scan) throws IOException {
        Row state = scan.getScanState(engine);
        StructType physical = ScanStateRow.getPhysicalDataReadSchema(engine, state);
        try (CloseableIterator<FilteredColumnarBatch> files = scan.getScanFiles(engine)) {
            while (files.hasNext()) {
                try (CloseableIterator<Row> rows = files.next().getRows()) {
                    while (rows.hasNext()) {
                        read(engine, state, rows.next(), physical);
                    }
                }
            }
        }
        flush();
    }

    private void read(Engine engine, Row state, Row file, StructType physical) throws IOException {
        CloseableIterator<ColumnarBatch> data = engine.getParquetHandler()
                .readParquetFiles(
                        Utils.singletonCloseableIterator(InternalScanFileUtils.getAddFileStatus(file)),
                        physical,
                        Optional.empty());
        try (CloseableIterator<FilteredColumnarBatch> batches = Scan.transformPhysicalData(engine, state, file, data)) {
            while (batches.hasNext()) {
                append(batches.next());
            }
        }
    }

    private void append(FilteredColumnarBatch filtered) {
        ColumnarBatch data = filtered.getData();
        Optional<ColumnVector> selection = filtered.getSelectionVector();
        StructType schema = data.getSchema();
        List<Column> columns = spec.schema().columns();
        ColumnVector[] vectors = new ColumnVector[columns.size()];
        for (int i = 0; i < vectors.length; i++) {
            vectors[i] = data.getColumnVector(schema.indexOf(columns.get(i).name()));
        }
        ColumnVector deletedAt = spec.deletes() == DeleteMode.SOFT
                ? data.getColumnVector(schema.indexOf(LakeTableSpec.DELETED_AT))
                : null;
        for (int row = 0; row < data.getSize(); row++) {
            boolean isSelected = selection.isEmpty()
                    || (!selection.orElseThrow().isNullAt(row)
                            && selection.orElseThrow().getBoolean(row));
            if (!isSelected || (deletedAt != null && !deletedAt.isNullAt(row))) {
                continue;
            }
            batch.beginRow(Operation.INSERT, 0, 0, 0, 0);
            for (int i = 0; i < vectors.length; i++) {
                append(batch.column(i), vectors[i], row);
            }
            if (batch.size() == BATCH_ROWS || batch.byteSize() > BATCH_BYTES) {
                flush();
            }
        }
    }

    private void flush() {
        if (!batch.isEmpty()) {
            consumer.accept(batch);
            batch = new ChangeBatch(spec.schema(), BATCH_ROWS);
        }
    }

    private static void append(io.tidemark.spi.change.ColumnVector into, ColumnVector from, int row) {
        if (from.isNullAt(row)) {
            into.appendNull();
        } else if (into instanceof BooleanVector values) {
            values.append(from.getBoolean(row));
        } else if (into instanceof IntVector values) {
            values.append(from.getInt(row));
        } else if (into instanceof LongVector values) {
            values.append(
                    into.type().kind() == ColumnType.Kind.DECIMAL
                            ? from.getDecimal(row).unscaledValue().longValueExact()
                            : from.getLong(row));
        } else if (into instanceof FloatVector values) {
            values.append(from.getFloat(row));
        } else if (into instanceof DoubleVector values) {
            values.append(from.getDouble(row));
        } else if (into instanceof BytesVector values) {
            append(values, from, row);
        } else if (into instanceof ListVector values && into.type().kind() == ColumnType.Kind.MAP) {
            MapValue map = from.getMap(row);
            StructVector entries = (StructVector) values.element();
            values.begin();
            for (int i = 0; i < map.getSize(); i++) {
                entries.begin();
                append(entries.field(0), map.getKeys(), i);
                append(entries.field(1), map.getValues(), i);
            }
            values.orderEntries();
        } else if (into instanceof ListVector values) {
            values.begin();
            ArrayValue array = from.getArray(row);
            for (int i = 0; i < array.getSize(); i++) {
                append(values.element(), array.getElements(), i);
            }
        } else if (into instanceof StructVector values) {
            values.begin();
            for (int i = 0; i < values.fields().size(); i++) {
                append(values.field(i), from.getChild(i), row);
            }
        }
    }

    private static void append(BytesVector values, ColumnVector from, int row) {
        switch (values.type().kind()) {
            case STRING -> values.append(from.getString(row));
            case DECIMAL -> values.append(from.getDecimal(row).unscaledValue());
            default -> values.append(from.getBinary(row));
        }
    }
}
