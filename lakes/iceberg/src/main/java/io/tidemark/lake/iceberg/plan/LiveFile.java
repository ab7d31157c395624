package io.tidemark.lake.iceberg.plan;

import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;

/**
 * A data file of a version with the delete files that apply to it.
 *
 * @param file without column statistics
 * @param deletes one deletion vector, or any number of position delete files
 */
public record LiveFile(DataFile file, List<DeleteFile> deletes) {
    public LiveFile {
        deletes = List.copyOf(deletes);
    }

    public String path() {
        return file.location();
    }
}
