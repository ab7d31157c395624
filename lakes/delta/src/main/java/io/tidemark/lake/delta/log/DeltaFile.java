package io.tidemark.lake.delta.log;

import io.tidemark.lake.upsert.table.StoredFile;
import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A data file of a version.
 *
 * @param path path under the table's folder
 * @param partition values of the partition columns by physical name
 * @param modifiedMillis when it was written
 * @param stats statistics as in the log, JSON
 * @param vector the deleted rows; null when there are none
 */
public record DeltaFile(
        String path,
        Map<String, @Nullable String> partition,
        long rows,
        long bytes,
        long modifiedMillis,
        String stats,
        @Nullable Vector vector)
        implements StoredFile {
    public DeltaFile {
        partition = Collections.unmodifiableMap(new TreeMap<>(partition));
    }

    @Override
    public Object group() {
        return partition;
    }

    /** The same with another deletion vector. */
    public DeltaFile with(Vector other) {
        return new DeltaFile(path, partition, rows, bytes, modifiedMillis, FileStats.loose(stats), other);
    }

    /** The same at a path under a folder of the table's. */
    public DeltaFile in(String folder) {
        return new DeltaFile(folder + "/" + path, partition, rows, bytes, modifiedMillis, stats, vector);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeltaFile file && file.path.equals(path);
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }

    /**
     * Where a deletion vector is. Source: Delta transaction protocol, "Deletion Vector Descriptor Schema".
     *
     * @param storageType {@code u}: in a file named by a UUID; {@code p}: in a file at a path; {@code i}: in the text
     * @param text the UUID in Base85 behind an optional folder, the path, or the vector in Base85
     * @param offset where in the file it begins
     * @param sizeInBytes its size
     * @param cardinality deleted rows
     */
    public record Vector(
            String storageType, String text, @Nullable Integer offset, int sizeInBytes, long cardinality)
            implements Serializable {}
}
