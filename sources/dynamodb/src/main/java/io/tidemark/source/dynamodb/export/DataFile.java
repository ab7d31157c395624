package io.tidemark.source.dynamodb.export;

/**
 * A file of items.
 *
 * @param path where it is in the store
 * @param itemCount how many items it has; 0 where a partition of the table is empty
 * @param md5 MD5 of its compressed bytes, in base64
 */
public record DataFile(String path, long itemCount, String md5) {
    public DataFile {
        if (itemCount < 0) {
            throw new IllegalArgumentException("A file has at least no item: " + itemCount);
        }
    }
}
