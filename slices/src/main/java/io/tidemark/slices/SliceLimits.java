package io.tidemark.slices;

/**
 * Limits of an open slice.
 *
 * @param bufferBytes encoded rows that all tables together hold in memory
 * @param rowGroupBytes encoded rows of one table that make a row group
 * @param zstdLevel compression level
 */
record SliceLimits(long bufferBytes, long rowGroupBytes, int zstdLevel) {
    static final SliceLimits DEFAULTS = new SliceLimits(64L << 20, 16L << 20, 1);
}
