package io.tidemark.parquet;

import com.github.luben.zstd.Zstd;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/**
 * Page codecs without Hadoop: writes zstd, reads zstd, snappy, gzip and uncompressed pages, which is what Tidemark, Iceberg, Spark and DuckDB
 * write.
 */
final class PageCodecs implements CompressionCodecFactory {
    /** A page that leaves no room for what is made of it is not unpacked, so that a small file cannot take all memory. */
    private static final long PAGE_BYTES_MAX = Runtime.getRuntime().maxMemory() / 2;

    private final int zstdLevel;

    PageCodecs(int zstdLevel) {
        this.zstdLevel = zstdLevel;
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
        if (codec != CompressionCodecName.ZSTD) {
            throw new UnsupportedOperationException(
                    "Cannot write Parquet pages: only ZSTD is written (codec=" + codec + ")");
        }
        return new ZstdCompressor(zstdLevel);
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        return switch (codec) {
            case ZSTD -> new Decompressor(PageCodecs::unzstd);
            case SNAPPY -> new Decompressor(PageCodecs::unsnappy);
            case GZIP -> new Decompressor(PageCodecs::gunzip);
            case UNCOMPRESSED -> new Decompressor((page, size) -> page);
            default ->
                throw new UnsupportedOperationException(
                        "Cannot read Parquet pages: ZSTD, SNAPPY, GZIP and UNCOMPRESSED are read (codec=" + codec
                                + ")");
        };
    }

    @Override
    public void release() {
        // Holds nothing.
    }

    private static byte[] unzstd(byte[] page, int size) throws IOException {
        byte[] result = new byte[size];
        long length = Zstd.decompressByteArray(result, 0, size, page, 0, page.length);
        if (Zstd.isError(length) || length != size) {
            throw new IOException("Cannot read a Parquet page: zstd data is damaged (expected=" + size + " bytes)");
        }
        return result;
    }

    private static byte[] unsnappy(byte[] page, int size) throws IOException {
        if (Snappy.uncompressedLength(page) != size) {
            throw new IOException("Cannot read a Parquet page: snappy data is damaged (expected=" + size + " bytes)");
        }
        return Snappy.uncompress(page);
    }

    private static byte[] gunzip(byte[] page, int size) throws IOException {
        byte[] result = new byte[size];
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(page))) {
            if (in.readNBytes(result, 0, size) != size) {
                throw new EOFException(
                        "Cannot read a Parquet page: gzip data is damaged (expected=" + size + " bytes)");
            }
        }
        return result;
    }

    private static void requireRoom(int size) throws IOException {
        if (size < 0) {
            throw new IOException("Cannot read a Parquet page: its size is damaged (expected=" + size + " bytes)");
        }
        if (size > PAGE_BYTES_MAX) {
            throw new TidemarkException(
                    ErrorCode.MEMORY_EXHAUSTED,
                    "Cannot read a Parquet page: unpacked it would take more than half of Java's memory (bytes=" + size
                            + ", memory=" + 2 * PAGE_BYTES_MAX + ")");
        }
    }

    /** Turns the bytes of a page into those it was made from. */
    private interface Unpack {
        byte[] apply(byte[] page, int size) throws IOException;
    }

    /** Makes a new array for every page: Parquet keeps pages of several columns at once. */
    private record Decompressor(Unpack unpack) implements BytesInputDecompressor {
        @Override
        public BytesInput decompress(BytesInput page, int size) throws IOException {
            requireRoom(size);
            byte[] bytes = new byte[Math.toIntExact(page.size())];
            page.toInputStream().readNBytes(bytes, 0, bytes.length);
            return BytesInput.from(unpack.apply(bytes, size));
        }

        @Override
        public void decompress(ByteBuffer input, int compressedSize, ByteBuffer output, int size) throws IOException {
            requireRoom(size);
            byte[] page = new byte[compressedSize];
            input.get(page);
            output.put(unpack.apply(page, size));
        }

        @Override
        public void release() {
            // Holds nothing.
        }
    }
}
