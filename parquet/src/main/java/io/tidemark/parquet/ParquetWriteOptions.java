package io.tidemark.parquet;

/**
 * How a file is written.
 *
 * @param zstdLevel compression level, 1 (fast) to 19 (small)
 * @param rowGroupBytes encoded bytes that are held in memory before they are written as a row group
 * @param pageBytes encoded bytes of a column after which its page ends
 * @param dictionary whether repeated values are written once; a column whose values hardly repeat goes without in any case
 * @param deltas whether ascending 64-bit integers are written as differences, which takes a fraction of the space and of the time, and which readers of
 *     format version 1 alone do not know
 */
public record ParquetWriteOptions(
        int zstdLevel, long rowGroupBytes, int pageBytes, boolean dictionary, boolean deltas) {
    private static final int PAGE_BYTES_MIN = 1024;
    private static final ParquetWriteOptions DEFAULTS = new ParquetWriteOptions(3, 32L << 20, 1 << 20, true, false);

    public ParquetWriteOptions {
        if (zstdLevel < 1 || zstdLevel > 19) {
            throw new IllegalArgumentException(
                    "Cannot write Parquet: zstdLevel must be 1 to 19 (zstdLevel=" + zstdLevel + ")");
        }
        if (pageBytes < PAGE_BYTES_MIN || rowGroupBytes < pageBytes) {
            throw new IllegalArgumentException("Cannot write Parquet: pageBytes must be at least " + PAGE_BYTES_MIN
                    + " and rowGroupBytes at least pageBytes (pageBytes=" + pageBytes + ", rowGroupBytes="
                    + rowGroupBytes + ")");
        }
    }

    /** Level 3, row groups of 32 MiB, pages of 1 MiB, dictionaries, no differences. */
    public static ParquetWriteOptions defaults() {
        return DEFAULTS;
    }

    public ParquetWriteOptions withZstdLevel(int level) {
        return new ParquetWriteOptions(level, rowGroupBytes, pageBytes, dictionary, deltas);
    }

    public ParquetWriteOptions withRowGroupBytes(long bytes) {
        return new ParquetWriteOptions(zstdLevel, bytes, pageBytes, dictionary, deltas);
    }

    public ParquetWriteOptions withPageBytes(int bytes) {
        return new ParquetWriteOptions(zstdLevel, rowGroupBytes, bytes, dictionary, deltas);
    }

    public ParquetWriteOptions withoutDictionary() {
        return new ParquetWriteOptions(zstdLevel, rowGroupBytes, pageBytes, false, deltas);
    }

    public ParquetWriteOptions withDeltas() {
        return new ParquetWriteOptions(zstdLevel, rowGroupBytes, pageBytes, dictionary, true);
    }
}
