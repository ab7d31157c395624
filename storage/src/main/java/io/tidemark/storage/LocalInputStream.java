package io.tidemark.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.apache.iceberg.io.RangeReadable;
import org.apache.iceberg.io.SeekableInputStream;

/** Reads a local file at any place; small sequential reads come from a buffer. */
final class LocalInputStream extends SeekableInputStream implements RangeReadable {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).flip();
    private long bufferEnd;

    LocalInputStream(FileChannel channel) {
        this.channel = channel;
    }

    @Override
    public long getPos() {
        return bufferEnd - buffer.remaining();
    }

    @Override
    public void seek(long position) {
        long bufferStart = bufferEnd - buffer.limit();
        if (position >= bufferStart && position <= bufferEnd) {
            buffer.position((int) (position - bufferStart));
        } else {
            buffer.position(0).limit(0);
            bufferEnd = position;
        }
    }

    @Override
    public int read() throws IOException {
        return fill() ? buffer.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!buffer.hasRemaining() && length >= BUFFER_BYTES) {
            int read = channel.read(ByteBuffer.wrap(target, offset, length), bufferEnd);
            if (read > 0) {
                buffer.position(0).limit(0);
                bufferEnd += read;
            }
            return read;
        }
        if (!fill()) {
            return -1;
        }
        int taken = Math.min(length, buffer.remaining());
        buffer.get(target, offset, taken);
        return taken;
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int length) throws IOException {
        ByteBuffer into = ByteBuffer.wrap(target, offset, length);
        long at = position;
        while (into.hasRemaining()) {
            int read = channel.read(into, at);
            if (read < 0) {
                throw new EOFException("Cannot read a local file: it ends early (position=" + at + ")");
            }
            at += read;
        }
    }

    @Override
    public int readTail(byte[] target, int offset, int length) throws IOException {
        long size = channel.size();
        int taken = (int) Math.min(length, size);
        readFully(size - taken, target, offset, taken);
        return taken;
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(Integer.MAX_VALUE, Math.max(0, channel.size() - getPos()));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private boolean fill() throws IOException {
        if (buffer.hasRemaining()) {
            return true;
        }
        buffer.clear();
        int read = channel.read(buffer, bufferEnd);
        buffer.flip();
        if (read <= 0) {
            return false;
        }
        bufferEnd += read;
        return true;
    }
}
