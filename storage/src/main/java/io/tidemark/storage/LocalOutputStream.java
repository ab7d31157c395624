package io.tidemark.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.apache.iceberg.io.PositionOutputStream;

/** Writes a local file through a buffer; when synced, it is on disk when closed. */
final class LocalOutputStream extends PositionOutputStream {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    private final boolean isSynced;
    private long position;
    private boolean closed;

    LocalOutputStream(FileChannel channel, boolean isSynced) {
        this.channel = channel;
        this.isSynced = isSynced;
    }

    @Override
    public long getPos() {
        return position;
    }

    @Override
    public long storedLength() throws IOException {
        if (closed) {
            return position;
        }
        flush();
        return channel.size();
    }

    @Override
    public void write(int value) throws IOException {
        if (!buffer.hasRemaining()) {
            drain();
        }
        buffer.put((byte) value);
        position++;
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        if (length > buffer.remaining()) {
            drain();
        }
        if (length >= BUFFER_BYTES) {
            ByteBuffer direct = ByteBuffer.wrap(source, offset, length);
            while (direct.hasRemaining()) {
                channel.write(direct);
            }
        } else {
            buffer.put(source, offset, length);
        }
        position += length;
    }

    @Override
    public void flush() throws IOException {
        drain();
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (channel) {
            drain();
            if (isSynced) {
                channel.force(true);
            }
        }
    }

    private void drain() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        buffer.clear();
    }
}
