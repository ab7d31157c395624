package io.tidemark.query;

import io.tidemark.parquet.ParquetBatchWriter;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.parquet.storage.LocalObjectStore;
import io.tidemark.spi.change.BooleanVector;
import io.tidemark.spi.change.BytesVector;
import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.DoubleVector;
import io.tidemark.spi.change.FloatVector;
import io.tidemark.spi.change.IntVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.LongVector;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.lake.DeletedRows;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.lake.PinnedTable;
import io.tidemark.spi.lake.PinnedTable.PinnedFile;
import io.tidemark.spi.schema.Column;
import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/** Writes Parquet files as a mirror has them, from rows whose values are as column vectors hold them. */
final class MirrorFiles {
    private final Path folder;
    private final LocalObjectStore store;
    private int written;

    MirrorFiles(Path folder) throws IOException {
        this.folder = folder;
        this.store = new LocalObjectStore(folder);
    }

    /** A version of a mirror with files of {@link #write}, which number columns from 1. */
    static PinnedTable pinned(LakeTableSpec spec, List<PinnedFile> files) {
        int columns = spec.schema().columns().size() + 1;
        return new PinnedTable(spec, IntStream.rangeClosed(1, columns).boxed().toList(), LakeProgress.NONE, files);
    }

    /** A file of these rows, of which those at the given places are deleted. */
    PinnedFile write(List<Column> columns, List<List<Object>> rows, long... deleted) throws IOException {
        String name = "file-" + ++written + ".parquet";
        List<ParquetColumn> fields = new ArrayList<>();
        List<ColumnVector> vectors = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            fields.add(new ParquetColumn(column.name(), column.type(), column.nullable(), i + 1));
            vectors.add(ColumnVector.of(column.type(), Math.max(rows.size(), 1)));
        }
        for (List<Object> row : rows) {
            for (int i = 0; i < columns.size(); i++) {
                append(vectors.get(i), row.get(i));
            }
        }
        try (ObjectOutput out = store.create(name);
                ParquetBatchWriter writer =
                        new ParquetBatchWriter(out, fields, ParquetWriteOptions.defaults(), Map.of())) {
            writer.append(vectors, 0, rows.size());
            writer.finish();
        }
        Path file = folder.resolve(name);
        return new PinnedFile(file.toString(), rows.size(), Files.size(file), deletedRows(deleted));
    }

    static DeletedRows deletedRows(long... rows) {
        long[] sorted = rows.clone();
        Arrays.sort(sorted);
        return new DeletedRows() {
            @Override
            public long count() {
                return sorted.length;
            }

            @Override
            public void forEach(LongConsumer consumer) {
                Arrays.stream(sorted).forEach(consumer);
            }
        };
    }

    private static void append(ColumnVector vector, Object value) {
        if (value == null) {
            vector.appendNull();
        } else if (vector instanceof BooleanVector booleans) {
            booleans.append((Boolean) value);
        } else if (vector instanceof IntVector ints) {
            ints.append((Integer) value);
        } else if (vector instanceof LongVector longs) {
            longs.append(
                    value instanceof BigDecimal decimal
                            ? decimal.unscaledValue().longValueExact()
                            : (Long) value);
        } else if (vector instanceof FloatVector floats) {
            floats.append((Float) value);
        } else if (vector instanceof DoubleVector doubles) {
            doubles.append((Double) value);
        } else if (vector instanceof ListVector list && value instanceof Map<?, ?> map) {
            list.appendMap(map, MirrorFiles::append);
        } else if (vector instanceof ListVector list) {
            list.begin();
            ((List<?>) value).forEach(item -> append(list.element(), item));
        } else if (vector instanceof StructVector struct) {
            struct.begin();
            for (int i = 0; i < struct.fields().size(); i++) {
                append(struct.field(i), ((List<?>) value).get(i));
            }
        } else {
            ((BytesVector) vector).append(bytes(value));
        }
    }

    private static byte[] bytes(Object value) {
        if (value instanceof String text) {
            return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        }
        if (value instanceof UUID uuid) {
            return ByteBuffer.allocate(16)
                    .putLong(uuid.getMostSignificantBits())
                    .putLong(uuid.getLeastSignificantBits())
                    .array();
        }
        if (value instanceof BigDecimal decimal) {
            BigInteger unscaled = decimal.unscaledValue();
            byte[] padded = new byte[16];
            Arrays.fill(padded, (byte) (unscaled.signum() < 0 ? -1 : 0));
            byte[] bytes = unscaled.toByteArray();
            System.arraycopy(bytes, 0, padded, 16 - bytes.length, bytes.length);
            return padded;
        }
        return (byte[]) value;
    }
}
