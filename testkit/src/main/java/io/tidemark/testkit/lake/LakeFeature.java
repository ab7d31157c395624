package io.tidemark.testkit.lake;

/** What a format may lack. A shape that it lacks it has to refuse with {@code LAKE_SCHEMA_MISMATCH}, and leave the mirror as it was. */
public enum LakeFeature {
    /** Mirrors of tables without a key. */
    TABLES_WITHOUT_KEY,
    /** Columns added in place. */
    ADD_COLUMN,
    /** Columns dropped in place. */
    DROP_COLUMN,
    /** Columns renamed in place; names exchanged, too. */
    RENAME_COLUMN,
    /** Decimals that get more digits before the point in place. */
    WIDEN_DECIMAL,
    /** Data files rewritten beside applies; {@link io.tidemark.spi.lake.LakeTable#maintain} compacts them instead. */
    REWRITE
}
