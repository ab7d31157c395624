package io.tidemark.bench.loop;

import io.tidemark.parquet.ParquetBatchWriter;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.parquet.storage.LocalObjectStore;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Rows into a Parquet file on local disk, as chunks of a load are written. */
@State(Scope.Thread)
public class ColumnWriterLoop {
    private static final int ROWS = 8_192;
    private static final int BATCHES = 64;
    private static final String NAME = "rows.parquet";

    private final ChangeBatch[] batches = new ChangeBatch[BATCHES];
    private Path folder;
    private LocalObjectStore store;
    private ObjectOutput out;
    private ParquetBatchWriter writer;
    private int next;

    @Setup
    public void make() throws IOException {
        folder = Files.createTempDirectory("column-writer");
        store = new LocalObjectStore(folder);
        for (int i = 0; i < BATCHES; i++) {
            batches[i] = BankBatch.of(ROWS, (long) i * ROWS, 1, Long.MAX_VALUE);
        }
    }

    @Setup(Level.Iteration)
    public void open() throws IOException {
        out = store.create(NAME);
        writer = new ParquetBatchWriter(
                out,
                BankBatch.SCHEMA.columns().stream()
                        .map(column -> ParquetColumn.optional(column.name(), column.type()))
                        .toList(),
                ParquetWriteOptions.defaults().withZstdLevel(1),
                Map.of());
    }

    @Benchmark
    @OperationsPerInvocation(ROWS)
    public void rows() throws IOException {
        ChangeBatch batch = batches[next++ % BATCHES];
        writer.append(batch.columns(), 0, batch.size());
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        writer.close();
        out.close();
    }

    @TearDown
    public void delete() throws IOException {
        Files.deleteIfExists(folder.resolve(NAME));
        Files.deleteIfExists(folder);
    }
}
