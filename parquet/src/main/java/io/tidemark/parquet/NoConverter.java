package io.tidemark.parquet;

import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;

/** Parquet's column readers ask for converters of records; values are taken from them directly instead. */
final class NoConverter extends PrimitiveConverter {
    static final GroupConverter GROUP = new Group();

    private NoConverter() {}

    /** On the way to a value inside a nested one. */
    @Override
    public GroupConverter asGroupConverter() {
        return GROUP;
    }

    private static final class Group extends GroupConverter {
        private static final Converter VALUE = new NoConverter();

        @Override
        public Converter getConverter(int fieldIndex) {
            return VALUE;
        }

        @Override
        public void start() {
            // No records are made.
        }

        @Override
        public void end() {
            // No records are made.
        }
    }
}
