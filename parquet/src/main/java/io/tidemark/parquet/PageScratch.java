package io.tidemark.parquet;

/** Memory for the page that is being encoded; one for all columns of a row group, since they end their pages one after the other. */
final class PageScratch {
    private byte[] bytes = {};
    private int[] indexes = {};

    /** At least so many bytes, of any content. */
    byte[] bytes(int size) {
        if (bytes.length < size) {
            bytes = new byte[size];
        }
        return bytes;
    }

    /** At least so many numbers, of any content. */
    int[] indexes(int size) {
        if (indexes.length < size) {
            indexes = new int[size];
        }
        return indexes;
    }
}
