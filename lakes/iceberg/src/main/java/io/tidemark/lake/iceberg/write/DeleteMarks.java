package io.tidemark.lake.iceberg.write;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.deletes.PositionDeleteIndex;

/** Rows to delete, collected as bitmaps and written when all are known. Marking a row twice, or one already deleted, changes nothing. */
public interface DeleteMarks {
    /** Marks the row of a data file. */
    void mark(DataFile file, long row);

    /** Whether nothing was marked. */
    boolean isEmpty();

    /**
     * Writes the delete files.
     *
     * @param previous deletion vectors' content before, by location of the data file
     */
    Written write(Function<String, PositionDeleteIndex> previous) throws IOException;

    /** Marks for a table. */
    static DeleteMarks of(MirrorFiles files) {
        return files.hasDeletionVectors() ? new VectorMarks(files) : new PositionMarks(files);
    }

    /**
     * Delete files for a commit.
     *
     * @param added new ones
     * @param removed those they replace
     * @param rows rows deleted that were not before (with position deletes: rows marked)
     */
    record Written(List<DeleteFile> added, List<DeleteFile> removed, long rows) {
        public static final Written NONE = new Written(List.of(), List.of(), 0);

        public Written {
            added = List.copyOf(added);
            removed = List.copyOf(removed);
        }
    }
}
