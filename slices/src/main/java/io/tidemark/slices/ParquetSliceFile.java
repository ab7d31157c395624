package io.tidemark.slices;

import io.tidemark.parquet.DictionaryMemory;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.RowSchema;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceFileOutput;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;

/** A file in the format of slices by itself. */
final class ParquetSliceFile implements SliceFileOutput {
    private final String path;
    private final SliceFileWriter writer;
    private final EventColumns events = new EventColumns();

    ParquetSliceFile(ObjectStore storage, String path, RowSchema schema, SliceLimits limits) {
        this.path = path;
        try {
            this.writer = new SliceFileWriter(storage, path, schema, options(limits), new DictionaryMemory());
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** How files of slices are written. */
    static ParquetWriteOptions options(SliceLimits limits) {
        return ParquetWriteOptions.defaults()
                .withDeltas()
                .withZstdLevel(limits.zstdLevel())
                .withRowGroupBytes(limits.rowGroupBytes());
    }

    @Override
    public void append(ChangeBatch batch) {
        try {
            events.fill(batch);
            writer.append(batch, events);
        } catch (IOException e) {
            throw failed(e);
        } catch (IllegalArgumentException e) {
            throw new TidemarkException(
                    ErrorCode.SOURCE_VALUE,
                    "Cannot write a file of rows: " + e.getMessage() + " (table="
                            + batch.schema().table() + ")",
                    e);
        }
    }

    @Override
    public SliceFile seal() {
        try {
            return writer.seal();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        writer.close();
    }

    private TidemarkException failed(IOException cause) {
        return StorageErrors.of("Cannot write a file of rows (path=" + path + ")", cause);
    }
}
