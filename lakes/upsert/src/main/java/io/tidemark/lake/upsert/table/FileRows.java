package io.tidemark.lake.upsert.table;

import io.tidemark.parquet.ParquetBatch;
import io.tidemark.parquet.ParquetBatchReader;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.roaringbitmap.RoaringBitmap;

/** Reads the rows of data files, column by column. */
public final class FileRows {
    private FileRows() {}

    /**
     * Hands on the live rows of a file in their order.
     *
     * @param columns the projection
     * @throws TidemarkException {@code LAKE_FILE_CORRUPT} when the file is missing or damaged; what storage says when it cannot be read
     */
    public static void scan(
            TableFiles files, String path, List<ParquetColumn> columns, RoaringBitmap deleted, Sink sink) {
        try (ParquetBatchReader reader = ParquetBatchReader.open(files.open(path), columns)) {
            for (Optional<ParquetBatch> batch = reader.next(); batch.isPresent(); batch = reader.next()) {
                int[] live = live(batch.orElseThrow(), deleted);
                if (live.length > 0 && !sink.accept(batch.orElseThrow(), live)) {
                    return;
                }
            }
        } catch (NoSuchFileException e) {
            throw failed(path, e, "it is gone");
        } catch (IOException e) {
            throw failed(path, e, String.valueOf(e.getMessage()));
        }
    }

    private static int[] live(ParquetBatch batch, RoaringBitmap deleted) {
        int[] live = new int[batch.rows()];
        int count = 0;
        boolean hasDeleted = !deleted.isEmpty();
        for (int row = 0; row < live.length; row++) {
            if (!hasDeleted || !deleted.contains((int) batch.firstRow() + row)) {
                live[count++] = row;
            }
        }
        return count == live.length ? live : java.util.Arrays.copyOf(live, count);
    }

    static TidemarkException failed(String path, Exception cause, String reason) {
        return TidemarkException.because(
                ErrorCode.LAKE_FILE_CORRUPT, "Cannot read a data file: " + reason + " (file=" + path + ")", cause);
    }

    /** Takes rows. */
    public interface Sink {
        /**
         * @param batch valid during the call
         * @param live numbers of the batch's rows that are not deleted, ascending, at least one
         * @return whether more rows are wanted
         */
        boolean accept(ParquetBatch batch, int[] live) throws IOException;
    }
}
