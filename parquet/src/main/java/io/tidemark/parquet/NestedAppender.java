package io.tidemark.parquet;

import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.schema.ColumnType;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ColumnWriter;
import org.jspecify.annotations.Nullable;

/**
 * Hands rows of a nested vector to Parquet's column writers, one for each value that is not nested itself. For each such leaf the vectors are walked
 * from the top; where the walk ends is the definition level, where in the lists above it began is the repetition level.
 */
final class NestedAppender {
    private final int topDefinition;
    private final List<Leaf> leaves = new ArrayList<>();

    /** @param descriptors the leaves of the column in the file */
    NestedAppender(ParquetColumn column, List<ColumnDescriptor> descriptors) {
        this.topDefinition = column.nullable() ? 1 : 0;
        addLeaves(column.name(), column.type(), new int[0], descriptors);
    }

    /** Writes rows {@code [from, to)}, or the rows that {@code rows[from]} to {@code rows[to - 1]} name. */
    void append(ColumnWriteStore writers, ColumnVector vector, int @Nullable [] rows, int from, int to) {
        for (Leaf leaf : leaves) {
            ColumnWriter writer = writers.getColumnWriter(leaf.descriptor);
            for (int i = from; i < to; i++) {
                int row = rows == null ? i : rows[i];
                if (topDefinition == 0 && !vector.isPresent(row)) {
                    throw new IllegalArgumentException(
                            "Cannot write column: a row holds no value and the column is required");
                }
                append(writer, leaf, 0, vector, row, 0, topDefinition, 0);
            }
        }
    }

    /**
     * Appends what a leaf has of one value.
     *
     * @param step how far down the leaf's path the vector is
     * @param repetition level at which this value is a repetition
     * @param definition level of a value that is there
     * @param lists how many lists are above
     */
    private static void append(
            ColumnWriter writer,
            Leaf leaf,
            int step,
            ColumnVector vector,
            int row,
            int repetition,
            int definition,
            int lists) {
        if (!vector.isPresent(row)) {
            writer.writeNull(repetition, definition - 1);
        } else if (vector instanceof ListVector list) {
            int start = list.start(row);
            int end = list.end(row);
            if (start == end) {
                writer.writeNull(repetition, definition);
            }
            boolean isMap = list.type().kind() == ColumnType.Kind.MAP;
            ColumnVector values = isMap ? ((StructVector) list.element()).field(leaf.path[step]) : list.element();
            // Keys are always there, so that they have no level of their own.
            boolean isKey = isMap && leaf.path[step] == 0;
            int inner = isKey ? definition + 1 : definition + 2;
            for (int i = start; i < end; i++) {
                if (isKey && !values.isPresent(i)) {
                    throw new IllegalArgumentException("Cannot write column: a map has an entry without a key");
                }
                int level = i == start ? repetition : lists + 1;
                append(writer, leaf, step + 1, values, i, level, inner, lists + 1);
            }
        } else if (vector instanceof StructVector struct) {
            ColumnVector field = struct.field(leaf.path[step]);
            append(writer, leaf, step + 1, field, row, repetition, definition + 1, lists);
        } else {
            leaf.value.append(writer, vector, row, repetition, definition);
        }
    }

    private void addLeaves(String name, ColumnType type, int[] path, List<ColumnDescriptor> descriptors) {
        if (!type.isNested()) {
            leaves.add(new Leaf(descriptors.get(leaves.size()), path, new LeafValue(name, type)));
            return;
        }
        for (int i = 0; i < type.fields().size(); i++) {
            int[] longer = java.util.Arrays.copyOf(path, path.length + 1);
            longer[path.length] = i;
            ColumnType.Field field = type.fields().get(i);
            addLeaves(name, field.type(), longer, descriptors);
        }
    }

    /** A value inside that is not nested itself, and the fields that lead to it. */
    private static final class Leaf {
        private final ColumnDescriptor descriptor;
        private final int[] path;
        private final LeafValue value;

        Leaf(ColumnDescriptor descriptor, int[] path, LeafValue value) {
            this.descriptor = descriptor;
            this.path = path;
            this.value = value;
        }
    }
}
