package io.tidemark.spi.lake;

import io.tidemark.spi.schema.RowSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A version of a mirror as its own planner gives it: the files, and the rows of them that are deleted.
 *
 * @param spec how the mirror was made; with soft deletes the files also hold {@link LakeTableSpec#DELETED_AT}
 * @param fieldIds ids by which the files know the columns: those of the schema in its order, with soft deletes then that of
 *     {@link LakeTableSpec#DELETED_AT}; a file may know a column by another name, or not have it
 * @param progress progress of this version
 * @param files data files (Parquet) that together hold the rows
 * @param unreadable why the files alone do not tell the rows, if so: then {@link LakeTable#readAll} does, and {@link #rows} is about right
 */
public record PinnedTable(
        LakeTableSpec spec,
        List<Integer> fieldIds,
        LakeProgress progress,
        List<PinnedFile> files,
        Optional<Unreadable> unreadable) {
    public PinnedTable {
        fieldIds = List.copyOf(fieldIds);
        files = List.copyOf(files);
    }

    /** A version whose files tell its rows. */
    public PinnedTable(LakeTableSpec spec, List<Integer> fieldIds, LakeProgress progress, List<PinnedFile> files) {
        this(spec, fieldIds, progress, files, Optional.empty());
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
        return new PinnedTable(spec.with(first), ids, progress, files, unreadable);
    }

    /** Rows that the version holds (with soft deletes: deleted ones too). */
    public long rows() {
        return files.stream()
                .mapToLong(file -> file.rows() - file.deleted().count())
                .sum();
    }

    /**
     * Why a version is not read by its files.
     *
     * @param reason half a sentence: what is not in the files
     * @param remedy sentence: what reads the version
     */
    public record Unreadable(String reason, String remedy) {}

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
