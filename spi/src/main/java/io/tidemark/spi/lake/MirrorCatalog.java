package io.tidemark.spi.lake;

import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;

/**
 * A catalog in which engines find mirrors of formats that bring none of their own. An entry is a name and a place; columns and versions are in the
 * mirror. Calls may come again and again for what is done already. Safe from any thread.
 */
public interface MirrorCatalog extends AutoCloseable {
    /**
     * Sees to it that the mirror is found.
     *
     * @param location its folder, as {@link Lake#location} says
     * @throws TidemarkException {@code LAKE_SCHEMA_MISMATCH} when there is another table of its name; {@code LAKE_IO} when the catalog does not do it now
     */
    void register(TableId mirror, String location);

    /** Takes the mirror's entry out, if there is one that {@link #register} made. */
    void remove(TableId mirror);

    @Override
    void close();
}
