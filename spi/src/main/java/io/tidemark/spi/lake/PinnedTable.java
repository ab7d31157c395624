package io.tidemark.spi.lake;

import io.tidemark.spi.schema.RowSchema;
import java.util.ArrayList;
import java.util.List;

/**
 * A version of a mirror as its own planner gives it: the files, and the rows of them that are deleted.
 *
 * @param spec how the mirror was made; with soft deletes the files also hold {@link LakeTableSpec#DELETED_AT}
 * @param fieldIds ids by which the files know the columns: those of the schema in its order, with soft deletes then that of
 *     {@link LakeTableSpec#DELETED_AT}; a file may know a column by another name, or not have it
 * @param progress progress of this version
 * @param files data files (Parquet) that together hold the rows
 */
public record PinnedTable(LakeTableSpec spec, List<Integer> fieldIds, LakeProgress progress, List<PinnedFile> files) {
    public PinnedTable {
        fieldIds = List.copyOf(fieldIds);
        files = List.copyOf(files);
    }

    /** The same version with the first of its columns only, which have those of the key among them. */
    public PinnedTable withFirst(int columns) {
        RowSchema schema = spec.schema();
        if (columns == schema.columns().size()) {
            return this;
        }
        List<Integer> ids = new ArrayList<>(fieldIds.subList(0, columns));
        ids.addAll(fieldIds.subList(schema.columns().size(), fieldIds.size()));
        RowSchema first = schema.with(schema.columns().subList(0, columns), schema.key());
        return new PinnedTable(new LakeTableSpec(first, spec.partitions(), spec.deletes()), ids, progress, files);
    }

    /** Rows that the version holds (with soft deletes: deleted ones too). */
    public long rows() {
        return files.stream()
                .mapToLong(file -> file.rows() - file.deleted().count())
                .sum();
    }

    /**
     * A data file.
     *
     * @param location where it is, as the storage names it (a local path without scheme)
     * @param rows rows in the file, deleted ones included
     * @param bytes size of the file
     * @param deleted places of deleted rows, from 0
     */
    public record PinnedFile(String location, long rows, long bytes, DeletedRows deleted) {}
}
