package io.tidemark.parquet;

/**
 * How a file is written.
 *
 * @param zstdLevel compression level, 1 (fast) to 19 (small)
 * @param rowGroupBytes encoded bytes that are held in memory before they are written as a row group
 * @param pageBytes encoded bytes of a column after which its page ends
 * @param dictionary whether repeated values are written once; a column whose values hardly repeat goes without in any case
 */
public record ParquetWriteOptions(int zstdLevel, long rowGroupBytes, int pageBytes, boolean dictionary) {
    private static final int PAGE_BYTES_MIN = 1024;
    private static final ParquetWriteOptions DEFAULTS = new ParquetWriteOptions(3, 32L << 20, 1 << 20, true);

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

    /** Level 3, row groups of 32 MiB, pages of 1 MiB, dictionaries. */
    public static ParquetWriteOptions defaults() {
        return DEFAULTS;
    }

    public ParquetWriteOptions withZstdLevel(int level) {
        return new ParquetWriteOptions(level, rowGroupBytes, pageBytes, dictionary);
    }

    public ParquetWriteOptions withRowGroupBytes(long bytes) {
        return new ParquetWriteOptions(zstdLevel, bytes, pageBytes, dictionary);
    }

    public ParquetWriteOptions withPageBytes(int bytes) {
        return new ParquetWriteOptions(zstdLevel, rowGroupBytes, bytes, dictionary);
    }

    public ParquetWriteOptions withoutDictionary() {
        return new ParquetWriteOptions(zstdLevel, rowGroupBytes, pageBytes, false);
    }
}
