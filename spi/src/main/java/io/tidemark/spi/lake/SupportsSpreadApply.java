package io.tidemark.spi.lake;

/** A {@link LakeTable} whose files hold many keys each and are rewritten as a whole, that has its upserts spread over tasks on any machines. */
public interface SupportsSpreadApply {
    /**
     * Starts an upsert of a table with a key. Conditions are those of {@link LakeTable#beginApply}; it has to be closed before the next one begins.
     *
     * @throws io.tidemark.spi.error.TidemarkException as {@link LakeTable#beginApply}; {@code CONFIG_INVALID} when tables of this kind are applied to by the
     *     worker's own process only
     */
    SpreadApply beginSpreadApply(LakeProgress expected, long fence);
}
