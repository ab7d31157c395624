package io.tidemark.spi.slice;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.schema.RowSchema;
import java.io.Serializable;

/**
 * One file of a slice: the events of one table with one schema version.
 *
 * @param path path in the storage
 * @param schema schema of the rows
 * @param rows rows in the file
 * @param inserts how many of them are inserts
 * @param updates how many are updates
 * @param deletes how many are deletes
 * @param truncates how many are truncates
 * @param bytes size of the file
 * @param sha256 SHA-256 of the file, hexadecimal
 * @param first least position
 * @param last greatest position
 * @param newestCommitMicros commit time of the newest transaction in it, microseconds since the epoch
 */
public record SliceFile(
        String path,
        RowSchema schema,
        long rows,
        long inserts,
        long updates,
        long deletes,
        long truncates,
        long bytes,
        String sha256,
        Position first,
        Position last,
        long newestCommitMicros)
        implements Serializable {}
