package io.tidemark.parquet;

import io.tidemark.spi.change.ColumnVector;
import io.tidemark.spi.change.ListVector;
import io.tidemark.spi.change.StructVector;
import io.tidemark.spi.schema.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.jspecify.annotations.Nullable;

/**
 * Puts values of a nested column together from the file's columns, each of which holds one value that is not nested, with levels that say how much of
 * what is above it is there.
 */
abstract class NestedFill {
    /** Makes the readers for a row group. */
    abstract void open(ColumnReadStoreImpl store);

    /** Appends the value that the file's columns are at, and moves them behind it. */
    abstract void fill(ColumnVector into);

    /** Moves the file's columns behind a value that is not there: each holds one entry for it. */
    abstract void skip();

    /** One of the file's columns under this; null when the file has none. */
    abstract @Nullable ColumnReader first();

    /** The file's columns, in order. */
    abstract List<ColumnDescriptor> descriptors();

    private static IllegalArgumentException disagreement() {
        return new IllegalArgumentException("Cannot read column: parts of a nested value disagree");
    }

    /** A value that is not nested. */
    static final class Leaf extends NestedFill {
        private final ColumnDescriptor descriptor;
        private final ColumnFill fill;
        private @Nullable ColumnReader reader;

        Leaf(ColumnDescriptor descriptor, ColumnFill fill) {
            this.descriptor = descriptor;
            this.fill = fill;
        }

        @Override
        void open(ColumnReadStoreImpl store) {
            reader = store.getColumnReader(descriptor);
        }

        @Override
        void fill(ColumnVector into) {
            fill.fill(first(), descriptor.getMaxDefinitionLevel(), into, 1);
        }

        @Override
        void skip() {
            first().consume();
        }

        @Override
        ColumnReader first() {
            return Objects.requireNonNull(reader);
        }

        @Override
        List<ColumnDescriptor> descriptors() {
            return List.of(descriptor);
        }
    }

    /** A part that the file does not have. */
    static final class Missing extends NestedFill {
        @Override
        void open(ColumnReadStoreImpl store) {
            // There is nothing to read.
        }

        @Override
        void fill(ColumnVector into) {
            into.appendNull();
        }

        @Override
        void skip() {
            // There is nothing to read.
        }

        @Override
        @Nullable
        ColumnReader first() {
            return null;
        }

        @Override
        List<ColumnDescriptor> descriptors() {
            return List.of();
        }
    }

    /** A list, or a map as a list of its entries. */
    static final class Elements extends NestedFill {
        private final NestedFill element;
        private final int definition;
        private final int repetition;

        /**
         * @param definition level of a list that is there and empty
         * @param repetition level of its elements behind the first
         */
        Elements(NestedFill element, int definition, int repetition) {
            this.element = element;
            this.definition = definition;
            this.repetition = repetition;
        }

        @Override
        void open(ColumnReadStoreImpl store) {
            element.open(store);
        }

        @Override
        void fill(ColumnVector into) {
            ColumnReader levels = first();
            int level = levels.getCurrentDefinitionLevel();
            ListVector list = (ListVector) into;
            if (level < definition) {
                list.appendNull();
                element.skip();
                return;
            }
            list.begin();
            if (level == definition) {
                element.skip();
                return;
            }
            do {
                element.fill(list.element());
            } while (levels.getCurrentRepetitionLevel() == repetition);
            if (list.type().kind() == ColumnType.Kind.MAP) {
                // Others, such as Hudi's merges, write them in any order.
                list.orderEntries();
            }
        }

        @Override
        void skip() {
            element.skip();
        }

        @Override
        ColumnReader first() {
            return Objects.requireNonNull(element.first());
        }

        @Override
        List<ColumnDescriptor> descriptors() {
            return element.descriptors();
        }
    }

    /** A struct. */
    static final class Fields extends NestedFill {
        private final List<NestedFill> fields;
        private final int definition;
        private final List<NestedFill> there = new ArrayList<>();

        /** @param definition level of a struct that is there; at least one of the fields is in the file */
        Fields(List<NestedFill> fields, int definition) {
            this.fields = fields;
            this.definition = definition;
            fields.stream().filter(field -> !field.descriptors().isEmpty()).forEach(there::add);
        }

        @Override
        void open(ColumnReadStoreImpl store) {
            fields.forEach(field -> field.open(store));
        }

        @Override
        void fill(ColumnVector into) {
            StructVector struct = (StructVector) into;
            boolean isPresent = first().getCurrentDefinitionLevel() >= definition;
            for (NestedFill field : there) {
                ColumnReader levels = Objects.requireNonNull(field.first());
                if (levels.getCurrentDefinitionLevel() >= definition != isPresent) {
                    throw disagreement();
                }
            }
            if (isPresent) {
                struct.begin();
                for (int i = 0; i < fields.size(); i++) {
                    fields.get(i).fill(struct.field(i));
                }
            } else {
                struct.appendNull();
                skip();
            }
            int next = first().getCurrentRepetitionLevel();
            for (NestedFill field : there) {
                if (Objects.requireNonNull(field.first()).getCurrentRepetitionLevel() != next) {
                    throw disagreement();
                }
            }
        }

        @Override
        void skip() {
            fields.forEach(NestedFill::skip);
        }

        @Override
        ColumnReader first() {
            return Objects.requireNonNull(there.get(0).first());
        }

        @Override
        List<ColumnDescriptor> descriptors() {
            return fields.stream()
                    .flatMap(field -> field.descriptors().stream())
                    .toList();
        }
    }
}
