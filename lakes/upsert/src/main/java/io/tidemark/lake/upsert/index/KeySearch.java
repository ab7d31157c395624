package io.tidemark.lake.upsert.index;

import io.tidemark.lake.upsert.table.DeletedRowsReader;
import io.tidemark.lake.upsert.table.FileRows;
import io.tidemark.lake.upsert.table.StoredFile;
import io.tidemark.lake.upsert.table.TableFiles;
import io.tidemark.parquet.ParquetColumn;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.roaringbitmap.RoaringBitmap;

/** Reads the keys of data files. Used by one thread. */
public final class KeySearch {
    private final TableFiles files;
    private final List<ParquetColumn> columns;
    private final KeyEncoder encoder;
    private final DeletedRowsReader deleted;

    /** Takes the live rows of a file. */
    public interface Sink {
        /** @param key valid during the call */
        void accept(KeyBuffer key, int row) throws IOException;
    }

    /** Takes the live rows of a file that have a wanted key. */
    public interface Found {
        /** @param key number of the key */
        void accept(int key, int row);
    }

    public KeySearch(TableFiles files) {
        this.files = files;
        this.columns = IntStream.of(files.spec().schema().keyIndexes())
                .mapToObj(files.columns()::get)
                .toList();
        this.encoder = KeyEncoder.ofKey(IntStream.range(0, columns.size()).toArray());
        this.deleted = files.deletedRows();
    }

    /** Hands on the keys of all live rows. */
    public void scan(StoredFile file, Sink sink) {
        scanOthers(file, deleted.of(file), sink);
    }

    /** Hands on the keys of these rows. */
    void scan(StoredFile file, RoaringBitmap rows, Sink sink) {
        scanOthers(file, RoaringBitmap.flip(rows, 0L, file.rows()), sink);
    }

    private void scanOthers(StoredFile file, RoaringBitmap leftOut, Sink sink) {
        try {
            FileRows.scan(files, file.path(), columns, leftOut, (batch, rows) -> {
                for (int row : rows) {
                    sink.accept(encoder.encode(batch.columns(), row), Math.toIntExact(batch.firstRow() + row));
                }
                return true;
            });
        } catch (KeyEncoder.NullKeyException e) {
            throw new TidemarkException(
                    ErrorCode.LAKE_FILE_CORRUPT,
                    "Cannot read the keys of a data file: a key column holds null (column="
                            + columns.get(e.column()).name() + ", file=" + file.path() + ")",
                    e);
        }
    }

    /** Finds the live rows that have one of the keys. */
    public void find(StoredFile file, KeyTable keys, Found found) {
        scan(file, (key, row) -> {
            int number = keys.find(key.data(), 0, key.length());
            if (number >= 0) {
                found.accept(number, row);
            }
        });
    }
}
