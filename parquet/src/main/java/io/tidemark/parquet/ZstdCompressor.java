package io.tidemark.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.CapacityByteArrayOutputStream;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Compresses pages with zstd. Hundreds of files may be open at once while few pages are compressed at once, so the compression contexts and
 * their buffers (megabytes each) belong to the process and are lent for one page; only a handful is kept.
 */
final class ZstdCompressor implements BytesInputCompressor {
    private static final int KEPT_BUFFER_BYTES_MAX = 4 << 20;
    private static final int SLAB_BYTES = 1 << 16;
    private static final BlockingQueue<Workspace> IDLE = new ArrayBlockingQueue<>(4);

    private final int level;

    ZstdCompressor(int level) {
        this.level = level;
    }

    /** The page compressed, in a buffer of its own. */
    @Override
    public BytesInput compress(BytesInput page) throws IOException {
        if (page.size() > KEPT_BUFFER_BYTES_MAX) {
            return compressLarge(page);
        }
        Workspace idle = IDLE.poll();
        Workspace workspace = idle == null ? new Workspace() : idle;
        boolean reusable = false;
        try {
            BytesInput compressed = workspace.compress(page, level);
            reusable = workspace.isSmall();
            return compressed;
        } finally {
            if (!reusable || !IDLE.offer(workspace)) {
                workspace.context.close();
            }
        }
    }

    /** A page of one large value: in pieces, so that it need not lie in memory as a whole once more, before and after. */
    private BytesInput compressLarge(BytesInput page) throws IOException {
        CapacityByteArrayOutputStream packed = new CapacityByteArrayOutputStream(
                SLAB_BYTES, Math.toIntExact(page.size()), HeapByteBufferAllocator.getInstance());
        ZstdOutputStreamNoFinalizer out = new ZstdOutputStreamNoFinalizer(packed, level);
        try {
            page.writeAllTo(out);
        } finally {
            // Closing the stream of slabs would empty it.
            out.closeWithoutClosingParentStream();
        }
        return BytesInput.from(packed);
    }

    @Override
    public CompressionCodecName getCodecName() {
        return CompressionCodecName.ZSTD;
    }

    @Override
    public void release() {
        // Contexts go back after each page.
    }

    private static final class Workspace extends OutputStream {
        private final ZstdCompressCtx context = new ZstdCompressCtx();
        private byte[] raw = new byte[1 << 16];
        private byte[] packed = new byte[1 << 16];
        private int length;

        BytesInput compress(BytesInput page, int level) throws IOException {
            int size = Math.toIntExact(page.size());
            if (raw.length < size) {
                raw = new byte[size];
            }
            length = 0;
            page.writeAllTo(this);
            int bound = Math.toIntExact(Zstd.compressBound(size));
            if (packed.length < bound) {
                packed = new byte[bound];
            }
            context.setLevel(level);
            int packedLength = context.compressByteArray(packed, 0, packed.length, raw, 0, length);
            byte[] result = new byte[packedLength];
            System.arraycopy(packed, 0, result, 0, packedLength);
            return BytesInput.from(result);
        }

        boolean isSmall() {
            return raw.length <= KEPT_BUFFER_BYTES_MAX && packed.length <= KEPT_BUFFER_BYTES_MAX;
        }

        @Override
        public void write(int value) {
            raw[length++] = (byte) value;
        }

        @Override
        public void write(byte[] source, int offset, int count) {
            System.arraycopy(source, offset, raw, length, count);
            length += count;
        }
    }
}
