package io.tidemark.lake.upsert.table;

import io.tidemark.parquet.ParquetColumn;
import io.tidemark.parquet.ParquetWriteOptions;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;

/**
 * The data files of one version of a table: all that reading and writing rows needs to know, on whatever machine it is done. What is written becomes
 * part of the table when a {@link TableStore} commits it. Thread-safe.
 */
public interface TableFiles extends Serializable {
    /** The kind of files that hold changes only: no row in them was in another file before. */
    String APPLY = "apply";

    /** Whether a file holds changes only, by its name. */
    static boolean isOfApply(StoredFile file) {
        return file.path().startsWith(APPLY + "-", file.path().lastIndexOf('/') + 1);
    }

    LakeTableSpec spec();

    /** Columns of the data files; with soft deletes the last one is that of deletes. */
    List<ParquetColumn> columns();

    /**
     * Opens a data file.
     *
     * @throws java.nio.file.NoSuchFileException when it is gone
     */
    ObjectInput open(String path) throws IOException;

    DeletedRowsReader deletedRows();

    /**
     * Where new rows go.
     *
     * @param kind first part of a file's name, for people: {@code load}, {@link #APPLY}, {@code compact}
     */
    NewFiles newFiles(String kind, ParquetWriteOptions options);

    /** Deletes files that certainly are in no version of the table; what cannot be deleted stays as a file nobody refers to. */
    void discard(Collection<String> paths);
}
