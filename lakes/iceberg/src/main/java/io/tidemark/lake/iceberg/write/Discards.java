package io.tidemark.lake.iceberg.write;

import java.util.Collection;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes files that certainly are in no version of the table. */
public final class Discards {
    private static final Logger LOG = LoggerFactory.getLogger(Discards.class);

    private Discards() {}

    /** Deletes the files; what cannot be deleted stays as a file nobody refers to. */
    public static void delete(FileIO io, Collection<String> locations) {
        for (String location : locations) {
            try {
                io.deleteFile(location);
            } catch (RuntimeException e) {
                LOG.warn("Left an unused file behind location={} reason={}", location, e.getMessage());
            }
        }
    }
}
