package io.tidemark.slices;

import io.tidemark.parquet.DictionaryMemory;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Operation;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFormat;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import java.io.IOException;

/** Writes one file of a slice, in the format that its name ends with, and keeps the figures that the manifest says of it. */
final class SliceFileWriter implements AutoCloseable {
    private final ObjectStore storage;
    private final String path;
    private final RowSchema schema;
    private final Sha256.Output out;
    private final RowEncoder encoder;
    private final long[] counts = new long[128];
    private long rows;
    private long first = -1L;
    private long last;
    private long newestCommitMicros = Long.MIN_VALUE;
    private boolean open = true;

    SliceFileWriter(
            ObjectStore storage, String path, RowSchema schema, ParquetWriteOptions options, DictionaryMemory memory)
            throws IOException {
        this.storage = storage;
        this.path = path;
        this.schema = schema;
        this.out = new Sha256.Output(storage.create(path));
        try {
            this.encoder = switch (SliceFormat.of(path)) {
                case PARQUET -> new ParquetRowEncoder(out, schema, options, memory);
                case JSONL -> new JsonRowEncoder(out, schema);
            };
        } catch (IOException | RuntimeException e) {
            out.abort();
            throw e;
        }
    }

    RowSchema schema() {
        return schema;
    }

    String path() {
        return path;
    }

    /** Position of the newest event, unsigned; meaningless before the first. */
    long lastPosition() {
        return last;
    }

    long bytes() {
        return encoder.bytes();
    }

    long bufferedBytes() {
        return encoder.bufferedBytes();
    }

    /** Writes all rows of the batch, whose events the event columns hold. */
    void append(ChangeBatch batch, EventColumns events) throws IOException {
        encoder.append(batch, events);
        byte[] codes = batch.operationCodes();
        long[] commits = batch.commitMicros();
        for (int row = 0; row < batch.size(); row++) {
            counts[codes[row]]++;
            newestCommitMicros = Math.max(newestCommitMicros, commits[row]);
        }
        if (rows == 0) {
            first = batch.position(0);
        }
        last = batch.position(batch.size() - 1);
        rows += batch.size();
    }

    /** Writes the rows that wait in memory. */
    void flush() throws IOException {
        encoder.flush();
    }

    /** Makes the file durable and checks that it is what was appended. */
    SliceFile seal() throws IOException {
        long written = encoder.finish();
        open = false;
        encoder.close();
        out.close();
        long bytes = out.position();
        if (written != rows) {
            throw new IOException("Cannot seal file: it does not hold the rows that were appended (path=" + path
                    + ", appended=" + rows + ", written=" + written + ")");
        }
        try (ObjectInput in = storage.open(path)) {
            if (in.length() != bytes) {
                throw new IOException("Cannot seal file: the storage kept another size (path=" + path + ", written="
                        + bytes + ", stored=" + in.length() + ")");
            }
        }
        return new SliceFile(
                path,
                schema,
                rows,
                count(Operation.INSERT),
                count(Operation.UPDATE),
                count(Operation.DELETE),
                count(Operation.TRUNCATE),
                bytes,
                out.checksum(),
                new Position(first),
                new Position(last),
                newestCommitMicros);
    }

    /** Gives the file up unless it was sealed. */
    @Override
    public void close() {
        if (open) {
            open = false;
            encoder.close();
            out.abort();
        }
    }

    private long count(Operation operation) {
        return counts[operation.code()];
    }
}
