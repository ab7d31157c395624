package io.tidemark.lake.upsert.table;

import io.tidemark.spi.lake.LakeProgress;

/** A version of a table. Immutable. */
public interface TableVersion {
    /** What the version says of itself; {@link LakeProgress#NONE} for a table without commits. */
    LakeProgress progress();

    /** Tells the table from one that was made anew under its name. */
    String tableUuid();
}
