package io.tidemark.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.parquet.storage.LocalObjectStore;
import io.tidemark.spi.change.ColumnVector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;

/** Writes and reads files of tests in a folder. */
final class ParquetFiles {
    static final String NAME = "folder/data.parquet";

    private final LocalObjectStore store;

    ParquetFiles(Path folder) throws IOException {
        this.store = new LocalObjectStore(folder);
    }

    LocalObjectStore store() {
        return store;
    }

    ParquetMetadata write(List<ParquetColumn> columns, List<ColumnVector> vectors, ParquetWriteOptions options)
            throws IOException {
        try (var out = store.create(NAME);
                var writer = new ParquetBatchWriter(out, columns, options, Map.of("key", "value"))) {
            writer.append(vectors, 0, vectors.get(0).size());
            return writer.finish();
        }
    }

    /** All rows of the projected columns in one vector each. */
    List<ColumnVector> read(List<ParquetColumn> columns) throws IOException {
        List<ColumnVector> all = new ArrayList<>();
        columns.forEach(column -> all.add(ColumnVector.of(column.type(), 16)));
        try (var reader = ParquetBatchReader.open(store.open(NAME), columns)) {
            long rows = 0;
            for (var batch = reader.next(); batch.isPresent(); batch = reader.next()) {
                assertThat(batch.orElseThrow().firstRow()).isEqualTo(rows);
                for (int i = 0; i < all.size(); i++) {
                    assertThat(batch.orElseThrow().columns().get(i).size())
                            .isEqualTo(batch.orElseThrow().rows());
                    for (int row = 0; row < batch.orElseThrow().rows(); row++) {
                        all.get(i).appendFrom(batch.orElseThrow().columns().get(i), row);
                    }
                }
                rows += batch.orElseThrow().rows();
            }
            assertThat(rows).isEqualTo(reader.rows());
        }
        return all;
    }

    /** Present values equal bit for bit; null and unchanged ones read as null. */
    static void assertSame(ColumnVector written, ColumnVector read) {
        assertThat(read.size()).isEqualTo(written.size());
        for (int row = 0; row < written.size(); row++) {
            assertThat(read.isPresent(row))
                    .as("row %d of %s present", row, written.type())
                    .isEqualTo(written.isPresent(row));
            if (written.isPresent(row)) {
                assertThat(read.sameValue(row, written, row))
                        .as("row %d of %s same", row, written.type())
                        .isTrue();
            } else {
                assertThat(read.isNull(row)).isTrue();
            }
        }
    }
}
