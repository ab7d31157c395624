package io.tidemark.parquet;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.factory.DefaultV1ValuesWriterFactory;
import org.apache.parquet.column.values.factory.ValuesWriterFactory;
import org.apache.parquet.column.values.fallback.FallbackValuesWriter;

/**
 * Value encoders (version 1, which every engine reads) that stop trying a dictionary on a column where the last row group gave it up: hashing
 * values that do not repeat costs more than all other encoding.
 */
final class LearningValuesWriters implements ValuesWriterFactory {
    private final DefaultV1ValuesWriterFactory withDictionary = new DefaultV1ValuesWriterFactory();
    private final DefaultV1ValuesWriterFactory plain = new DefaultV1ValuesWriterFactory();
    private final Set<String> withoutUse;
    private final Map<ColumnDescriptor, FallbackValuesWriter<?, ?>> trials = new HashMap<>();

    /** @param withoutUse columns that are not tried; those that give up are added */
    LearningValuesWriters(Set<String> withoutUse) {
        this.withoutUse = withoutUse;
    }

    @Override
    public void initialize(ParquetProperties properties) {
        withDictionary.initialize(properties);
        plain.initialize(ParquetProperties.builder()
                .withPageSize(properties.getPageSizeThreshold())
                .withDictionaryEncoding(false)
                .withAllocator(properties.getAllocator())
                .build());
    }

    @Override
    public ValuesWriter newValuesWriter(ColumnDescriptor column) {
        if (withoutUse.contains(String.join(".", column.getPath()))) {
            return plain.newValuesWriter(column);
        }
        ValuesWriter writer = withDictionary.newValuesWriter(column);
        if (writer instanceof FallbackValuesWriter<?, ?> trial) {
            trials.put(column, trial);
        }
        return writer;
    }

    /** Looks at the row group that is about to be flushed. */
    void learn() {
        trials.forEach((column, trial) -> {
            if (!trial.getEncoding().usesDictionary()) {
                withoutUse.add(String.join(".", column.getPath()));
            }
        });
        trials.clear();
    }
}
