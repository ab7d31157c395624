package io.tidemark.lake.iceberg.plan;

import io.tidemark.lake.upsert.table.StoredFile;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;

/**
 * A data file of a version with the delete files that apply to it.
 *
 * @param file without column statistics, unless it is a new one
 * @param deletes one deletion vector, or any number of position delete files
 */
public record LiveFile(DataFile file, List<DeleteFile> deletes) implements StoredFile {
    public LiveFile {
        deletes = List.copyOf(deletes);
    }

    @Override
    public String path() {
        return file.location();
    }

    @Override
    public long rows() {
        return file.recordCount();
    }

    @Override
    public long bytes() {
        return file.fileSizeInBytes();
    }

    /** Its partition. */
    @Override
    public Object group() {
        return List.of(file.specId(), String.valueOf(file.partition()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LiveFile file && file.path().equals(path());
    }

    @Override
    public int hashCode() {
        return path().hashCode();
    }
}
